"""What can be typed. Only what is built is listed."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from evse_tui import __version__
from evse_tui.cli import collector

Run = Callable[[argparse.Namespace], int]

FASTEST: Final = 100
"""Times real time; several hundred leave the host's own timers no room."""
BOARD_KINDS: Final = ("atmega328p", "smartevse-v3.0", "smartevse-v3.1")
"""The keys of `evse_tui.flash.plan.KINDS`, which this file does not wait for."""
COMMISSION_OPTIONS: Final = (
    ("hardware-max", "A", "the least of board, wiring and circuit breaker"),
    ("connector", "KIND", "socket or fixed"),
    ("cable", "A", "rating of a fixed cable"),
    ("monitor", "M", "residual current monitor: fitted or none"),
    ("lock", "KIND", "of a socket: none, solenoid or motor"),
    ("phases", "N", "wired: 1 or 3"),
    ("second-contactor", "YN", "which switches L2 and L3: yes or no"),
    ("fallback", "A", "while no host decides: 0 (default), or 6 and more"),
    ("switch", "F", "function of the switch input: none, stop, limit, report or rfid"),
    ("phase-wait", "S", "control pilot off while the second contactor moves (default 30)"),
    ("limit", "A", "for now; default the hardware maximum"),
    ("backlight", "PERCENT", "highest, of the display (default 100)"),
)
"""The options of `evse_tui.commission.fields.FIELDS`, which this file does not wait for."""
PORT_HELP = "anything pyserial opens: /dev/ttyUSB0, socket://host:port"


def _lazy(module: str, function: str = "run") -> Run:
    def run(options: argparse.Namespace) -> int:
        with collector.idle():
            command: Run = getattr(importlib.import_module(f"evse_tui.cli.{module}"), function)
        return command(options)

    return run


def positive(text: str) -> float:
    """A positive number.

    Raises:
        ArgumentTypeError: it is not.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive number")
    return value


def speed(text: str) -> float:
    """How many times real time a simulated site runs.

    Raises:
        ArgumentTypeError: it is not.
    """
    value = positive(text)
    if value > FASTEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not within 0 to {FASTEST}")
    return value


def count(text: str) -> int:
    """A number of boards, 1 to 32.

    Raises:
        ArgumentTypeError: it is not.
    """
    if not text.isdecimal() or not 1 <= int(text) <= 32:
        raise argparse.ArgumentTypeError(f"{text!r} is not within 1 to 32")
    return int(text)


def listen_address(text: str) -> tuple[str, int]:
    """`HOST:PORT`, `:PORT` or `PORT`; IPv6 in brackets. Port 0 takes a free one.

    Raises:
        ArgumentTypeError: it is none of these.
    """
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host, int(port)


def _config_option(parser: argparse.ArgumentParser) -> None:
    # SUPPRESS: an option given before the command must survive the command's own defaults
    parser.add_argument("--config", type=Path, default=argparse.SUPPRESS, metavar="F", help="the site's TOML file")


def _site_options(parser: argparse.ArgumentParser) -> None:
    _config_option(parser)
    parser.add_argument(
        "--board",
        action="append",
        default=argparse.SUPPRESS,
        metavar="PORT",
        help=f"a board, instead of the configured ones; {PORT_HELP}",
    )


def _capture_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--capture",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="F",
        help="record the wire of all boards to this new file, for replay",
    )


def _listen_option(parser: argparse.ArgumentParser, words: str) -> None:
    parser.add_argument("--listen", type=listen_address, default=argparse.SUPPRESS, metavar="H:P", help=words)


def _simulation_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--boards", type=count, default=1, metavar="N", help="simulated boards (default 1)")
    parser.add_argument("--speed", type=speed, default=1.0, metavar="X", help="times real time (default 1)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="house, sun and cars of this seed (default 1)")


def _of_demo(parser: argparse.ArgumentParser) -> None:
    _simulation_options(parser)
    _capture_option(parser)
    parser.add_argument("--headless", action="store_true", help="status lines instead of the terminal app")
    parser.add_argument("--for", dest="duration_s", type=positive, metavar="S", help="end after S seconds of wall time")
    _listen_option(parser, "default 127.0.0.1:8080 or the next free port")


def _of_serve(parser: argparse.ArgumentParser) -> None:
    _site_options(parser)
    _capture_option(parser)
    _listen_option(parser, "default 127.0.0.1:8080; any other host needs a token")
    parser.add_argument("--demo", action="store_true", help="on a simulated site")
    _simulation_options(parser)


def _of_attach(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "url", metavar="URL", help="http://host:port; a token comes from EVSE_TUI_TOKEN, or is asked for"
    )


def _of_status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8080", metavar="URL", help="default %(default)s")
    parser.add_argument("--json", action="store_true", help="the API's own answers")


def _of_diag(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("port", metavar="PORT", help=PORT_HELP)
    parser.add_argument("--report", type=Path, metavar="F", help="also write the report to this file")
    parser.add_argument("--seconds", type=positive, default=5.0, metavar="S", help="how long to measure (default 5)")


def _of_commission(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("port", metavar="PORT", help=PORT_HELP)
    for option, metavar, words in COMMISSION_OPTIONS:
        parser.add_argument(f"--{option}", metavar=metavar, help=words)
    parser.add_argument("--yes", action="store_true", help="do not ask whether to write")


def _of_capture(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("port", metavar="PORT", help=PORT_HELP)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="F", help="a new file, pcapng")
    parser.add_argument("--for", dest="duration_s", type=positive, metavar="S", help="end after S seconds")


def _of_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="F")
    parser.add_argument("--speed", type=positive, default=1.0, metavar="X", help="times real time (default 1)")


def _of_decode(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="F-or-hex")


def _of_flash(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("port", metavar="PORT", help=PORT_HELP)
    parser.add_argument(
        "image",
        nargs="?",
        type=Path,
        metavar="IMAGE",
        help="Intel HEX, an ESP32 application, or ESP-IDF's build folder; default what was built in the sources",
    )
    parser.add_argument("--dry-run", action="store_true", help="do all checks, print every step, write nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--board-kind", choices=BOARD_KINDS, help="for a board that does not answer")
    parser.add_argument(
        "--no-car", action="store_true", help="you have looked: no car is plugged in (for a board that can't say so)"
    )


def _of_sim_board(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--pty", type=Path, metavar="LINK", help="make a pty and point this symbolic link at it")
    where.add_argument("--tcp", type=listen_address, metavar="H:P", help="listen here for one client")
    parser.add_argument("--blank", action="store_true", help="not commissioned")
    parser.add_argument("--serial", type=int, default=1, metavar="N", help="serial number (default 1)")


def _of_token(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser("new", help="make a token and print it, this once")
    action.add_argument("--name", metavar="N", help="what to call it in `token list`; default token-1, token-2, ..")
    action.set_defaults(run=_lazy("token", "new"))
    _config_option(action)
    action = actions.add_parser("list", help="print the names of all tokens")
    action.set_defaults(run=_lazy("token", "show"))
    _config_option(action)
    action = actions.add_parser("revoke", help="refuse a token from now on")
    action.add_argument("name", metavar="NAME")
    action.set_defaults(run=_lazy("token", "revoke"))
    _config_option(action)


def _of_config(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, text in (
        ("init", "write a commented template"),
        ("check", "say whether the file is valid, naming line and key"),
        ("show", "print the configuration in force"),
        ("keys", "print every key and colour of the terminal app, as a file to change them"),
    ):
        action = actions.add_parser(name, help=text)
        _config_option(action)
        action.set_defaults(run=_lazy("config", name))


class _Command(NamedTuple):
    text: str
    run: Run
    add_options: Callable[[argparse.ArgumentParser], None]


COMMANDS: Final = {
    "demo": _Command("a simulated house, PV, battery and cars on the real firmware core", _lazy("demo"), _of_demo),
    "serve": _Command("headless: the API without the terminal app", _lazy("serve"), _of_serve),
    "attach": _Command("the terminal app on a running serve or demo", _lazy("attach"), _of_attach),
    "status": _Command("one plain-text look at every charger of a running serve or demo", _lazy("status"), _of_status),
    "diag": _Command(
        "field diagnostics of one board: identity, self-checks, link quality, control pilot",
        _lazy("diag"),
        _of_diag,
    ),
    "commission": _Command(
        "tell a board what it is wired to; a hand on its button must allow it", _lazy("commission"), _of_commission
    ),
    "capture": _Command("record the wire of a board that nobody drives", _lazy("capture"), _of_capture),
    "replay": _Command("play a capture back through the terminal app", _lazy("replay"), _of_replay),
    "decode": _Command(
        "print the frames in a capture, a file, hexadecimal text or stdin (-)", _lazy("decode"), _of_decode
    ),
    "flash": _Command("write a firmware image to a board, if no car is plugged in", _lazy("flash"), _of_flash),
    "sim-board": _Command("one simulated board for anybody's client", _lazy("sim_board"), _of_sim_board),
    "token": _Command("who may use the API from other machines", _lazy("token", "show"), _of_token),
    "config": _Command("the site's TOML file", _lazy("config", "run"), _of_config),
}


def build_parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of `evse-tui`; the chosen command is `options.run`.

    If the first of `arguments` is a command, the parser knows only that one: making all of them takes 10 ms.
    """
    parser = argparse.ArgumentParser(
        prog="evse-tui",
        description="EV charging: the terminal app on the configured site, or on the boards named.",
    )
    parser.add_argument("--version", action="version", version=f"evse-tui {__version__}")
    _site_options(parser)
    _listen_option(parser, "of the API; default 127.0.0.1:8080, any other host needs a token")
    _capture_option(parser)
    parser.set_defaults(run=_lazy("app"), config=None, board=[], capture=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name in arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS:
        command = COMMANDS[name]
        added = commands.add_parser(
            name, help=command.text, description=f"{command.text[:1].upper()}{command.text[1:]}."
        )
        added.set_defaults(run=command.run)
        command.add_options(added)
    return parser
