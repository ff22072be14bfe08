"""The grid of a tile's coordinates."""

EXTENT = 4096
"""Units of a tile's side, the usual of MVT: 16 to a pixel of a tile of 256."""
BUFFER = 64
"""Units drawn beyond each edge, so that symbols and outlines on it are whole."""
