"""Vector tiles: drawn by PostGIS, kept in the database, redrawn where the data moved.

drawing        one tile of one layer, as bytes
generalisation what a tile of a small scale shows of many features
store          the tiles kept, and whether they still stand
pyramid        which tiles a change touches; drawing them in batches
watch          the process that keeps the tiles up to date
"""
