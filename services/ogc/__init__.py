"""pygeoapi, configured from the catalogue, and the plugins that render what it serves."""
