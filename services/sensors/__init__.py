"""Sensors on roads (冠水センサー): readings close a stretch that is under water, and open it again.

``readings`` is what a sensor says, ``judging`` what that means, ``closing`` writes closures by it, ``watching`` tells
which sensors have fallen silent and shows all in their layer, and ``handlers`` answers over HTTP.
"""
