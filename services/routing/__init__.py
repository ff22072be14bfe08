"""The road network as it is loaded: read, built, kept in files, and what vehicles find on it now.

``reading`` takes the rows of the layers, ``storing`` keeps what was built beside the database, ``building`` does both
when a layer has moved, ``watch`` is the process that sees to it, and ``roads`` is what processes and the command line
ask.  ``zones`` are the hazard zones that roads lie in: ``zone_building`` lays them over a network, ``zones_now`` those
of this process.
"""
