"""The wire of the selected charger: its newest frames, decoded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.content import Content

from evse_tui.board.decode import FrameWords, describe_piece
from evse_tui.board.recording_file import Direction
from evse_tui.ui import columns, text
from evse_tui.ui.frame import Frame
from evse_tui.ui.widgets.facts import OLD
from evse_tui.ui.widgets.panel import Panel
from evse_tui.ui.words import called

if TYPE_CHECKING:
    from evse_tui.board.recording import RecordingState, WireView
    from evse_tui.board.wiretap import Piece

NOT_HERE: Final = (
    "This terminal is attached to a site elsewhere, and frames do not travel there: look at them in an evse-tui that "
    "runs the site, or record them there with serve --capture F."
)
_SHORTEST: Final = 2
"""A lone zero byte opens a conversation; nothing is in it."""
_WAYS: Final = {Direction.FROM_BOARD: ("<", "$text-success"), Direction.TO_BOARD: (">", "$text-primary")}
_NAME: Final = 13

_CARD: Final = re.compile(r"(?<=value )\d+$")


@lru_cache(maxsize=1024)
def _words(data: bytes) -> FrameWords:
    """Of a card's number only the last four digits, as everywhere on a screen."""
    words = describe_piece(data)
    if "kind CARD" not in words.fields:
        return words
    return replace(words, fields=_CARD.sub(lambda found: f"..{int(found[0]) & 0xFFFF:04X}", words.fields))


def shown(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces that say something."""
    return [piece for piece in pieces if len(piece.data) >= _SHORTEST]


def stamp(wall_s: float, frame: Frame) -> str:
    """Time of day to the millisecond."""
    wall_ms = round(wall_s * 1000)
    return f"{text.clock_time(wall_ms // 1000, frame.zone)}.{wall_ms % 1000:03}"


def plain(piece: Piece, wall_s: float, frame: Frame) -> str:
    """One row of a report."""
    words = _words(piece.data)
    return f"{stamp(wall_s, frame)} {piece.direction.value} {words.name:<{_NAME}} {words.fields}".rstrip()


def draw_row(piece: Piece, wall_s: float, frame: Frame, width: int, *, chosen: bool) -> Content:
    """Time, direction, message and fields, as far as they fit."""
    words = _words(piece.data)
    sign, style = _WAYS[piece.direction]
    row = columns.line(
        (
            ("▸" if chosen else " ", "bold"),
            (f"{stamp(wall_s, frame)} ", OLD),
            (f"{sign} ", style),
            (f"{words.name:<{_NAME}} ", _style(words)),
            (f"{'again ' if words.again else ''}{words.fields}", ""),
        )
    )
    return row.truncate(width, ellipsis=True)


def draw_detail(piece: Piece, width: int) -> list[Content]:
    """All of one frame."""
    words = _words(piece.data)
    sequence = "" if words.sequence is None else f", sequence {words.sequence}"
    whose = "from the board" if piece.direction is Direction.FROM_BOARD else "to the board"
    head = f"{words.name} {whose}, {len(piece.data)} bytes{sequence}{', sent again' if words.again else ''}"
    return [columns.styled(head, "bold"), *(Content(row) for row in columns.wrapped(words.fields, width, 0))]


def capture_words(state: RecordingState | None, frame: Frame) -> str:
    """How the capture stands, for a title."""
    if state is None:
        return ""
    size = f"{state.size / 1000:.0f} kB" if state.size < 1_000_000 else f"{state.size / 1e6:.1f} MB"
    verb = "capturing to" if state.running else "captured"
    return f"{verb} {state.path.name}, {size}"


def _style(words: FrameWords) -> str:
    return "bold $text-error" if words.sequence is None else "bold"


class FramesPanel(Panel, can_focus=True):
    """Follows the newest frame until the user walks up or freezes."""

    HELP: ClassVar[str] = """\
The frames on the wire of the selected charger, the newest at the bottom: time, direction (< from the board, > to \
it), message and fields; below them all of the marked one. Up and down walk, End follows the newest again, {freeze} \
freezes. "damaged" was no frame. {capture} records the wire of all boards to a file for evse-tui replay, decode, or \
Wireshark."""
    BINDINGS = [
        Binding("up", "walk(-1)", "Up", show=False),
        Binding("down", "walk(1)", "Down", show=False),
        Binding("pageup", "walk(-10)", "Page up", show=False),
        Binding("pagedown", "walk(10)", "Page down", show=False),
        Binding("end", "follow", "Newest", show=False),
    ]

    def __init__(self, wires: WireView | None, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, classes="panel")
        self._wires = wires
        self._held: list[Piece] | None = None
        """Pieces that stand still while the user reads them."""
        self._held_of: str | None = None
        self._chosen = 0
        self.frozen = False
        """Set by the screen."""

    def draw(self, frame: Frame, width: int) -> Content:
        charger = frame.selected
        if self._wires is None or charger is None:
            self.set_title("Frames")
            words = "No charger." if charger is None else NOT_HERE
            return columns.styled("\n".join(columns.wrapped(words, width, 0)), OLD)
        pieces = self._pieces(charger.id)
        parts = [f"Frames of {called(charger)}"]
        parts += [words] if (words := capture_words(self._wires.recording, frame)) else []
        parts += ["held: End follows"] if self._held is not None and not self.frozen else []
        self.set_title(", ".join(parts))
        if not pieces:
            return columns.styled("Nothing on the wire yet.", OLD)
        return self._list(pieces, frame, width)

    def action_walk(self, step: int) -> None:
        """Marks another frame; from now on they stand still."""
        frame = self._frame
        if self._wires is None or frame is None or frame.selected is None:
            return
        if self._held is None:
            self._hold(frame.selected.id)
        if self._held:
            self._chosen = min(len(self._held) - 1, max(0, self._chosen + step))
        self._repaint()

    def action_follow(self) -> None:
        """The newest frames again."""
        self._held = None
        self._repaint()

    def _pieces(self, charger_id: str) -> list[Piece]:
        if self._held is not None and self._held_of != charger_id:
            self._held = None
        if self.frozen and self._held is None:
            self._hold(charger_id)
        if self._held is not None:
            return self._held
        assert self._wires is not None  # noqa: S101  # the caller has looked
        pieces = shown(self._wires.pieces(charger_id))
        self._chosen = len(pieces) - 1
        return pieces

    def _hold(self, charger_id: str) -> None:
        assert self._wires is not None  # noqa: S101  # the caller has looked
        self._held = shown(self._wires.pieces(charger_id))
        self._held_of = charger_id
        self._chosen = len(self._held) - 1

    def _list(self, pieces: list[Piece], frame: Frame, width: int) -> Content:
        assert self._wires is not None  # noqa: S101  # the caller has looked
        detail = draw_detail(pieces[self._chosen], width)
        room = max(1, self.content_size.height - len(detail) - 1)
        end = min(len(pieces), max(self._chosen + 1 + room // 2, room))
        if self._chosen == len(pieces) - 1:
            end = len(pieces)
        rows = [
            draw_row(piece, self._wires.wall_s(piece.at_ms), frame, width, chosen=number == self._chosen)
            for number, piece in enumerate(pieces[max(0, end - room) : end], max(0, end - room))
        ]
        return columns.lines([*rows, columns.styled("─" * width, OLD), *detail])
