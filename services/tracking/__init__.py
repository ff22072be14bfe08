"""Vehicles under way (車両動態): where they are, the routes they are on, and the stream of events.

``reports`` and ``judging`` say what a report is and which is believed, ``positions`` takes them up, ``folding`` brings
the last of each vehicle into the layer, with the road that ``on_roads`` has matched it to, and ``handlers`` answers
over HTTP.
"""
