"""`evse-tui config init | check | show`."""

from __future__ import annotations

import argparse
from pathlib import Path

from evse_tui.config import SiteConfig, default_config, default_config_path, load_config, render, template
from evse_tui.errors import UserError


def find_config(options: argparse.Namespace) -> Path | None:
    """The file of `--config`, or the default one if it exists."""
    if options.config is not None:
        return Path(options.config)
    default = default_config_path()
    return default if default.exists() else None


def configuration(options: argparse.Namespace) -> SiteConfig:
    """The site of `--config` and `--board`: `--board` replaces the boards and nothing else.

    Raises:
        ConfigError: the file can't be used.
        UserError: the same port is named twice.
    """
    for port in options.board:
        if options.board.count(port) > 1:
            raise UserError(f"--board {port} is named twice; each board has a port of its own")
    path = find_config(options)
    config = load_config(path) if path else default_config()
    return config.with_boards(options.board) if options.board else config


def init(options: argparse.Namespace) -> int:
    """Writes the template; never over an existing file."""
    path = options.config or default_config_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise UserError(f"{path} exists already; `evse-tui config check` reads it") from None
    except OSError as error:
        raise UserError(f"{path} can't be written: {error.strerror}") from error
    print(f"wrote {path}; name your boards in it, then run `evse-tui config check`")
    return 0


def check(options: argparse.Namespace) -> int:
    """Says whether the file is valid."""
    path = find_config(options)
    if path is None:
        raise UserError(f"there is no {default_config_path()}; `evse-tui config init` makes one")
    config = load_config(path)
    print(f"{path} is valid: {len(config.chargers)} charger{'' if len(config.chargers) == 1 else 's'}")
    return 0


def show(options: argparse.Namespace) -> int:
    """Prints the configuration in force."""
    options.board = getattr(options, "board", [])
    print(render(configuration(options)), end="")
    return 0


def keys(_options: argparse.Namespace) -> int:
    """Prints the terminal's own file with every default."""
    from evse_tui.ui.preferences import default_path
    from evse_tui.ui.preferences import template as of_terminal

    print(f"# {default_path()}\n{of_terminal()}", end="")
    return 0
