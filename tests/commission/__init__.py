"""Commissioning a board from the host."""
