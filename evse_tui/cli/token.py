"""`evse-tui token new | list | revoke`: who may use the API from other machines."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from evse_tui.api.tokens import FILE_NAME, new_token, read_tokens, revoke_token
from evse_tui.cli.config import configuration
from evse_tui.config import SiteConfig, default_data_dir


def token_path(config: SiteConfig) -> Path:
    """Where the tokens of a site are kept."""
    return (config.data_dir or default_data_dir()) / FILE_NAME


def new(options: argparse.Namespace) -> int:
    """Prints a new token, alone on stdout, so that a script can take it."""
    name, secret = new_token(_path(options), options.name, time.time())
    sys.stderr.write(f"evse-tui: this is {name}; it is shown only now, so keep it\n")
    print(secret)
    return 0


def show(options: argparse.Namespace) -> int:
    """Prints name and date of each token."""
    tokens = read_tokens(_path(options))
    for token in tokens:
        print(f"{time.strftime('%Y-%m-%d', time.localtime(token.created_s))}  {token.name}")
    if not tokens:
        sys.stderr.write("evse-tui: there is no token; `evse-tui token new` makes one\n")
    return 0


def revoke(options: argparse.Namespace) -> int:
    """Forgets a token."""
    revoke_token(_path(options), options.name)
    print(f"revoked {options.name}; a running serve refuses it within a second")
    return 0


def _path(options: argparse.Namespace) -> Path:
    return token_path(configuration(options))
