"""People out of a hazard's zones and the sites that are to take them in: who is there, how much room, who finds it."""
