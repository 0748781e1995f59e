"""The document of a remote site becomes a snapshot on our clock, or one sentence why it can't. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from evse_tui.api.v1.models import site as models
from evse_tui.api.v1.rebuild import snapshot_of
from evse_tui.remote.errors import foreign, skewed
from evse_tui.remote.timeline import Timeline
from evse_tui.settings import SETTINGS, Scope
from evse_tui.site.snapshot import Snapshot


class _VersionOnly(msgspec.Struct):
    version: str


class _SiteOnly(msgspec.Struct):
    site: _VersionOnly


_DECODER: Final = msgspec.json.Decoder(models.Snapshot)
_VERSION: Final = msgspec.json.Decoder(_SiteOnly)


def picture(url: str, document: bytes, timeline: Timeline, arrived_ms: int) -> Snapshot:
    """The snapshot in `document`, whose moments are on our clock.

    Fields that only a newer site has are left out. A name or a setting that we don't know, or miss, is an error: a
    window that guesses what binds a current is worse than none.

    Raises:
        RemoteError: it is none, or one of another version.
    """
    try:
        theirs = _VERSION.decode(document).site.version
    except msgspec.DecodeError:
        raise foreign(url, "another document") from None
    try:
        model = _DECODER.decode(document)
        model.site.at_ms += timeline.offset_ms(model.site.at_ms, arrived_ms, any_speed=model.site.demo)
        snapshot = snapshot_of(model)
        _check_settings(Scope.SITE, snapshot.settings)
        for charger in snapshot.chargers:
            _check_settings(Scope.CHARGER, charger.settings)
    except KeyError as error:
        raise skewed(url, theirs, f"what is {error}") from None
    except (msgspec.ValidationError, ValueError) as error:
        raise skewed(url, theirs, str(error)) from None
    return snapshot


def _check_settings(scope: Scope, values: Mapping[str, int]) -> None:
    for setting in SETTINGS:
        if setting.scope is scope and not setting.allows(values[setting.name]):
            raise ValueError(f"{setting.name} is {values[setting.name]}")
