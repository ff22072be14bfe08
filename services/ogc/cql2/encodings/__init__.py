"""CQL2 as it is written, as text and as JSON, into the one syntax tree."""
