"""What verbs tell programs: ``--json``."""

from argparse import ArgumentParser
from typing import Any

import msgspec


def add_json(parser: ArgumentParser) -> None:
    """``--json``"""
    parser.add_argument("--json", action="store_true", help="for programs")


def text(value: Any) -> str:
    """Over several lines, so that people can read it as well."""
    return msgspec.json.format(msgspec.json.encode(value)).decode()
