"""`GET /settings` as bytes, built once for each snapshot however many clients poll."""

from __future__ import annotations

from evse_tui.api.compat.mqtt import UNSET, MqttShown
from evse_tui.api.compat.read import settings_document
from evse_tui.api.responses import encode
from evse_tui.site.snapshot import ChargerSnapshot, Snapshot


class Documents:
    """Encoded documents of the newest snapshot. Keeps the snapshot itself, so that its identity stays unique."""

    def __init__(self, *, legacy_units: bool = False) -> None:
        self._legacy_units = legacy_units
        self._snapshot: Snapshot | None = None
        self._encoded: dict[str, bytes] = {}
        self._mqtt = UNSET

    @property
    def mqtt(self) -> MqttShown:
        """What `mqtt_*` has set since the start."""
        return self._mqtt

    @mqtt.setter
    def mqtt(self, mqtt: MqttShown) -> None:
        if mqtt != self._mqtt:
            self._mqtt, self._encoded = mqtt, {}

    def settings(self, snapshot: Snapshot, charger: ChargerSnapshot) -> bytes:
        """The document of one charger of this snapshot."""
        if snapshot is not self._snapshot:
            self._snapshot, self._encoded = snapshot, {}
        encoded = self._encoded.get(charger.id)
        if encoded is None:
            document = settings_document(snapshot, charger, mqtt=self._mqtt, legacy_units=self._legacy_units)
            encoded = self._encoded[charger.id] = encode(document)
        return encoded
