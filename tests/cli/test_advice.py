"""What people are told to type can be typed: every command that a text of ours names is one of the program, with options that it has."""

import re
import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chargepoint.cli import setup
from chargepoint.cli.main import VERBS, parser_of
from chargepoint.cli.options import command
from chargepoint.cli.paths import INSTALLED, INSTALLED_STATE
from chargepoint.cli.setting_up import ending

ROOT = Path(__file__).parents[2]
PLACES = ((ROOT / "chargepoint").rglob("*.py"), (ROOT / "chargepoint").rglob("*.html"), (ROOT / "docs").glob("*.md"), ROOT.glob("*.md"))
NAMED = re.compile(rf"chargepoint ({'|'.join(sorted(VERBS, key=len, reverse=True))})(?![\w-])((?: (?!chargepoint)[\w./:{{}}\[\]=-]+)*)")


def parsed(line: str) -> Namespace:
    words = shlex.split(line)
    assert words[0] == "chargepoint"
    return parser_of(words[1]).parse_args(words[1:])


@pytest.mark.parametrize("folder", ["/home/someone/bench", "/home/some one/bench"])
def test_what_the_set_up_advises_is_taken_by_the_program(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "part_of", lambda state_dir, name: state_dir / name)
    config, state_dir = Path(folder) / "station.toml", Path(folder) / "state"
    sitting: Any = SimpleNamespace(config=config, state_dir=state_dir)
    advised = [line for _, line in ending.next_steps(sitting)]
    advised += [setup._again(Namespace(config=config, state_dir=state_dir)), command("password --setup-code", config, state_dir)]
    for line in advised:
        assert (parsed(line).config, parsed(line).state_dir) == (config, state_dir), line
    assert len(advised) == len(ending.NEXT) + 2


def test_of_the_installed_station_only_the_verb_is_told() -> None:
    assert command("why", INSTALLED, INSTALLED_STATE) == "chargepoint why"
    assert command("why", INSTALLED, Path("/x")) == "chargepoint why --state-dir /x"


@pytest.mark.parametrize("verb", ["status", "why", "doctor", "signs", "versions", "events", "password"])
def test_neighbouring_verbs_take_the_same_two_options(verb: str) -> None:
    known = parser_of(verb).parse_args([verb, "--config", "c.toml", "--state-dir", "s"])
    assert (known.config, known.state_dir) == (Path("c.toml"), Path("s"))


def test_every_command_that_a_text_names_has_the_options_that_are_named_with_it() -> None:
    named = {
        (verb, option) for place in PLACES for path in place for verb, more in NAMED.findall(path.read_text()) for option in _options(more)
    }
    assert len(named) > 20
    known = {verb: set(_known(parser_of(verb), verb)) for verb, _ in named}
    assert sorted(f"{verb} {option}" for verb, option in named if option not in known[verb]) == []


def _options(words: str) -> list[str]:
    return re.findall(r"(?<= )--[a-z-]+(?=[ =]|$)", words)


def _known(parser: ArgumentParser, verb: str | None = None) -> Iterator[str]:
    """Of one verb, and of what it has below it."""
    for action in parser._actions:
        yield from action.option_strings
        for name, below in action.choices.items() if isinstance(action.choices, dict) else ():
            if verb in (None, name):
                yield from _known(below)
