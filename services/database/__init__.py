"""PostgreSQL with PostGIS: cluster, connections, migrations, layer tables, publishing."""
