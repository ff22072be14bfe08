"""What ``water-supply-coverage`` is made of: sources by the standard, places, and who has water within the radius."""
