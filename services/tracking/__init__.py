"""Vehicles under way (車両動態): where they are, the routes they are on, sensors on roads, and the stream of events.

``reports`` and ``judging`` say what a report is and which is believed, ``positions`` takes them up, ``folding`` brings
the last of each vehicle into the layer, ``handlers`` answers over HTTP and ``mqtt`` listens to a broker.
"""
