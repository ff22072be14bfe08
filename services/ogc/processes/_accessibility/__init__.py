"""What ``accessibility`` is made of: supplies and when they are open, the index of each place, and how it is told."""
