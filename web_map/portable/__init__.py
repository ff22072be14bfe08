"""Maps as files: one HTML with everything in it, for reports, e-mail and notebooks."""

from web_map.portable.drawing import Drawing
from web_map.portable.folium_map import PortableMap, folium_map

__all__ = ["Drawing", "PortableMap", "folium_map"]
