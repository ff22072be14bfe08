"""Declarations of what the city knows: one module per layer, discovered by folder.

``layers.model`` says what a declaration may hold, ``layers.catalogue`` finds the declarations.  A new layer is
a new module in this folder with a module-level ``LAYER`` (or ``LAYERS``); nothing else has to be touched.
"""
