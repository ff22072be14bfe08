"""What ``hazard-at-point`` is made of: the states of a place, and the answer."""
