"""Everything that touches the world: settings, database, files, HTTP and the command line."""
