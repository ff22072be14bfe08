"""Features of a layer as pages: what pygeoapi's items are made of."""
