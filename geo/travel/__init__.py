"""Travelling on a road network: from places on it to routes, steps and service areas.

``topology`` is a network with all that does not depend on a vehicle, ``snapping`` puts a place on it, ``conditions``
are what a vehicle finds there now, ``finding`` gives the fastest way, ``alternatives`` others, ``steps`` what a person
is told on the way, and ``refusal`` why there is none.  ``matching`` finds the roads that a vehicle drives
on by its positions (``traces``).
"""
