"""Sending units to an incident: which of them, and where they find water.

``units`` are what may be sent and how soon each would be there, ``choosing`` fills the demands of a dispatch set with
them, and ``water`` judges a source and counts the hoses to it.
"""
