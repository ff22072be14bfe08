"""Conditions in SQL made of a filter's tree, for the columns of one layer."""
