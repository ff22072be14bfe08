"""Processes asked over the OGC API: described, requests read and checked, run, and what comes out handed over."""
