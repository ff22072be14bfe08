"""Features Part 4: features made, replaced, changed in part and removed over HTTP, and the history of that.

What is sent is checked by the layer's declaration and refused with all its flaws; nothing is mended in silence.
"""
