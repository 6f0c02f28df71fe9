"""Looks at bundles that are offered. What is taken is copied to where nobody else writes, and is then an update that is checked."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from chargepoint.pki import files
from chargepoint.update import bundle, checks
from chargepoint.update.bundle import BundleError, Head
from chargepoint.update.checks import Device, Refusal
from chargepoint.update.journal import Journal, Record
from chargepoint.update.messages import UNDER_WAY, Manifest, Offer, Offered, Phase, State, Update
from chargepoint.update.ports import Installer
from chargepoint.update.trust import Trust

log = logging.getLogger(__name__)

Sticks = Callable[[], AbstractContextManager[Sequence[tuple[str, int]]]]
"""Bundles on USB sticks: name for people and descriptor of each, the newest first. Raises InstallError, where there are none."""
PATIENCE_S = 600.0
"""For somebody else's bundle that is being copied."""
HEAD_S, SLOWEST = 60.0, 1 << 20
"""A bundle may take so long to be read, and a second more for so many bytes of payload: each looks at all of it twice at most."""
HANGS_S = 60.0
"""Who has not even been told after that that it takes too long is held by a file system that does not answer."""
AGAIN = "offer it again"


class Tools(Struct, frozen=True, kw_only=True):
    """What the desk looks at. ``state``: how things stand, but for the update and what was before. ``built``: of the release that runs.
    ``room``: bytes that a bundle needs, and that are free, by place."""

    trust: Trust
    device: Callable[[], Device]
    state: Callable[[], State]
    built: Callable[[], datetime]
    room: Callable[[Manifest], tuple[Mapping[str, int], Mapping[str, int]]]
    sticks: Sticks
    wake: Callable[[], None]
    """There is something to do."""
    clock: Callable[[], float]
    """Monotonic, in seconds."""


class Offers:
    """One bundle at a time; whoever offers another meanwhile waits. Its members may be called by several threads."""

    def __init__(self, journal: Journal, installer: Installer, tools: Tools) -> None:
        self._journal = journal
        self._installer = installer
        self._tools = tools
        self._copying = threading.Lock()
        self._ends_s: float | None = None

    @property
    def hangs(self) -> bool:
        """Does somebody's file keep everybody else waiting, and will not end? Nothing helps then but another process."""
        ends_s = self._ends_s
        return ends_s is not None and self._tools.clock() > ends_s + HANGS_S

    def payload(self, update: Update) -> Path:
        """Where the payload of an update lies."""
        return self._journal.folder / f"{update.id[:32]}.payload"

    def open(self) -> None:
        """What was left of others is thrown away. Raises OSError."""
        record = self._journal.record
        wanted = record is not None and record.update.phase in (Phase.CHECKED, *UNDER_WAY)
        kept = self.payload(record.update) if record is not None and wanted else None
        for path in self._journal.folder.glob("*.payload*"):
            if path != kept:
                path.unlink()

    def take(self, offer: Offer, file: int | None, now: datetime) -> Offered:
        """``file``: descriptor that came with it; it stays open."""
        if file is None:
            return refused("CP-825", "no file came with the offer; it has to be handed over as an open descriptor (SCM_RIGHTS)")
        if not self._copying.acquire(timeout=PATIENCE_S):
            return refused("CP-825", f"another bundle is still being looked at; {AGAIN} when that is done")
        try:
            return self._look(offer, file, now)
        except BundleError as error:
            return refused(error.code, str(error))
        except OSError as error:
            return refused("CP-825", f"the bundle cannot be read or kept: {error.strerror or error}")
        finally:
            self._ends_s = None
            self._copying.release()

    def _look(self, offer: Offer, file: int, now: datetime) -> Offered:
        """What is long is read only after its beginning has turned out to be signed."""
        self._ends_s = self._tools.clock() + HEAD_S
        head = bundle.read_head(file)
        untrusted = self._tools.trust.complaint(head, now, self._tools.built())
        if untrusted is not None:
            return self._refused(head, Refusal("CP-821", untrusted))
        self._ends_s += 2 * head.manifest.size / SLOWEST
        known = self._known(offer, file, head)
        if known is not None:
            return known
        unfit = self._refusal(head, offer)
        return self._check(offer, file, head, now) if unfit is None else self._refused(head, unfit)

    def _hurry(self) -> None:
        if self._ends_s is not None and self._tools.clock() > self._ends_s:
            raise BundleError(f"reading it takes too long; copy it to a disk of this device or another stick, and {AGAIN}")

    def _refused(self, head: Head, why: Refusal) -> Offered:
        log.warning("event=update_refused version=%s code=%s text=%r", head.manifest.version, why.code, why.text)
        return refused(why.code, why.text)

    def _known(self, offer: Offer, file: int, head: Head) -> Offered | None:
        """The same again is told how it went; another one has to wait while one is under way."""
        update = self._journal.shown
        if update is None:
            return None
        if head.manifest != update.manifest or bundle.identity(file, head, self._hurry) != update.id:
            return self._occupied(update)
        over = update.phase is Phase.DONE and not offer.older and self._installer.running() == update.manifest.version
        told = update.phase in UNDER_WAY or over or (update.phase is Phase.TAKEN_BACK and offer.source == "csms")
        return Offered(accepted=True, update=update, text=update.text, code=update.code) if told else None

    def _occupied(self, update: Update) -> Offered | None:
        if update.phase not in UNDER_WAY:
            return None
        return refused("CP-826", f"version {update.manifest.version} is {update.phase} just now; {AGAIN} after that")

    def _check(self, offer: Offer, file: int, head: Head, now: datetime) -> Offered:
        with self._copied(file, head) as (identity, new):
            update = Update(
                id=identity,
                manifest=head.manifest,
                phase=Phase.CHECKED,
                source=offer.source,
                by=offer.by[:200],
                before=self._installer.running(),
                since_unix_s=int(now.timestamp()),
            )
            with self._journal.lock:
                begun = self._journal.record
                if begun is not None and (occupied := self._occupied(begun.update)) is not None:
                    return occupied
                new.replace(self.payload(update))
                files.settle(self._journal.folder)
                self._journal.write(Record(update=update))
            self.open()
        log.info("event=update_checked version=%s source=%s by=%r", head.manifest.version, offer.source, offer.by)
        return Offered(accepted=True, update=update)

    def _refusal(self, head: Head, offer: Offer) -> Refusal | None:
        """Before its payload is looked at."""
        unfit = checks.refusal(head.manifest, self._tools.device(), offer.older)
        if unfit is None and (why := self._installer.misfit(head.manifest)) is not None:
            unfit = Refusal("CP-823", why)
        return unfit or checks.crowded(*self._tools.room(head.manifest))

    @contextmanager
    def _copied(self, file: int, head: Head) -> Iterator[tuple[str, Path]]:
        """Its id, and its payload on disk, which is gone after the block if nobody has given it another name."""
        new = self._journal.folder / "new.payload.part"
        with suppress(FileNotFoundError):
            new.unlink()
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, files.PRIVATE)
            with open(descriptor, "wb") as into:
                identity = bundle.copy_payload(file, head, into, self._hurry)
                into.flush()
                os.fsync(into.fileno())
            yield identity, new
        finally:
            with suppress(FileNotFoundError):
                new.unlink()


def refused(code: str, text: str) -> Offered:
    """It is not taken."""
    return Offered(accepted=False, code=code, text=text)
