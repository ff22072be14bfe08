"""How much of a supply each place has within reach, shared with all others who reach it."""
