"""The past as a file: the rows, the name, and what can go wrong."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

from evse_tui.store import SITE, Store, StoreError
from evse_tui.ui.export import Table, save, target
from evse_tui.ui.past import Question
from evse_tui.ui.period import Period, Unit
from tests.ui.pasts import Unreadable, remember_charger, remember_days, sessions

DAY: Final = date(2025, 10, 9)
MIDNIGHT_S: Final = int(datetime(2025, 10, 9, tzinfo=UTC).timestamp())
TODAY = Question(SITE, Period.of(Unit.DAY, DAY), UTC)
MONTH = Question(SITE, Period.of(Unit.MONTH, DAY), UTC)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def files(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


async def test_sessions_in_a_file_with_units_and_without_formulas(tmp_path: Path) -> None:
    store = await Store.open(None)
    await store.remember([], [replace(sessions(MIDNIGHT_S)[0], charger_id="=1+1")])
    path = tmp_path / "a.csv"
    assert await save(store, Table.SESSIONS, TODAY, path) == 1
    assert path.read_bytes().count(b"\r\n") == path.read_bytes().count(b"\n") == 2
    (row,) = read(path)
    assert row["Charger"] == "'=1+1"
    assert row["Start (UTC)"] == "2025-10-09 10:45:00"
    assert (row["Energy (Wh)"], row["Energy is an estimate"], row["Cost"]) == ("12420", "no", "0.13")
    await store.close()


async def test_every_session_of_the_period_and_no_other(tmp_path: Path) -> None:
    store = await Store.open(None)
    model = sessions(MIDNIGHT_S)[0]
    starts = [MIDNIGHT_S - 1, *(MIDNIGHT_S + 60 * number for number in range(1203)), MIDNIGHT_S + 86_400]
    await store.remember([], [replace(model, started_s=float(start_s)) for start_s in starts])
    assert await save(store, Table.SESSIONS, TODAY, tmp_path / "a.csv") == 1203
    assert len({row["Number"] for row in read(tmp_path / "a.csv")}) == 1203
    await store.close()


async def test_totals_and_curves_have_the_energy_of_the_store(tmp_path: Path) -> None:
    store = await Store.open(None)
    await remember_days(store, DAY, 2, UTC, length_s=900)
    assert await save(store, Table.TOTALS, MONTH, tmp_path / "totals.csv") == 31
    assert await save(store, Table.HISTORY, MONTH, tmp_path / "history.csv") == 2 * (96 - 6)
    (total,) = await store.totals(SITE, MONTH.period.edges(UTC))
    for name in ("totals", "history"):
        charged_wh = sum(float(row["Charged (Wh)"] or 0) for row in read(tmp_path / f"{name}.csv"))
        assert charged_wh == pytest.approx(total.charged_mj / 3_600_000, abs=1)
    assert total.charged_mj > 0
    await store.close()


async def test_one_charger_alone(tmp_path: Path) -> None:
    store = await Store.open(None)
    await remember_days(store, DAY, 1, UTC, length_s=900)
    await remember_charger(store, "2", MIDNIGHT_S, 900)
    await store.remember([], [replace(row, charger_id=str(at)) for at, row in enumerate(sessions(MIDNIGHT_S), 1)])
    alone = replace(TODAY, subject="2")
    assert await save(store, Table.SESSIONS, alone, tmp_path / "sessions.csv") == 1
    assert await save(store, Table.TOTALS, alone, tmp_path / "totals.csv") == 1
    (total,) = read(tmp_path / "totals.csv")
    assert total["Imported (Wh)"] == ""
    assert float(total["Charged (Wh)"]) == pytest.approx(20_700)
    assert await save(store, Table.HISTORY, alone, tmp_path / "history.csv") == 96
    rows = read(tmp_path / "history.csv")
    assert {row["Offered (A)"] for row in rows} == {"0.0", "16.0"}
    await store.close()


async def test_a_failure_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        await save(Unreadable(), Table.HISTORY, TODAY, tmp_path / "a.csv")
    assert not any(files(tmp_path))


async def test_a_file_that_appeared_meanwhile_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    store = await Store.open(None)
    with pytest.raises(FileExistsError):
        await save(store, Table.SESSIONS, TODAY, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "mine"
    await store.close()


def test_names_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "there.csv").touch()
    assert target(" new.csv ", tmp_path) == tmp_path / "new.csv"
    assert target("~/new.csv", Path("/")) == tmp_path / "new.csv"
    assert target(str(tmp_path / "new.csv"), Path("/")) == tmp_path / "new.csv"
    for typed, complaint in (
        ("  ", "Type the name"),
        ("there.csv", "there already"),
        ("no/such.csv", "There is no folder"),
        ("x" * 5000, "can't be used"),
        ("~nobody-at-all/x.csv", "can't be used"),
        ("a\0b", "can't be used"),
    ):
        with pytest.raises(ValueError, match=complaint):
            target(typed, tmp_path)
