"""What survives a restart: settings, schedules, cards, energy, events and history. SQLite in one worker thread."""

from evse_tui.store.database import StoreError
from evse_tui.store.records import BoardEvent, Energy, LogEntry, ScheduleRow, SettingKey, Stored
from evse_tui.store.store import FILE_NAME, Store

__all__ = [
    "FILE_NAME",
    "BoardEvent",
    "Energy",
    "LogEntry",
    "ScheduleRow",
    "SettingKey",
    "Store",
    "StoreError",
    "Stored",
]
