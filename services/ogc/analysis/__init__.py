"""Layers as an analysis reads them, and what their data speaks for: the ground of processes and coverages alike."""
