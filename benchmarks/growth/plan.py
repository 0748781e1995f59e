"""What is asked of the site every hour: orders that cancel each other, and looks at everything that it shows."""

from __future__ import annotations

from typing import Final

_COMMANDS: Final = "/api/v1/chargers/1/commands"
_SETTINGS: Final = "/api/v1/chargers/1/settings"

Request = tuple[str, str, object]
"""Method, path, body."""


def orders(date: str) -> tuple[Request, ...]:
    """What is asked within an hour; in the end all is as it was."""
    wishes: tuple[dict[str, object], ...] = (
        {"command": "mode", "mode": "solar"},
        {"command": "mode", "mode": "normal"},
        {"command": "override", "current_da": 80},
        {"command": "mode", "mode": "pause"},
        {"command": "mode", "mode": "smart"},
        {"command": "override", "current_da": 0},
        {"command": "boost", "on": True, "energy_wh": 2_000},
        {"command": "boost", "on": False},
        {"command": "c2", "c2": "always_off"},
        {"command": "c2", "c2": "auto"},
        {"command": "schedule", "schedule": {"start": f"{date}T00:05", "stop": f"{date}T23:55", "daily": True}},
        {"command": "schedule", "schedule": None},
        {"command": "lock_hold", "on": True},
        {"command": "lock_hold", "on": False},
        {"command": "backlight", "level": 50, "seconds": 30},
        {"command": "custom_button", "on": True},
        {"command": "custom_button", "on": False},
        {"command": "pilot_trace", "watcher": "bench", "duration_ms": 5_000},
        {"command": "card", "card": "04A3B2C1"},
        {"command": "board", "action": "acknowledge"},
        {"command": "board", "action": "resume"},
    )
    return (
        *(("POST", _COMMANDS, wish) for wish in wishes),
        ("PATCH", _SETTINGS, {"current_max": 14}),
        ("PATCH", _SETTINGS, {"current_max": 16}),
        ("POST", "/evse/1/settings?override_current=100", None),
        ("POST", "/evse/1/settings?disable_override_current=1", None),
        ("POST", "/evse/1/color_custom?R=1&G=2&B=3", None),
        ("POST", "/evse/1/ev_state?current_soc=50&full_soc=80", None),
        ("POST", "/api/v1/meters/price", {"milli_per_kwh": 240}),
        ("PATCH", "/api/v1/settings", {"current_main": 24}),
        ("PATCH", "/api/v1/settings", {"current_main": 25}),
    )


def looks(from_s: int, to_s: int) -> tuple[str, ...]:
    """Paths that somebody reads within an hour."""
    span = f"from={from_s}&to={to_s}"
    return (
        "/",
        "/settings",
        "/evse/1/settings",
        "/lcd",
        "/metrics",
        "/healthz",
        "/docs",
        "/openapi.json",
        "/api/v1/snapshot",
        "/api/v1/links",
        "/api/v1/meters",
        "/api/v1/chargers/1",
        "/api/v1/chargers/1/pilot",
        "/api/v1/chargers/1/commands",
        f"/api/v1/history?{span}&points=760",
        f"/api/v1/history?{span}&points=760&subject=1",
        f"/api/v1/history.csv?{span}&points=1440",
        f"/api/v1/totals?{span}&period=day",
        "/api/v1/sessions",
        "/api/v1/sessions.csv",
        "/api/v1/events",
        "/api/v1/events.csv",
    )
