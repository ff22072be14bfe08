"""Fleeing on foot: which floors count as a site, which roads are kept out of, how the time compares to the water's."""
