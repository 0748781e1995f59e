"""Snapshot to model: pure functions, one file for each part of the picture."""
