"""Does what the phase of an update asks for, one step at a time. Time is an argument; a step may block as long as its installer does."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct, structs

from chargepoint.update.engine import NO_WAY, REFUSED, TAKEN_BACK, UNHEALTHY, WAITS, Event, moved
from chargepoint.update.journal import Baseline, Journal
from chargepoint.update.lull import Lull
from chargepoint.update.messages import DRY_RUN, UNDER_WAY, Phase, Update
from chargepoint.update.ports import FellBack, Installer, InstallError, Later, Told, World, words
from chargepoint.update.proving import Proof, judged, over

log = logging.getLogger(__name__)

QUIET_S = 60.0
"""So long no new session begins from each time that is asked, before anything is begun."""
LOOK_S, SAMPLE_S, AGAIN_S = 5.0, 2.0, 30.0
"""How long until the next step: while cars charge, while it proves itself, after what had to work and has not, or not yet."""
BLOCKED_S = 600.0
"""The same where the disk takes nothing, and nothing has been begun: each try lets nobody charge for a moment."""
MOST_TRIES: Mapping[Phase, int] = {Phase.INSTALLING: 3, Phase.PROVING: 5, Phase.TAKING_BACK: 5}
"""So often a phase is begun: what ends the machine each time is not tried for ever."""
NONE_BEFORE = "there is no version before to go back to"
NAMED_VERSIONS = ("deb",)
"""Installers whose version is that of the processes: a system image has one of its own."""
REMARKS: Mapping[str, str] = {DRY_RUN: "only played (installer dry-run): nothing was installed"}


class Now(Struct, frozen=True):
    """A moment."""

    monotonic_s: float
    unix_s: int


class Runner:
    """``payload``: where the payload of an update lies."""

    def __init__(self, journal: Journal, installer: Installer, world: World, payload: Callable[[Update], Path]) -> None:
        self._journal = journal
        self._installer = installer
        self._lull = Lull(world, installer.restarts)
        self._payload = payload
        self._proof: Proof | None = None
        self._steps: Mapping[Phase, Callable[[Update, Now], float]] = {
            Phase.WAITING: self._wait,
            Phase.INSTALLING: self._install,
            Phase.PROVING: self._prove,
            Phase.TAKING_BACK: self._take_back,
        }

    def step(self, now: Now) -> float | None:
        """One step; seconds until the next is due, ``None``: there is nothing to do. A disk that takes nothing is waited for."""
        record = self._journal.record
        if record is None or (step := self._steps.get(record.update.phase)) is None:
            self._lull.end()
            return None
        try:
            return step(record.update, now)
        except OSError as error:
            return self._blocked(record.update, error)

    def _blocked(self, update: Update, error: OSError) -> float:
        """Who waits meanwhile may charge."""
        log.error("event=update_blocked phase=%s cause=%r", update.phase, str(error))
        self._lull.end()
        code, why = words(error)
        self._note(update, f"{update.text}; {why}" if update.text else f"it cannot go on: {why}", code)
        return BLOCKED_S if update.phase in (Phase.WAITING, Phase.INSTALLING) else AGAIN_S

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
        begun = structs.replace(update, tries=update.tries + 1)
        self._keep(begun)
        return begun

    def _keep(self, update: Update) -> None:
        with self._journal.lock:
            record = self._journal.record
            assert record is not None
            self._journal.write(structs.replace(record, update=update))

    def _note(self, update: Update, text: str, code: str = "") -> None:
        """What it waits for; not worth the disk."""
        self._journal.show(structs.replace(update, code=code, text=text))

    def _waits(self, update: Update) -> float:
        waits = self._lull.complaint()
        self._note(update, f"{update.text}; {waits}" if update.text else waits, WAITS)
        return LOOK_S

    def _wait(self, update: Update, now: Now) -> float:
        if not self._lull.keep(QUIET_S):
            return self._waits(update)
        replaced = structs.replace(update, before=self._installer.running() or update.before)
        return self._move(replaced, Event.QUIET, now, baseline=self._baseline(now))

    def _baseline(self, now: Now) -> Baseline:
        """One that has just said that nobody charges is asked twice: it is there."""
        health = self._lull.health(now.monotonic_s)
        if not health.station:
            health = self._lull.health(now.monotonic_s)
        return Baseline(
            station=bool(health.station), control=bool(health.control), connected=health.connected is True, faults=health.faults
        )

    def _install(self, update: Update, now: Now) -> float:
        version, runs = update.manifest.version, self._installer.running()
        if runs == version != update.before:
            return self._started(update, now)
        mends = update.tries > 0 and (runs != update.before or runs == version) and self._lull.dead(now.monotonic_s)
        if not self._lull.keep_or_mend(mends):
            return self._waits(update)
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
        except FellBack as error:
            return self._move(begun, Event.BACK, now, TAKEN_BACK, f"{UNHEALTHY}: {error}")
        except (InstallError, OSError) as error:
            return self._not_installed(begun, now, error)
        if self._installer.running() != version:  # the machine is about to end, and begins with it
            return AGAIN_S
        return self._started(begun, now)

    def _telling(self, update: Update, mends: bool) -> Told:
        def told(percent: int) -> bool:
            self._journal.show(structs.replace(update, percent=min(100, max(0, percent))))
            return self._lull.keep_or_mend(mends)

        return told

    def _started(self, update: Update, now: Now) -> float:
        self._lull.end()
        return self._move(update, Event.STARTED, now)

    def _not_installed(self, update: Update, now: Now, error: InstallError | OSError) -> float:
        """The way on depends on what is in its place now. Where there is none it is tried again, as often as may be."""
        code, why = words(error)
        if self._installer.running() == update.before:
            return self._move(update, Event.REFUSED, now, code, why)
        if self._installer.before():
            return self._move(update, Event.BROKEN, now, code, why)
        if update.tries < MOST_TRIES[Phase.INSTALLING]:
            log.error("event=update_not_installed tries=%d cause=%r", update.tries, why)
            self._note(update, why, code)
            return AGAIN_S
        return self._move(update, Event.STUCK, now, NO_WAY, f"{code}: {why}; {NONE_BEFORE}")

    def _prove(self, update: Update, now: Now) -> float:
        if self._is_back(update):
            text = f"version {update.manifest.version} did not stay up: the machine went back to version {update.before} by itself"
            return self._move(update, Event.ILL, now, UNHEALTHY, text)
        if self._proof is None:
            begun = self._begin(update)
            if begun is None:
                return self._ill(update, now, f"the machine or the updater began anew {update.tries} times before it was proven")
            update, self._proof = begun, Proof(now.monotonic_s)
        self._proof = self._judged(self._proof, update, now)
        if self._proof.verdict == "ill":
            return self._ill(update, now, self._proof.complaint)
        if self._proof.verdict == "open":
            self._note(update, self._proof.complaint)
            return SAMPLE_S
        return self._confirm(self._proof, update, now)

    def _judged(self, proof: Proof, update: Update, now: Now) -> Proof:
        record = self._journal.record
        assert record is not None
        version = update.manifest.version if self._installer.name in NAMED_VERSIONS else ""
        return judged(proof, self._lull.health(now.monotonic_s), record.baseline, version, now.monotonic_s)

    def _confirm(self, proof: Proof, update: Update, now: Now) -> float:
        """An installer that cannot do so just now has the rest of the time for it."""
        try:
            self._installer.confirm()
        except (InstallError, OSError) as error:
            if isinstance(error, FellBack) or over(proof):
                return self._ill(update, now, words(error)[1])
            self._note(update, words(error)[1])
            return AGAIN_S
        return self._move(update, Event.WELL, now, text=REMARKS.get(self._installer.name, ""))

    def _is_back(self, update: Update) -> bool:
        """A boot loader goes back by itself where a system does not come up, or hangs."""
        runs = self._installer.running()
        return bool(runs) and runs == update.before != update.manifest.version

    def _ill(self, update: Update, now: Now, text: str) -> float:
        if self._installer.before() or self._installer.running() == update.before:
            return self._move(update, Event.ILL, now, UNHEALTHY, text)
        return self._move(update, Event.STUCK, now, NO_WAY, f"{UNHEALTHY}: {text}; {NONE_BEFORE}")

    def _take_back(self, update: Update, now: Now) -> float:
        """The sessions of a station that answers end in peace; one that does not has to be mended."""
        back = self._installer.running() == update.before
        mends = back or self._lull.dead(now.monotonic_s)
        if not back and not self._lull.keep_or_mend(mends):
            return self._waits(update)
        begun = self._begin(update)
        if begun is None:
            return self._not_taken_back(update, now, InstallError(f"it was interrupted {update.tries} times"))
        try:
            self._installer.take_back(lambda percent: self._lull.keep_or_mend(mends))
        except Later:
            self._keep(update)
            return self._waits(update)
        except (InstallError, OSError) as error:
            code, why = words(error)
            log.error("event=update_not_taken_back tries=%d cause=%r", begun.tries, why)
            if code == REFUSED or begun.tries >= MOST_TRIES[Phase.TAKING_BACK]:
                return self._not_taken_back(begun, now, error)
            self._note(begun, f"{update.text}; {why}", update.code)
            return AGAIN_S
        if self._installer.running() != update.before:
            return AGAIN_S
        cause = f"{UNHEALTHY}: {update.text}" if update.code == UNHEALTHY else update.text
        return self._move(begun, Event.BACK, now, TAKEN_BACK, cause)

    def _not_taken_back(self, update: Update, now: Now, error: InstallError | OSError) -> float:
        """Where it was only somebody's wish, what ran goes on."""
        code, why = words(error)
        text = f"{update.text}; version {update.before} could not be put back: {code}: {why}"
        wish = update.code == TAKEN_BACK and self._installer.running() == update.manifest.version
        return self._move(update, Event.STUCK, now, code if wish else NO_WAY, text)
