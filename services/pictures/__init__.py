"""Pictures of what is around a place, for paper and for browsers that draw no map."""
