"""The modern API: snapshots as JSON with units in their names, commands that can be followed, strict requests."""
