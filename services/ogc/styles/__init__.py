"""OGC API Styles: how each layer is drawn, as MapLibre style and SLD, with its legend; and the style of the whole map.

All follow from the neutral style in a layer's declaration.
"""
