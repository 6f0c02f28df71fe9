"""How an update goes on, told in lines for people."""

import sys

from chargepoint.update.messages import UNDER_WAY, Offered, Phase, Update

STEP = 10
"""Per cent from one line to the next."""
WORDS: dict[Phase, str] = {
    Phase.CHECKED: "signed by somebody trusted, and fit for this device",
    Phase.WAITING: "waiting until nobody charges",
    Phase.INSTALLING: "installing",
    Phase.PROVING: "installed; watching whether it works",
    Phase.TAKING_BACK: "putting the version before back",
    Phase.DONE: "done: it runs, and works",
    Phase.FAILED: "not installed; what ran before goes on",
    Phase.TAKEN_BACK: "taken back: the version before runs again",
    Phase.CANCELLED: "cancelled",
}


class Story:
    """Each thing once. ``quiet``: on standard error, for standard output belongs to a program."""

    def __init__(self, quiet: bool = False) -> None:
        self._out = sys.stderr if quiet else sys.stdout
        self._said = ""
        self._titled = ""

    def tell(self, line: str) -> None:
        """Unless it was said just now."""
        if line != self._said:
            print(line, file=self._out, flush=True)
        self._said = line

    def of(self, update: Update) -> None:
        """Where it stands."""
        if self._titled != update.id:
            self._titled = update.id
            self._title(update)
        self.tell(line(update))

    def _title(self, update: Update) -> None:
        before = f", in the place of {update.before}" if update.before else ""
        self.tell(f"update to {update.manifest.version}{before}")
        if update.manifest.notes and update.phase in (Phase.CHECKED, *UNDER_WAY) and update.phase is not Phase.TAKING_BACK:
            self.tell("what is new:")
            for note in update.manifest.notes.splitlines():
                self.tell(f"  {note}")

    def refused(self, offered: Offered) -> None:
        """Why nothing comes of it."""
        self.tell(f"refused{code(offered.code)}: {offered.text or 'no reason was given'}")


NO_WAY = "failed, and there is no way back by itself"
"""With CP-832."""


def line(update: Update) -> str:
    """One phase."""
    words = NO_WAY if update.code == "CP-832" else WORDS[update.phase]
    percent = "" if update.percent is None else f", {update.percent // STEP * STEP} %"
    return f"{words}{percent}{code(update.code)}{f': {update.text}' if update.text else ''}"


def code(number: str) -> str:
    """Of the catalogue."""
    return f" ({number})" if number else ""
