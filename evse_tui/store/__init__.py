"""What survives a restart: settings, schedules, cards, energy, events and history. SQLite in one worker thread."""

from evse_tui.store.buckets import MJ_PER_WH, SITE, ChargerBucket, SiteBucket
from evse_tui.store.database import StoreError
from evse_tui.store.history import ChargerSeries, SiteSeries, Total
from evse_tui.store.records import BoardEvent, Energy, LogEntry, ScheduleRow, SettingKey, Stored
from evse_tui.store.sessions import Session
from evse_tui.store.store import FILE_NAME, Store

__all__ = [
    "FILE_NAME",
    "MJ_PER_WH",
    "SITE",
    "BoardEvent",
    "ChargerBucket",
    "ChargerSeries",
    "Energy",
    "LogEntry",
    "ScheduleRow",
    "Session",
    "SettingKey",
    "SiteBucket",
    "SiteSeries",
    "Store",
    "StoreError",
    "Stored",
    "Total",
]
