"""Settings: the table of `evse_tui.settings` as an answer, and as the body that changes values."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from evse_tui.api.v1.models.base import Model, Request, doc, names
from evse_tui.api.v1.models.command import Accepted
from evse_tui.settings import SETTINGS, Scope, Setting


class SettingRow(Model):
    """One setting: what it does, what it may be, what it is."""

    name: str
    scope: Annotated[str, names(Scope)]
    unit: Annotated[str, doc("Empty if it has none.")]
    lowest: int
    highest: int
    off: Annotated[int | None, doc('A value outside of lowest..highest that means "off".')]
    default: int
    doc: Annotated[str, doc("What it does, one sentence.")]
    choices: Annotated[list[str], doc("Names of the values lowest..highest, where they are not amounts.")]
    value: Annotated[int, doc("In force now.")]


class SettingTable(Model):
    """Settings of the site or of one charger."""

    settings: list[SettingRow]


class SettingsChanged(Model):
    """Values after the change."""

    settings: Annotated[dict[str, int], doc("All values of the site or of the charger, by name.")]
    commands: Annotated[dict[str, Accepted], doc("What became of each change, by name of the setting.")]


def _range(setting: Setting) -> Any:
    lowest, highest = setting.lowest, setting.highest
    text = " ".join(filter(None, (setting.doc, f"[{setting.unit}]" if setting.unit else "", _choices(setting))))
    if setting.off is None or setting.lowest <= setting.off <= setting.highest:
        return Annotated[int, Meta(ge=lowest, le=highest, description=text)]
    either = {"anyOf": [{"const": setting.off}, {"minimum": lowest, "maximum": highest}]}
    lowest, highest = min(lowest, setting.off), max(highest, setting.off)
    return Annotated[int, Meta(ge=lowest, le=highest, description=text, extra_json_schema=either)]


def _choices(setting: Setting) -> str:
    return "; ".join(f"{setting.lowest + position} {choice}" for position, choice in enumerate(setting.choices))


def _patch(name: str, scope: Scope, text: str) -> type[Struct]:
    fields = [(setting.name, _range(setting) | UnsetType, UNSET) for setting in SETTINGS if setting.scope is scope]
    return defstruct(name, fields, bases=(Request,), namespace={"__doc__": text})


SiteSettingsPatch: Final = _patch("SiteSettingsPatch", Scope.SITE, "Settings of the site to change; others stay.")
ChargerSettingsPatch: Final = _patch(
    "ChargerSettingsPatch", Scope.CHARGER, "Settings of a charger to change; others stay."
)
