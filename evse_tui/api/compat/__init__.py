"""The SmartEVSE-compatible surface: what existing clients of the original firmware read and write, unmodified."""
