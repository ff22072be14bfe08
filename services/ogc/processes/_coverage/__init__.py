"""What ``coverage`` is made of: the analysis, and the forms it is told in."""
