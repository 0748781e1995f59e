"""The HTTP windows on a site: SmartEVSE-compatible REST, an overview page, health."""

from evse_tui.api.app import make_app
from evse_tui.api.security import Security
from evse_tui.api.server import RunningServer, ServerError, start_server

__all__ = ["RunningServer", "Security", "ServerError", "make_app", "start_server"]
