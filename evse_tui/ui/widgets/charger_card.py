"""One charger: state, currents with the reason that binds, session, lease; one row when it is not selected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding
from textual.content import Content
from textual.events import Focus
from textual.message import Message

from evse_protocol.messages import Flag
from evse_tui.board.model import LinkState
from evse_tui.control.types import C2Mode, Mode
from evse_tui.site.snapshot import ChargerSnapshot, Freshness
from evse_tui.site.state import ErrorId
from evse_tui.site.wording import timer_text
from evse_tui.ui import columns, text, words
from evse_tui.ui.frame import Frame
from evse_tui.ui.key_words import with_keys
from evse_tui.ui.widgets.bars import bar
from evse_tui.ui.widgets.panel import Panel

_NUMBERS: Final = 36
_FACTS: Final = 38
_FACTS_ROOMY: Final = 46
_FACT_TEXT: Final = 31
"""What is left for the text of a fact beside its title and the card's padding, in 80 columns."""
_LEAST_BAR: Final = 16
_OLD: Final = "dim"
_ERRORS: Final[Mapping[int, str]] = {
    ErrorId.COMMUNICATION: "No mains data arrive: Smart and Solar wait for them, Normal does not."
}
"""Of a board that is online; where the original's own words name no way out."""


def draw_full(charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
    """The card: headline, a row per phase beside the facts, then what needs a sentence."""
    head = words.headline(charger)
    left = columns.line(
        (
            (f"{head.glyph} {head.words}", head.tone.value),
            ("   ", ""),
            (words.granted(charger.grant), "bold" if frame.board_live(charger) else _OLD),
        )
    )
    countdown = _countdown(charger, frame)
    beside = left.cell_length + 1 + len(countdown) <= width
    rows = [columns.ends(left, columns.styled(countdown if beside else "", "$text-primary"), width)]
    numbers = _number_rows(charger, frame)
    facts = _fact_rows(charger, frame)
    room = width - _NUMBERS - (_FACTS_ROOMY if width >= _NUMBERS + _FACTS_ROOMY + _LEAST_BAR else _FACTS)
    for index, (number, fact) in enumerate(zip(numbers, facts, strict=True)):
        pieces = [columns.fit(number, min(_NUMBERS, width))]
        if room >= _LEAST_BAR:
            pieces.append(columns.fit(_phase_bar(charger, frame, index - 1, room - 2), room))
        pieces.append(fact)
        rows.append(Content("").join(pieces).truncate(width, ellipsis=True))
    sentences = notices(charger, frame)
    if countdown and not beside:  # the reason matters more, and neither may be cut off
        sentences.insert(0, (words.Tone.WAITING, f"{countdown}."))
    for tone, sentence in sentences:
        rows += [columns.styled(row, tone.value) for row in columns.wrapped(f"{_mark(tone)} {sentence}", width, 2)]
    return columns.lines(rows)


def draw_row(charger: ChargerSnapshot, frame: Frame, width: int) -> Content:
    """The charger in one row: name, state, grant and reason, actual current, energy."""
    head = words.headline(charger)
    live = frame.board_live(charger)
    energy = text.UNKNOWN if charger.session is None else _session_energy(charger)
    name_width = min(24, max(len(words.called(other)) for other in frame.snapshot.chargers))
    tail = columns.line(
        ((f"{_actual(charger, frame, None):>8}", "" if frame.meter_live(charger.ev) else _OLD), (f"{energy:>10}", ""))
    )
    state = columns.styled(f"{head.glyph} {head.words}", head.tone.value)
    grant = columns.styled(words.granted(charger.grant), "" if live else _OLD)
    front = Content("").join(
        (
            columns.fit(columns.styled(words.called(charger)), name_width),
            Content(" "),
            columns.fit(state, 20),
            Content(" "),
            grant,
        )
    )
    return columns.ends(front, tail, width)


def notices(charger: ChargerSnapshot, frame: Frame) -> list[tuple[words.Tone, str]]:
    """Sentences below the card: what is wrong and the way out, commands on their way, what the user may not know."""
    found: list[tuple[words.Tone, str]] = []
    board = charger.board
    if charger.link is not LinkState.ONLINE:
        found.append(
            (words.Tone.WARNING, charger.link_detail or f"The board on {charger.port} is {charger.link.value}.")
        )
    if board is not None and not frame.board_live(charger):
        found.append((words.Tone.WARNING, f"The board's values are {text.age(frame.board_age_ms(charger))} old."))
    if board is not None and board.faults:
        found += [(words.Tone.FAULT, f"{fault.name}. {fault.way_out}") for fault in words.faults(board.faults)]
    elif charger.error_id and charger.link is LinkState.ONLINE:  # else the link's own sentence says more
        found.append((words.Tone.FAULT, _ERRORS.get(charger.error_id, f"{charger.error}.")))
    if board is not None and not board.flags & Flag.COMMISSIONED:
        found.append((words.Tone.WARNING, f"Not commissioned: quit, and run  evse-tui commission {charger.port}"))
    if board is not None and board.flags & Flag.STOPPED:
        found.append((words.Tone.WARNING, "Stopped at the board: unplug, press its button again, or resume."))
    if not charger.ev_modelled and charger.ev.currents_da is not None and not frame.meter_live(charger.ev):
        found.append((words.Tone.WARNING, f"The car's meter is {_staleness(charger, frame)}."))
    tone = {True: words.Tone.WARNING, False: words.Tone.CALM}
    found += [(tone[command.state.value == "failed"], words.progress(command)) for command in charger.commands]
    if not charger.authorised:
        found.append((words.Tone.WAITING, "Waiting for a card: show one at the reader."))
    if charger.boost is not None:
        found.append((words.Tone.WAITING, f"Boost: {words.boost(charger.boost)}."))
    if charger.schedule is not None:
        found.append((words.Tone.CALM, f"Schedule: {words.schedule(charger.schedule, frame)}."))
    found += [(words.Tone.CALM, f"{timer}.") for timer in _timers(charger, frame)[not _hold(charger, frame) :]]
    if charger.mode is Mode.OFF:
        way_out = with_keys("Off until you choose a mode: press {mode} (Normal, Solar or Smart).", frame.key_name)
        found.append((words.Tone.WAITING, way_out))
    return found


def _mark(tone: words.Tone) -> str:
    return "!" if tone in (words.Tone.WARNING, words.Tone.FAULT) else "·"


def _staleness(charger: ChargerSnapshot, frame: Frame) -> str:
    state = "lost" if charger.ev.freshness is Freshness.GONE else "late"
    return f"{state}: its last value is {text.age(frame.meter_age_ms(charger.ev))} old"


def _hold(charger: ChargerSnapshot, frame: Frame) -> str:
    board = charger.board
    if board is None or not frame.board_live(charger):
        return ""
    return words.hold(board, frame.board_age_ms(charger) or 0)


def _timers(charger: ChargerSnapshot, frame: Frame) -> list[str]:
    """The next to end first."""
    timers = () if charger.grant is None else charger.grant.timers
    return [timer_text(timer, frame.now_ms) for timer in sorted(timers, key=lambda timer: timer.due_ms)]


def _countdown(charger: ChargerSnapshot, frame: Frame) -> str:
    """What the board waits for, else the next timer of control; the others are sentences below the card."""
    timers = _timers(charger, frame)
    return _hold(charger, frame) or (timers[0] if timers else "")


def _actual(charger: ChargerSnapshot, frame: Frame, phase: int | None) -> str:
    """A measured current; `~` marks a model, `?` a value that is not live."""
    currents = charger.ev.currents_da
    if currents is None:
        return text.UNKNOWN
    value = text.amps(max(currents) if phase is None else currents[phase])
    if charger.ev_modelled:
        value = f"~{value}"
    return value if frame.meter_live(charger.ev) else f"{value}?"


def _number_rows(charger: ChargerSnapshot, frame: Frame) -> list[Content]:
    rows = [columns.styled(f"   {'actual':>10}{'offered':>10}{'limit':>10}", _OLD)]
    board = charger.board
    live = frame.board_live(charger)
    old = "" if live else "?"
    style = "" if live else _OLD
    limit_da, _name = words.ceiling(charger)
    for phase, name in enumerate(words.PHASES):
        used = board is not None and phase < board.phases
        offered = text.amps(board.offered_da) + old if board is not None and used else text.UNKNOWN
        limit = text.amps(limit_da) + old if used else text.UNKNOWN
        rows.append(
            columns.line(
                (
                    (f"{name} ", "bold"),
                    (f"{_actual(charger, frame, phase):>10}", "bold" if frame.meter_live(charger.ev) else _OLD),
                    (f"{offered:>10}", style),
                    (f"{limit:>10}", style),
                )
            )
        )
    return rows


def _phase_bar(charger: ChargerSnapshot, frame: Frame, phase: int, width: int) -> Content:
    """Actual current as a bar with the offer as its line; empty in the row of the column titles."""
    board = charger.board
    currents = charger.ev.currents_da
    limit_da, _name = words.ceiling(charger)
    if phase < 0 or board is None or phase >= board.phases or currents is None or not limit_da:
        return Content("")
    live = frame.meter_live(charger.ev) and frame.board_live(charger)
    return bar(currents[phase], board.offered_da, limit_da, width, live=live)


def _fact_rows(charger: ChargerSnapshot, frame: Frame) -> list[Content]:
    board = charger.board
    mode = [words.MODE_TITLES[charger.mode]]
    if charger.override_da:
        mode.append(f"override {text.amps(charger.override_da)}")
    if board is not None:
        mode.append(text.plural(board.phases, "phase"))
    c2 = charger.settings.get("enable_c2", 0)
    if c2:
        mode.append(f"C2 {words.C2_TITLES[C2Mode(c2)]}")
    limit_da, limit_name = words.ceiling(charger)
    next_limit = words.runner_up(charger.grant)
    source = f" (limit: {limit_name})"
    if limit_name not in next_limit and len(next_limit) + len(source) <= _FACT_TEXT:
        next_limit += source
    facts = [
        ("Mode", ", ".join(mode)),
        ("Next", next_limit),
        ("Session", _session(charger)),
        ("Board", _board_facts(charger, frame)),
    ]
    if charger.grant is None or charger.grant.runner_up is None:
        facts[1] = ("Limit", f"{limit_name} {text.amps(limit_da)}".strip())
    return [columns.line(((f"{title:<8}", _OLD), (value, ""))) for title, value in facts]


def _session_energy(charger: ChargerSnapshot) -> str:
    if charger.session is None:
        return text.UNKNOWN
    return ("~" if charger.session.estimated else "") + text.energy(charger.session.energy_wh)


def _session(charger: ChargerSnapshot) -> str:
    if charger.session is None:
        return text.UNKNOWN if charger.board is None else "no car"
    return f"{_session_energy(charger)} in {text.duration(charger.session.duration_ms)}"


def _board_facts(charger: ChargerSnapshot, frame: Frame) -> str:
    board = charger.board
    if board is None:
        return charger.link.value
    if not frame.board_live(charger):
        return f"last heard {text.age(frame.board_age_ms(charger))} ago"
    parts = [
        f"lease {text.lease(max(0, charger.health.lease_ms - frame.behind_ms))}",
        text.temperature(board.temperature_dc),
    ]
    if board.flags & Flag.LOCKED:
        parts.append("locked")
    return ", ".join(parts)


class ChargerCard(Panel, can_focus=True):
    """One charger. Focusing it, by key or by mouse, selects it."""

    HELP = """\
A charger. The first row says what it does, the current it may draw and the reason that binds: "12.0 A - mains L2" \
means that phase 2 of the grid connection leaves 12 A. On the right, what it waits for. Enter shows \
everything about the charger.

  actual   what the car draws; ~ marks a model, not a meter
  offered  what the control pilot tells the car
  limit    the most it could offer: maximum, cable, ..

A number followed by ? is not live: its age is in the line below. "lease" is how long the board goes on without \
hearing from the host that decides; then it stops the car by itself."""

    BINDINGS = [Binding("enter", "app.act('go-charger')", "Details", show=False)]

    @dataclass
    class Selected(Message):
        """The user chose this charger."""

        charger_id: str

    def __init__(self, charger_id: str) -> None:
        super().__init__(classes="card")
        self.charger_id = charger_id
        self.compact = False

    def draw(self, frame: Frame, width: int) -> Content:
        charger = frame.snapshot.charger(self.charger_id)
        return (draw_row if self.compact else draw_full)(charger, frame, width)

    @property
    def rows(self) -> int:
        """The height that it will have once what was set and shown is laid out."""
        return self.content.plain.count("\n") + 1 + (not self.compact)  # the border above a full card

    def set_role(self, *, selected: bool, compact: bool) -> None:
        """Marks the selected one; chooses between the card and the single row.

        Textual works out the styles anew for each change. They are worked out once for all of a card's: for its focus
        too, if that is on its way.
        """
        self.compact = compact
        focus_changes = self.is_attached and self.has_focus is not (self.screen.focused is self)
        wanted = {"-selected": selected, "-compact": compact}
        changes = {name: on for name, on in wanted.items() if on is not self.has_class(name)}
        for number, (name, on) in enumerate(changes.items(), 1):
            self.set_class(on, name, update=number == len(changes) and not focus_changes)

    def on_focus(self, _event: Focus) -> None:
        self.post_message(self.Selected(self.charger_id))
