"""What pygeoapi needs to know of a collection with tiles: that there are some, and of what kind."""

from typing import Any


class TileProvider:
    """Marks a collection that has vector tiles; our own pages answer for them."""

    tile_type = "vector"

    def __init__(self, provider_def: dict[str, Any]) -> None:
        self.source = provider_def["data"]
