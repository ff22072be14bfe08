"""Analyses by area: each part of the demand with the roads around it, found alone, and joined without a rounding.

A part never sees the whole network.  What it says is exact all the same: it knows what a way from beyond its roads
costs at least, and answers only what is less than that (``within_part``).  What is left open is asked again of a part
with more roads around it, until nothing is.
"""
