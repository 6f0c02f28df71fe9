"""Does what the phase of an update asks for, one step at a time. Time is an argument; a step may block as long as its installer does."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct, structs

from chargepoint.update.engine import NOT_INSTALLED, TAKEN_BACK, UNHEALTHY, WAITS, Event, moved
from chargepoint.update.journal import Baseline, Journal
from chargepoint.update.messages import UNDER_WAY, Phase, Update
from chargepoint.update.ports import Health, Installer, InstallError, Later, Told, World
from chargepoint.update.proving import Proof, judged

log = logging.getLogger(__name__)

QUIET_S = 60.0
"""So long no new session begins from each time that is asked."""
LONG_QUIET_S = 120.0
"""While it is being installed; the most that a station gives."""
LOOK_S, SAMPLE_S, AGAIN_S = 5.0, 2.0, 30.0
"""How long until the next step: while cars charge, while it proves itself, after what had to work and has not, or not yet."""
SILENT_S = 60.0
"""A station that has not answered for so long after its software was changed has to be mended: nobody waits for it."""
MOST_TRIES: Mapping[Phase, int] = {Phase.INSTALLING: 3, Phase.PROVING: 5, Phase.TAKING_BACK: 5}
"""So often a phase is begun: what ends the machine each time is not tried for ever."""
NAMED_VERSIONS = ("deb",)
"""Installers whose version is that of the processes: a system image has one of its own."""


class Now(Struct, frozen=True):
    """A moment."""

    monotonic_s: float
    unix_s: int


class Runner:
    """``payload``: where the payload of an update lies."""

    def __init__(self, journal: Journal, installer: Installer, world: World, payload: Callable[[Update], Path]) -> None:
        self._journal = journal
        self._installer = installer
        self._world = world
        self._payload = payload
        self._proof: Proof | None = None
        self._silent_since_s: float | None = None
        self._steps: Mapping[Phase, Callable[[Update, Now], float]] = {
            Phase.WAITING: self._wait,
            Phase.INSTALLING: self._install,
            Phase.PROVING: self._prove,
            Phase.TAKING_BACK: self._take_back,
        }

    def step(self, now: Now) -> float | None:
        """One step; seconds until the next is due, ``None``: there is nothing to do. Raises OSError: the journal cannot be written."""
        record = self._journal.record
        if record is None or (step := self._steps.get(record.update.phase)) is None:
            return None
        return step(record.update, now)

    def _move(self, update: Update, event: Event, now: Now, code: str = "", text: str = "", baseline: Baseline | None = None) -> float:
        """Into the next phase, unless somebody has cancelled it meanwhile."""
        with self._journal.lock:
            record = self._journal.record
            if record is not None and (record.update.id, record.update.phase) == (update.id, update.phase):
                target = moved(update, event, now.unix_s, code, text)
                assert target is not None, (update.phase, event)
                self._journal.write(structs.replace(record, update=target, baseline=baseline or record.baseline))
                self._proof = None
                if target.phase not in UNDER_WAY:
                    self._payload(target).unlink(missing_ok=True)
                log.info("event=update phase=%s version=%s code=%s text=%r", target.phase, target.manifest.version, code, text)
        return 0.0

    def _begin(self, update: Update) -> Update | None:
        """Count a try, on disk; ``None``: there have been enough."""
        if update.tries >= MOST_TRIES[update.phase]:
            return None
        begun = structs.replace(update, tries=update.tries + 1, code="" if update.code == WAITS else update.code)
        begun = structs.replace(begun, text=update.text if begun.code else "")
        self._keep(begun)
        return begun

    def _keep(self, update: Update) -> None:
        with self._journal.lock:
            record = self._journal.record
            assert record is not None
            self._journal.write(structs.replace(record, update=update))

    def _note(self, update: Update, text: str, code: str = "") -> None:
        """What it waits for; not worth the disk."""
        if (update.code, update.text) != (code, text):
            self._journal.show(structs.replace(update, code=code, text=text))

    def _health(self, now: Now) -> Health:
        """As it is; since when the station is silent is remembered."""
        health = self._world.health()
        if health.station:
            self._silent_since_s = None
        elif self._silent_since_s is None:
            self._silent_since_s = now.monotonic_s
        return health

    def _dead(self, now: Now) -> bool:
        """Has the station to be mended?"""
        self._health(now)
        return self._silent_since_s is not None and now.monotonic_s - self._silent_since_s >= SILENT_S

    def _quiet(self, mends: bool) -> bool:
        """Does nobody charge, and does nobody begin to? Where a dead station is mended it needs not say so, as long as it is dead."""
        return self._world.quiet(LONG_QUIET_S) or (mends and not self._world.health().station)

    def _wait(self, update: Update, now: Now) -> float:
        health = self._world.health()
        if self._world.quiet(QUIET_S):
            baseline = Baseline(
                station=bool(health.station), control=bool(health.control), connected=health.connected is True, faults=health.faults
            )
            replaced = structs.replace(update, before=self._installer.running() or update.before)
            return self._move(replaced, Event.QUIET, now, baseline=baseline)
        self._note(update, waits_for(health), WAITS)
        return LOOK_S

    def _install(self, update: Update, now: Now) -> float:
        version, runs = update.manifest.version, self._installer.running()
        if runs == version != update.before:
            return self._started(update, now)
        mends = update.tries > 0 and (runs != update.before or runs == version) and self._dead(now)
        if not self._quiet(mends):
            self._note(update, waits_for(self._world.health()), WAITS)
            return LOOK_S
        begun = self._begin(update)
        if begun is None:
            return self._not_installed(update, now, InstallError(f"it was interrupted {update.tries} times"))
        told = self._telling(begun, mends)
        try:
            self._installer.install(update.manifest, self._payload(update), told)
            self._installer.start(told)
        except Later:
            self._keep(update)
            return LOOK_S
        except (InstallError, OSError) as error:
            return self._not_installed(begun, now, error)
        if self._installer.running() != version:  # the machine is about to end, and begins with it
            return AGAIN_S
        return self._started(begun, now)

    def _telling(self, update: Update, mends: bool) -> Told:
        def told(percent: int) -> bool:
            self._journal.show(_at(update, percent))
            return self._quiet(mends)

        return told

    def _started(self, update: Update, now: Now) -> float:
        self._world.quiet(0)
        return self._move(update, Event.STARTED, now)

    def _not_installed(self, update: Update, now: Now, error: Exception) -> float:
        """The way on depends on what is in its place now."""
        code = error.code if isinstance(error, InstallError) else NOT_INSTALLED
        whole = self._installer.running() == update.before
        event = Event.REFUSED if whole else Event.BROKEN if self._installer.before() else Event.STUCK
        if event is not Event.BROKEN:
            self._world.quiet(0)
        return self._move(update, event, now, code, str(error))

    def _prove(self, update: Update, now: Now) -> float:
        record = self._journal.record
        if self._is_back(update):
            text = f"version {update.manifest.version} did not stay up: the machine went back to version {update.before} by itself"
            return self._move(update, Event.ILL, now, UNHEALTHY, text)
        if self._proof is None:
            begun = self._begin(update)
            if begun is None:
                return self._ill(update, now, f"the machine or the updater began anew {update.tries} times before it was proven")
            update, self._proof = begun, Proof(now.monotonic_s)
        assert record is not None
        version = update.manifest.version if update.manifest.installer in NAMED_VERSIONS else ""
        self._proof = judged(self._proof, self._health(now), record.baseline, version, now.monotonic_s)
        if self._proof.verdict == "ill":
            return self._ill(update, now, self._proof.complaint)
        if self._proof.verdict == "open":
            self._note(update, self._proof.complaint)
            return SAMPLE_S
        try:
            self._installer.confirm()
        except (InstallError, OSError) as error:
            return self._ill(update, now, str(error))
        return self._move(update, Event.WELL, now)

    def _is_back(self, update: Update) -> bool:
        """A boot loader goes back by itself where a system does not come up, or hangs."""
        runs = self._installer.running()
        return bool(runs) and runs == update.before != update.manifest.version

    def _ill(self, update: Update, now: Now, text: str) -> float:
        if self._installer.before() or self._installer.running() == update.before:
            return self._move(update, Event.ILL, now, UNHEALTHY, text)
        return self._move(update, Event.STUCK, now, UNHEALTHY, f"{text}; there is no version before to go back to")

    def _take_back(self, update: Update, now: Now) -> float:
        """The sessions of a station that answers end in peace; one that does not has to be mended."""
        mends = self._installer.running() == update.before or self._dead(now)
        if not mends and not self._quiet(mends):
            return LOOK_S
        begun = self._begin(update)
        if begun is None:
            text = f"{update.text}; version {update.before} could not be put back, after {update.tries} tries"
            return self._move(update, Event.STUCK, now, UNHEALTHY, text)
        try:
            self._installer.take_back(lambda percent: self._quiet(mends))
        except Later:
            self._keep(update)
            return LOOK_S
        except (InstallError, OSError) as error:
            log.error("event=update_not_taken_back tries=%d cause=%r", begun.tries, str(error))
            return AGAIN_S
        if self._installer.running() != update.before:
            return AGAIN_S
        cause = f"CP-828: {update.text}" if update.code == UNHEALTHY else update.text
        return self._move(begun, Event.BACK, now, TAKEN_BACK, cause)


def _at(update: Update, percent: int) -> Update:
    return structs.replace(update, percent=min(100, max(0, percent)), code="", text="")


def waits_for(health: Health) -> str:
    """For people."""
    if not health.station:
        return "waits for the station, which does not answer"
    if health.busy:
        return f"waits until nobody charges any more: EVSE {', '.join(map(str, health.busy))}"
    return "waits until nobody is about to charge"
