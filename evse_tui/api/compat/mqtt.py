"""What `mqtt_*` parameters set and `GET /settings` shows back until the host restarts. Pure.

There is no MQTT client in this version: nothing connects, the status stays `Disconnected`. A password is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from evse_tui.api.compat.atol import atol
from evse_tui.api.compat.names import NOT_ALLOWED

DEFAULT_PORT: Final = 1883


@dataclass(frozen=True, slots=True)
class MqttShown:
    """The branch `mqtt`, without its status."""

    host: str = ""
    port: int = DEFAULT_PORT
    topic_prefix: str = ""
    """Empty is `SmartEVSE/<serial>`."""
    username: str = ""
    password_set: bool = False
    tls: bool = False

    def document(self, serial: int) -> dict[str, Any]:
        """The branch as one charger shows it."""
        return {
            "host": self.host,
            "port": self.port,
            "topic_prefix": self.topic_prefix or default_prefix(serial),
            "username": self.username,
            "password_set": self.password_set,
            "tls": self.tls,
            "status": "Disconnected",
        }


UNSET: Final = MqttShown()
"""Since the start."""


def default_prefix(serial: int) -> str:
    """`SmartEVSE/<serial>`."""
    return f"SmartEVSE/{serial}"


def set_mqtt(query: Mapping[str, str], shown: MqttShown, serial: int) -> tuple[MqttShown, dict[str, Any]]:
    """What is shown from now on, and the reply."""
    reply: dict[str, Any] = {}
    if (text := query.get("mqtt_host")) is not None:
        shown = replace(shown, host=text)
        reply["mqtt_host"] = text
    if (text := query.get("mqtt_username")) is not None:
        shown = replace(shown, username=text)
        reply["mqtt_username"] = text
    if (text := query.get("mqtt_topic_prefix")) is not None:
        shown = replace(shown, topic_prefix=text)
        reply["mqtt_topic_prefix"] = text or default_prefix(serial)
    if (text := query.get("mqtt_password")) is not None:
        shown = replace(shown, password_set=bool(text))
        reply["mqtt_password_set"] = shown.password_set
    if (text := query.get("mqtt_port")) is not None:
        port = DEFAULT_PORT if text.strip() in ("", "0") else atol(text)
        if port is not None and 1 <= port <= 65535:
            shown = replace(shown, port=port)
            reply["mqtt_port"] = port
        else:
            reply["mqtt_port"] = NOT_ALLOWED
    if (text := query.get("mqtt_tls")) is not None:
        tls = atol(text)
        if tls in (0, 1):
            shown = replace(shown, tls=bool(tls))
            reply["mqtt_tls"] = shown.tls
        else:
            reply["mqtt_tls"] = NOT_ALLOWED
    return shown, reply
