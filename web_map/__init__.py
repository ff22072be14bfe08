"""The pages, rendered on the server, and maps as files.  They see layers only through the catalogue and the API."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web_map.portable import folium_map

__all__ = ["folium_map"]


def __getattr__(name: str) -> Any:
    """``folium_map`` when it is first asked for: servers need no folium."""
    if name == "folium_map":
        from web_map.portable import folium_map

        return folium_map
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
