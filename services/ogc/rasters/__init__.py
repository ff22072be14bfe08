"""Grids of the city: heights as they were published and depths burnt from zones, as coverages, maps and map tiles."""
