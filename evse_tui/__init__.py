"""evse-tui: an EV charging controller with a fail-safe board and a terminal dashboard."""

__version__ = "0.1.0"
