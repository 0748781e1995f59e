"""The table of settings with the values in force."""

from __future__ import annotations

from collections.abc import Mapping

from evse_tui.api.v1.models.settings import SettingRow, SettingTable
from evse_tui.api.v1.views.words import name
from evse_tui.settings import SETTINGS, Scope


def table_view(scope: Scope, values: Mapping[str, int]) -> SettingTable:
    return SettingTable(
        settings=[
            SettingRow(
                name=setting.name,
                scope=name(setting.scope),
                unit=setting.unit,
                lowest=setting.lowest,
                highest=setting.highest,
                off=setting.off,
                default=setting.default,
                doc=setting.doc,
                choices=list(setting.choices),
                value=values[setting.name],
            )
            for setting in SETTINGS
            if setting.scope is scope
        ]
    )
