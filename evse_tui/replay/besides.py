"""What a capture of a site holds besides its wires."""

from __future__ import annotations

from evse_tui.board.recording import Recorder
from evse_tui.replay.notes import take_notes
from evse_tui.replay.readings import readings_written
from evse_tui.site.site import Site


async def write_besides(site: Site, recorder: Recorder) -> None:
    """Writes readings and notes until cancelled; see `evse_tui.board.recording.Beside`."""
    with readings_written(site, recorder.reading):
        await take_notes(site, recorder.note, site.config.phases)
