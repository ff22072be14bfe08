"""What every process on the road network shares: areas to avoid, routes as documents, where all is from."""
