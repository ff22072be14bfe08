"""The API definition: OpenAPI 3.1 out of the pages and the layers, true of this face and complete in itself."""
