"""What ``shelter-capacity`` is made of: people in a hazard's zones, the sites for it, walks, and who finds room."""
