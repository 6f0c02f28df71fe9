"""One line of a terminal that changes in place; whoever prints something else clears it first."""

import os
import shutil
import sys

CLEAR = "\r\x1b[K"


class LiveLine:
    """Nothing at all where standard output is no terminal, or one that cannot go back."""

    def __init__(self) -> None:
        self._can = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._shown = ""

    def show(self, text: str) -> None:
        """In the place of what it said before."""
        text = text[: shutil.get_terminal_size().columns - 1]
        if self._can and text != self._shown:
            sys.stdout.write(f"{CLEAR}{text}")
            sys.stdout.flush()
            self._shown = text

    def clear(self) -> None:
        """Room for something that stays."""
        if self._shown:
            sys.stdout.write(CLEAR)
            sys.stdout.flush()
            self._shown = ""
