"""Answers what the updater is asked: looks at what is offered, and moves the update that is there. The work is the runner's."""

import hashlib
import logging
from datetime import datetime
from pathlib import Path

from msgspec import structs

from chargepoint.update.engine import TAKEN_BACK, Event, moved
from chargepoint.update.journal import Journal, Record
from chargepoint.update.messages import (
    Cancel,
    Install,
    LookForSticks,
    Manifest,
    Offer,
    Offered,
    Phase,
    Question,
    See,
    State,
    TakeBack,
    Update,
)
from chargepoint.update.offers import AGAIN, Offers, Tools, refused
from chargepoint.update.ports import Installer, InstallError

log = logging.getLogger(__name__)


class Desk:
    """Its members may be called by several threads."""

    def __init__(self, journal: Journal, installer: Installer, tools: Tools) -> None:
        self._journal = journal
        self._installer = installer
        self._tools = tools
        self._offers = Offers(journal, installer, tools)

    def payload(self, update: Update) -> Path:
        """Where the payload of an update lies."""
        return self._offers.payload(update)

    @property
    def hangs(self) -> bool:
        """Is somebody's file never read to its end?"""
        return self._offers.hangs

    def open(self) -> None:
        """What was left of others is thrown away. Raises OSError."""
        self._offers.open()

    def answer(self, question: Question, file: int | None, now: datetime) -> Offered | State:
        """``file``: descriptor that came with it; it stays open. Raises OSError: the disk."""
        match question:
            case See():
                return self._see()
            case Offer():
                return self._offer(question, file, now)
            case LookForSticks():
                return self._look(question, now)
            case Install():
                return self._asked(question.id, Event.WANTED, now, "it is installed only once, after it has been checked")
            case Cancel():
                return self._asked(question.id, Event.UNWANTED, now, "it can be cancelled only until it is being installed")
            case TakeBack():
                return self._regret(question, now)

    def _see(self) -> State:
        shown, before = self._journal.shown, self._installer.before()
        return structs.replace(self._tools.state(), update=shown, before=before, trusted=self._tools.trust.subjects())

    def _offer(self, offer: Offer, file: int | None, now: datetime) -> Offered:
        """The CSMS has nobody who would say: install it."""
        answer = self._offers.take(offer, file, now)
        if offer.source == "csms" and answer.update is not None and answer.update.phase is Phase.CHECKED:
            return self._asked(answer.update.id, Event.WANTED, now, "")
        return answer

    def _look(self, question: LookForSticks, now: datetime) -> Offered:
        """The newest that is taken; if none is, why the newest was not."""
        first: Offered | None = None
        try:
            with self._tools.sticks() as found:
                for name, file in found:
                    answer = self._offer(Offer(source="usb", by=question.by), file, now)
                    if answer.accepted:
                        return answer
                    first = first or structs.replace(answer, text=f"{name}: {answer.text}")
        except InstallError as error:
            return refused(error.code, str(error))
        except OSError as error:
            return refused("CP-825", f"the stick cannot be read: {error.strerror or error}")
        return first or refused("CP-825", "there is no bundle (.cpb) on any USB stick")

    def _asked(self, identity: str, event: Event, now: datetime, otherwise: str) -> Offered:
        """Move the update that is there."""
        with self._journal.lock:
            record = self._journal.record
            if record is None or record.update.id != identity:
                return refused("", f"there is no such update any more; {AGAIN}")
            update = moved(record.update, event, int(now.timestamp()))
            if update is None:
                return Offered(accepted=False, text=f"it is {record.update.phase}; {otherwise}", update=record.update)
            self._journal.write(structs.replace(record, update=update))
            if update.phase is Phase.CANCELLED:
                self._offers.payload(update).unlink(missing_ok=True)
        log.info("event=update phase=%s version=%s", update.phase, update.manifest.version)
        self._tools.wake()
        return Offered(accepted=True, update=update)

    def _regret(self, question: TakeBack, now: datetime) -> Offered:
        before = self._installer.before()
        if not before:
            return refused("", "no version before is kept here, so there is none to go back to")
        with self._journal.lock:
            last = None if self._journal.record is None else self._journal.record.update
            text = f"{question.by or 'somebody'} wants version {before} again"
            if last is not None and moved(last, Event.REGRETTED, 0) is None:
                return Offered(accepted=False, text=f"an update is {last.phase}; wait for its end", update=last)
            runs = self._installer.running()
            if last is None or last.phase is not Phase.DONE or last.manifest.version != runs:
                last = self._unknown(runs, before)
            update = moved(last, Event.REGRETTED, int(now.timestamp()), TAKEN_BACK, text)
            assert update is not None
            self._journal.write(Record(update=structs.replace(update, before=before)))
            self._offers.open()
        self._tools.wake()
        return Offered(accepted=True, update=self._journal.shown)

    def _unknown(self, runs: str, before: str) -> Update:
        """What runs was not installed by the update that was last here."""
        manifest = Manifest(
            version=runs,
            installer=self._tools.device().installer,  # type: ignore[arg-type]
            compatible="any",
            architecture="all",
            payload="none",
            size=0,
            sha256="",
            built="",
        )
        identity = hashlib.sha256(f"{runs} {before}".encode()).hexdigest()
        return Update(id=identity, manifest=manifest, phase=Phase.DONE, source="command")
