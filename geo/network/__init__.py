"""The road network of a city, built of the ways of OpenStreetMap, and what each vehicle may do on it.

``records`` is what goes in, ``building`` makes of it the ``model``: every way may be gone both ways there.  Which
direction a vehicle may use, how fast, and if not why not, is the ``impedance`` of a profile (``profiles``) on the
network as it is now; ``turning`` says the same of turns.  ``widths`` guesses what nobody has measured, and how well.
"""
