"""The terminal app."""

import os

os.environ.setdefault("TEXTUAL_FPS", "120")  # before Textual reads it: what a key changed waits 8 ms at most, not 17
