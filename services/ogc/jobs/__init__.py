"""Jobs: runs of processes that nobody waits for, kept in PostgreSQL and done by worker processes of their own."""
