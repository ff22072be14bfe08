"""What ``evacuation-route`` is made of: sites, zones, ways, and the answer in words."""
