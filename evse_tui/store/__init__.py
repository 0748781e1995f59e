"""What survives a restart: settings and schedules changed at run time, energy, events. SQLite in one worker thread."""

from evse_tui.store.database import StoreError
from evse_tui.store.records import BoardEvent, Energy, LogEntry, ScheduleRow, Stored
from evse_tui.store.store import FILE_NAME, Store

__all__ = ["FILE_NAME", "BoardEvent", "Energy", "LogEntry", "ScheduleRow", "Store", "StoreError", "Stored"]
