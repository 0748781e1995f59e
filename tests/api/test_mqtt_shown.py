"""`mqtt_*`: shown back, never a secret, never connected."""

from __future__ import annotations

from typing import Any

import pytest

from evse_tui.api.compat.mqtt import UNSET, MqttShown, set_mqtt
from evse_tui.api.compat.names import NOT_ALLOWED


def test_nothing_given_changes_nothing() -> None:
    assert set_mqtt({"mode": "1"}, UNSET, 7) == (UNSET, {})
    assert UNSET.document(7) == {
        "host": "",
        "port": 1883,
        "topic_prefix": "SmartEVSE/7",
        "username": "",
        "password_set": False,
        "tls": False,
        "status": "Disconnected",
    }


def test_what_a_dashboard_sends() -> None:
    query = {
        "mqtt_update": "1",
        "mqtt_host": "10.0.0.28",
        "mqtt_port": "8883",
        "mqtt_username": "me",
        "mqtt_password": "secret",
        "mqtt_topic_prefix": "",
        "mqtt_tls": "1",
    }
    shown, reply = set_mqtt(query, MqttShown(topic_prefix="garage"), 7)
    assert reply == {
        "mqtt_host": "10.0.0.28",
        "mqtt_port": 8883,
        "mqtt_username": "me",
        "mqtt_password_set": True,
        "mqtt_topic_prefix": "SmartEVSE/7",
        "mqtt_tls": True,
    }
    assert shown.document(7) == {
        "host": "10.0.0.28",
        "port": 8883,
        "topic_prefix": "SmartEVSE/7",
        "username": "me",
        "password_set": True,
        "tls": True,
        "status": "Disconnected",
    }
    assert "secret" not in repr(shown)


@pytest.mark.parametrize(
    ("key", "text", "reply"),
    [
        ("mqtt_port", "0", 1883),
        ("mqtt_port", "", 1883),
        ("mqtt_port", "1883.0", 1883),
        ("mqtt_port", "65536", NOT_ALLOWED),
        ("mqtt_port", "-1", NOT_ALLOWED),
        ("mqtt_port", "mqtt", NOT_ALLOWED),
        ("mqtt_tls", "0", False),
        ("mqtt_tls", "2", NOT_ALLOWED),
        ("mqtt_tls", "", NOT_ALLOWED),
    ],
)
def test_numbers(key: str, text: str, reply: Any) -> None:
    before = MqttShown(port=1, tls=True)
    shown, replied = set_mqtt({key: text}, before, 7)
    assert replied == {key: reply}
    if reply == NOT_ALLOWED:
        assert shown == before


def test_an_empty_password_is_none() -> None:
    assert set_mqtt({"mqtt_password": ""}, MqttShown(password_set=True), 7) == (UNSET, {"mqtt_password_set": False})
