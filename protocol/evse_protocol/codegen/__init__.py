"""Writes everything that is derived from `evse_protocol.messages`; run `python -m evse_protocol.codegen [--check]`.

One module for each target. Every function is pure: definitions in, text out. `__main__` alone touches files.
"""
