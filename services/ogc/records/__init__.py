"""OGC API Records and DCAT: the catalogue of all layers, with licence, date, quality and contact."""
