"""What is shown and typed: plain lines of at most 80 columns or so, so that a serial console does as well as any terminal."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from chargepoint.cli.setting_up import typing
from chargepoint.web.wizard.fields import LONGEST, Option

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 100
MANY = 6
"""More than these are listed without what there is to be said of each."""
BACK, HELP, EMPTY = "<", "?", "-"
KEYS = (
    ("Enter", "takes what stands in [brackets]"),
    (EMPTY, "empties an answer"),
    (HELP, "explains; with a number, one of several"),
    (BACK, "goes back"),
    ("Ctrl-C", "leaves; all answers are kept"),
)
INDENT = "  "


class Back(Exception):
    """To the question before."""


class Leave(Exception):
    """Nobody types any more."""


class Screen:
    """A terminal. ``console``: another one than the process's own, for tests."""

    def __init__(self, console: "Console | None" = None) -> None:
        from rich.console import Console

        for stream in (sys.stdin, sys.stdout):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        self.console = console or Console(highlight=False, emoji=False, markup=False)
        self.console.width = min(self.console.width, WIDEST)

    def say(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """Lines, broken between words."""
        from rich.padding import Padding
        from rich.text import Text

        self.console.print(Padding(Text(text, style), (0, 0, 0, indent)) if indent else Text(text, style))

    def heading(self, title: str, right: str = "") -> None:
        """Of a step."""
        self.console.print()
        line = f"{right}: {title}" if right else title
        self.say(line, "bold")
        self.say("-" * min(len(line), self.console.width - 1))

    def problem(self, text: str) -> None:
        """Something has to be mended; said in a word as well as by colour."""
        self.say(f"! {text}", "bold red", 2)

    def pairs(self, rows: Sequence[tuple[str, str]], indent: int = 2) -> None:
        """What is what, in two columns."""
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, max_width=28)
        table.add_column(overflow="fold")
        for what, text in rows:
            table.add_row(Text(what), Text(text))
        self.console.print(Padding(table, (0, 0, 0, indent)))

    # What is typed

    def line(self, prompt: str, *, secret: bool = False) -> str:
        """One line as it is typed, without what cannot be printed. Raises Leave, Back; ``?`` is for the caller."""
        with typing.silent() if secret else nullcontext():
            self.console.file.write(f"{INDENT}{prompt}> ")
            self.console.file.flush()
            typed = typing.line()
            if secret:
                self.console.print()
        if typed is None:
            raise Leave
        typed = "".join(each for each in typed[:LONGEST] if each.isprintable()).strip()
        if typed == BACK and not secret:
            raise Back
        return typed

    def text(self, label: str, *, default: str = "", help: str = "") -> str:
        """An answer in words or figures."""
        self.say(label, "bold")
        if help:
            self.say(help, "dim", 2)
        while True:
            typed = self.line(f"[{default}] " if default else "")
            if typed != HELP:
                return "" if typed == EMPTY else typed or default
            self.say(help or "There is no more to be said about it.", indent=2)

    def secret(self, label: str, *, help: str = "", stored: bool = False) -> str:
        """Not shown; empty: the one that there is stays."""
        self.say(label, "bold")
        if help:
            self.say(help, "dim", 2)
        return self.line("[the one that was given] " if stored else "", secret=True)

    def sure(self, question: str, *, default: bool = True, help: str = "") -> bool:
        """Yes or no."""
        while True:
            self.say(question, "bold")
            typed = self.line("[Y/n] " if default else "[y/N] ").lower()
            if not typed:
                return default
            if typed in ("y", "yes", "n", "no"):
                return typed.startswith("y")
            self.say(help or "Type y for yes or n for no.", indent=2)

    def choose(self, label: str, options: Sequence[Option], default: str | None = None) -> str:
        """The value of one of several: by its number, its value, or its title."""
        self.say(label, "bold")
        keys = _keys(options)
        self._list(keys, options)
        known = next((key for key, each in zip(keys, options, strict=True) if each.value == default), "")
        while True:
            typed = self.line(f"[{known}] " if known else "") or known
            if typed.startswith(HELP):
                self._explain(keys, options, typed[1:].strip())
            elif (found := _meant(keys, options, typed)) is not None:
                return found.value
            else:
                self.problem(f"{typed!r}: expected one of {', '.join(keys)}; ? and one of these explains it")

    def _list(self, keys: Sequence[str], options: Sequence[Option]) -> None:
        """Beneath each other, or side by side where there is nothing to be said of them."""
        if all(key == each.title for key, each in zip(keys, options, strict=True)):
            self.say("  ".join(keys), indent=2)
            return
        brief = len(options) > MANY
        rows = [
            (key, f"{each.title}{_aside(each)}" + (f"\n{each.help}" if _says(each) and not brief else ""))
            for key, each in zip(keys, options, strict=True)
        ]
        self.pairs(rows)

    def _explain(self, keys: Sequence[str], options: Sequence[Option], which: str) -> None:
        found = _meant(keys, options, which)
        if found is not None:
            self.option(found)
        elif any(each.more for each in options):
            self.say(f"Type ? and a number to have one explained, such as ? {keys[0]}", indent=2)
        else:
            self.pairs([(key, each.help or each.title) for key, each in zip(keys, options, strict=True)])

    def option(self, option: Option) -> None:
        """What there is to know of it."""
        self.say(option.title, "bold", 2)
        if option.help:
            self.say(option.help, indent=4)
        if option.more:
            self.pairs(option.more, 4)

    def table(self, drawn: Any) -> None:
        """Something of rich's."""
        self.console.print(drawn)


def _keys(options: Sequence[Option]) -> list[str]:
    """What is typed for each: its number, but figures stand for themselves."""
    figures = [each.value for each in options]
    return figures if all(each.isdecimal() for each in figures) else [str(number) for number in range(1, len(options) + 1)]


def _aside(option: Option) -> str:
    """The driver's name beside what people call it."""
    return f" ({option.value})" if option.more and option.value else ""


def _says(option: Option) -> bool:
    return option.help not in ("", option.value)


def _meant(keys: Sequence[str], options: Sequence[Option], typed: str) -> Option | None:
    by_key = next((each for key, each in zip(keys, options, strict=True) if key == typed), None)
    said = typed.casefold()
    exact = [each for each in options if said and said in (each.value.casefold(), each.title.casefold())]
    near = [each for each in options if said and each.title.casefold().startswith(said)]
    return by_key or (exact[0] if exact else near[0] if len(near) == 1 else None)
