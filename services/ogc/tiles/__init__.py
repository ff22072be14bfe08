"""OGC API Tiles: tilesets of the collections and of the whole city, their metadata, and the tile matrix sets.

What a tile holds is ``services.tiles``; this package says where it is and what it is.
"""
