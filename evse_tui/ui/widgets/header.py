"""The top row: what this is, whether it is live, and the time. It goes on while the tables are frozen."""

from __future__ import annotations

from textual.content import Content

from evse_tui.site.snapshot import ChargerState, Freshness
from evse_tui.ui import columns, text, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.playing import Playing, banner
from evse_tui.ui.widgets.panel import Panel


def draw_header(
    frame: Frame,
    width: int,
    *,
    title: str,
    api_url: str | None,
    wall_s: float,
    frozen_s: float | None,
    player: Playing | None = None,
) -> Content:
    """Title and how the site is on the left; address and time of day on the right; the address gives way first."""
    left = [(f" {title} ", "bold")]
    if player is not None:
        left.append((f" {banner(player, wall_s, frame.zone)} ", "bold reverse"))
    if frozen_s is not None:
        left.append((f" FROZEN at {text.clock_time(frozen_s, frame.zone)} ", "bold reverse"))
    if frame.stale:
        left.append((f" STALE: no update for {text.age(frame.behind_ms)} ", "bold reverse"))
    left.append((f" {summary(frame)} ", ""))
    if outside := outside_sources(frame):
        left.append((f" {outside} from outside ", "bold"))
    front = columns.line(left)
    time = columns.styled(f" {text.clock_time(wall_s, frame.zone)} ", "bold")
    if api_url and front.cell_length + len(api_url) + time.cell_length + 2 <= width:
        time = Content("").join((columns.styled(f"{api_url} ", "dim"), time))
    return columns.ends(front, time, width)


def outside_sources(frame: Frame) -> str:
    """In the demo: the sources that somebody else feeds now instead of the simulated house."""
    snapshot = frame.snapshot
    if not snapshot.demo:
        return ""
    sources = {"mains": snapshot.mains, "circuit": snapshot.circuit, "battery": snapshot.battery, "PV": snapshot.pv}
    return ", ".join(
        name for name, meter in sources.items() if meter.freshness is Freshness.FRESH and not meter.simulated
    )


def summary(frame: Frame) -> str:
    """`1 of 4 charging, 1 fault`."""
    chargers = frame.snapshot.chargers
    if not chargers:
        return "no charger"
    charging = sum(1 for charger in chargers if charger.state in (ChargerState.C, ChargerState.D))
    faults = sum(1 for charger in chargers if charger.board is not None and charger.board.faults)
    away = sum(1 for charger in chargers if not frame.board_live(charger))
    if len(chargers) == 1:
        return words.headline(chargers[0]).words
    parts = [f"{charging} of {len(chargers)} charging"]
    if faults:
        parts.append(text.plural(faults, "fault"))
    if away:
        parts.append(f"{away} not live")
    return ", ".join(parts)


class Header(Panel):
    """The top row."""

    def __init__(self, title: str, api_url: str | None, player: Playing | None = None) -> None:
        super().__init__(id="header")
        self._title = title
        self._api_url = api_url
        self._player = player
        self._wall_s = 0.0
        self._frozen_s: float | None = None

    def set_times(self, wall_s: float, frozen_s: float | None) -> None:
        """Wall time now, and that of the frozen tables."""
        self._wall_s = wall_s
        self._frozen_s = frozen_s

    def draw(self, frame: Frame, width: int) -> Content:
        return draw_header(
            frame,
            width,
            title=self._title,
            api_url=self._api_url,
            wall_s=self._wall_s,
            frozen_s=self._frozen_s,
            player=self._player,
        )
