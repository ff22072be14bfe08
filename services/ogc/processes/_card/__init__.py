"""What ``answer-card`` is made of: the place, the sites of each hazard, and the shape of the answer."""
