"""What ``facility-location`` is made of: the sites, the models, and what they change for whom."""
