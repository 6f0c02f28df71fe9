"""Starts of the station's process and of control's, for the history: which, why as far as it can be told, and after how long away.

    begin ──▶ a line ──▶ every BEAT_S and at the end: "was here" on the disk ──▶ the next begin
                 └── the machine had restarted, and the time was not known yet ──▶ once it is: the line gets its right time, and how long

Within one start of the kernel elapsed time counts, so the clock may be set meanwhile. Over a restart of the machine only the time of day
does, and only where somebody has told it: before and after. Processes that start over and over are counted on one line.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from math import ceil

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.history import Happening
from chargepoint.domain.notifications import BootReason
from chargepoint.domain.why.condition import span
from chargepoint.link.release import RELEASE
from chargepoint.station.chronicle import OFTEN, WINDOW_S
from chargepoint.station.clock import StationClock
from chargepoint.store.starts import Mark
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

BEAT_S = 300.0
"""What ended without a word was away for at most so much less than is told."""


class Since(Struct, frozen=True):
    """What is known of the time between two starts."""

    machine: bool | None
    """Has the machine restarted? ``None``: it does not tell."""
    clean: bool
    """The one before was ended, and did not just end."""
    away_s: float | None = None


class Starts:
    """``begin`` once, ``tick`` once a second, ``left`` in the end."""

    def __init__(self, store: Store, clock: StationClock, note: Callable[[Happening], None]) -> None:
        self._store = store
        self._clock = clock
        self._note = note
        self._began_s = 0.0
        self._synchronised: Callable[[], bool] = lambda: False
        self._before: Mark | None = None
        self._mark: Mark | None = None
        self._beat_s = 0.0
        self._open: Since | None = None
        """Of the line that waits for the right time."""
        self._with_machine = False
        self.release = RELEASE

    def begin(self, kernel: str, synchronised: Callable[[], bool], explains: bool = True) -> None:
        """``kernel``: the name of the machine's start, empty where it has none; ``synchronised``: is the host's clock known to be right?
        ``explains``: is every start without one of the machine a start of the process alone?"""
        self._began_s, self._synchronised = self._clock.monotonic(), synchronised
        before = self._before = self._store.starts.load()
        at, row, since = self._clock.now(), 0, None
        if before is not None:
            row = 0 if before.lived_s >= WINDOW_S else before.row + 1
            since = self._since(before, kernel)
            if since.machine is not False and not self._known and before.known:
                self._open, at = since, max(at, before.at)
            self._with_machine = since.machine is True
        with self._store.commit():
            if explains:
                self._reason(since)
            number = self._written(at, _told(since, self.release), row)
            self._keep(Mark(kernel=kernel, mono_s=self._began_s, at=self._clock.now(), known=self._known, row=row, number=number))

    def _reason(self, since: Since | None) -> None:
        """A start that nobody has left word of is one with the power, unless the machine has run on (OCPP 2.0.1 B01.FR.09)."""
        if since is not None and since.machine is False and self._store.facts.boot_reason() is BootReason.POWER_UP:
            self._store.facts.next_boot_reason(BootReason.LOCAL_RESET if since.clean else BootReason.APPLICATION_RESET)

    @property
    def _known(self) -> bool:
        return self._clock.told or self._synchronised()

    def _since(self, before: Mark, kernel: str) -> Since:
        machine = kernel != before.kernel if kernel and before.kernel else None
        if machine is False:
            away_s: float | None = self._began_s - before.mono_s
        else:
            away_s = self._away(before) if self._known else None
        return Since(machine, before.clean, away_s if away_s is not None and away_s >= 0 else None)

    def _away(self, before: Mark) -> float | None:
        """By the time of day."""
        return (self._clock.at(self._began_s) - before.at).total_seconds() if before.known else None

    def _written(self, at: datetime, what: Happening, row: int) -> int:
        """A line of its own, or one more of the line before; its number."""
        log.info("event=history area=%s kind=%r level=%s text=%r", what.area, what.kind, what.level, what.text)
        if row < OFTEN or self._before is None:
            return self._store.history.add(at, what)
        self._open = None
        self._store.history.again(self._before.number, 1, at)
        return self._before.number

    def _keep(self, mark: Mark) -> None:
        self._mark, self._beat_s = mark, self._clock.monotonic()
        self._store.starts.keep(mark)

    def tick(self, now_s: float) -> None:
        """Once a second."""
        if self._mark is None:
            return
        if not self._mark.known and self._known:
            self._amend()
            self._beat()
        if now_s - self._beat_s >= BEAT_S:
            self._beat()

    def _amend(self) -> None:
        """Now it is known when the start was."""
        since, before, mark = self._open, self._before, self._mark
        if since is None or before is None or mark is None:
            return
        self._open, away_s = None, self._away(before)
        what = _told(replace(since, away_s=away_s if away_s is not None and away_s >= 0 else None), self.release)
        with self._store.commit():
            self._store.history.amend(mark.number, self._clock.at(self._began_s), what.text)

    def _beat(self, *, clean: bool = False) -> None:
        assert self._mark is not None
        now_s = self._clock.monotonic()
        here = {"mono_s": now_s, "at": self._clock.now(), "known": self._known, "lived_s": now_s - self._began_s}
        with self._store.commit():
            self._keep(replace(self._mark, clean=clean, **here))

    def left(self) -> None:
        """The process ends because somebody wants it to."""
        if self._mark is not None:
            self._beat(clean=True)

    def control_began(self, first: bool, release: str) -> None:
        """Another control process than the one before is heard. ``first``: since this process runs."""
        often = self._mark is not None and self._mark.row >= OFTEN
        if not first or not (self._with_machine or often):
            text = f"the control process has started anew{_of(release)}"
            self._note(Happening(area="station", kind="control_started", text=text))


def _of(release: str) -> str:
    return f", release {release}" if release else ""


def _told(since: Since | None, release: str) -> Happening:
    """For people."""
    if since is None:
        return Happening(area="station", kind="station_started", text=f"the station has started for the first time{_of(release)}")
    if since.machine:
        what, why = "the machine has restarted, and the station with it", "the power was cut, or it hung"
    else:
        what = "the station has started anew" if since.machine is None else "the station process has started anew (not the machine)"
        why = "the one before had ended without a word"
    kind = "machine_restarted" if since.machine else "station_started"
    away = "" if since.away_s is None else f"; it was away for {'' if since.clean else 'at most '}{span(ceil(since.away_s - 0.001))}"
    text = f"{what}{_of(release)}{'' if since.clean else f': {why}'}{away}"
    return Happening(area="station", kind=kind, level="info" if since.clean else "warning", text=text)
