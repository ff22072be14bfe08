"""What ``nearest-units`` and ``nearest-water`` are made of: incidents, units, and what a dispatch needs."""
