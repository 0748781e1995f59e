"""`python -m evse_tui` is the command `evse-tui`."""

from evse_tui.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
