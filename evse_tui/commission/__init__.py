"""Telling a new board what it is wired to, or an old one what has changed."""
