"""From files as they are published to rows in the database, with a report of everything that was mended."""
