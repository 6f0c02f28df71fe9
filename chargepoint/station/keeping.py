"""Backup, restore and factory reset: what the station gives, keeps for its next start, and refuses.

Nothing here changes what runs. A backup is read; restore and reset are a file each (``restored``, ``fresh``) for the next start.
"""

import logging
from pathlib import Path

import msgspec

from chargepoint.domain.plain import plain
from chargepoint.inquiry.keeping import (
    MOST_LISTED,
    FactoryReset,
    KeptCard,
    KeptList,
    Parts,
    ResetSeen,
    Restore,
    Restored,
    Secrets,
    SeeReset,
    TakeBackup,
    Taken,
    Unsent,
)
from chargepoint.station import fresh, restored
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers
from chargepoint.station.resetting import Resetting
from chargepoint.station.restored import CERTIFICATES, CREDENTIALS, PLACE, Staged
from chargepoint.station.security_log import Note
from chargepoint.station.transacting import Transacting
from chargepoint.store.cards import Card
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

LONGEST_LIST = 50_000
"""Tokens of a local list that are kept; a longer one the CSMS sends again."""
LONGEST_FILE = 65_536
LONGEST_NAME = 50
PATIENCE_S = 60.0
"""After a factory reset was begun, whoever wanted it says when the configuration is gone; who does not is not waited for."""


class Keeping:
    """Reads, marks, refuses."""

    def __init__(self, store: Store, clock: StationClock, transacting: Transacting, resetting: Resetting) -> None:
        self._folder: Path | None = None
        self._store = store
        self._clock = clock
        self._transacting = transacting
        self._resetting = resetting
        self._leaves_s: float | None = None
        self._note: Note = lambda kind, info: None

    def keep_in(self, folder: str, note: Note) -> None:
        """The station's part of the state directory; empty: nothing is kept, nor restored. ``note``: for the security log."""
        self._folder, self._note = Path(folder) if folder else None, note

    def takers(self) -> Takers:
        """What it answers."""
        return {TakeBackup: self.take, Restore: self.restore, SeeReset: self.see, FactoryReset: self.reset}

    # Backup

    async def take(self, question: TakeBackup) -> Taken:
        """Everything that is kept."""
        left_out: list[str] = []
        parts = Parts(
            variables=restored.plain_variables(self._store.facts.changed_variables()),
            cards=tuple(map(_kept, self._store.cards.all())),
            local_list=self._list(left_out),
            certificates=self._files(".pem", left_out),
        )
        who = plain(question.by, LONGEST_NAME)
        if not question.passphrase:
            return Taken(parts=parts, left_out=tuple(left_out))
        from chargepoint.pki.sealed import LONGEST_PASSPHRASE, Wish, carried_out

        secrets = msgspec.json.encode(self._secrets(left_out)).decode()
        wish = Wish(passphrase=question.passphrase[:LONGEST_PASSPHRASE], bound=question.bound, text=secrets)
        made = await carried_out(wish)
        self._note("ReconfigurationOfSecurityParameters", f"a backup with keys and passwords was taken, sealed, by {who or 'somebody'}")
        return Taken(parts=parts, sealed=msgspec.json.encode(made.sealed).decode(), left_out=tuple(left_out))

    def _list(self, left_out: list[str]) -> KeptList | None:
        size = self._store.local_list.size()
        if size > LONGEST_LIST:
            left_out.append(f"the local list: {size} tokens, {LONGEST_LIST} are kept at most; the CSMS sends it again")
        if not 0 < size <= LONGEST_LIST:
            return None
        return KeptList(version=self._store.local_list.version(), entries=self._store.local_list.every())

    def _secrets(self, left_out: list[str]) -> Secrets:
        changed = self._store.facts.changed_variables()
        marks = {name: mark for name in CREDENTIALS if (mark := self._store.credentials.file_said(name)) is not None}
        return Secrets(
            keys=self._files(".key", left_out),
            variables={name: changed[name] for name in CREDENTIALS if name in changed},
            marks=marks,
        )

    def _files(self, ending: str, left_out: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        folder = None if self._folder is None else self._folder / CERTIFICATES
        for path in () if folder is None else sorted((*folder.glob(f"*{ending}"), *folder.glob(f"identity/*{ending}"))):
            assert folder is not None
            place = path.relative_to(folder).as_posix()
            if not PLACE.fullmatch(place):
                continue
            try:
                text = path.read_text("ascii")
            except (OSError, ValueError) as error:
                left_out.append(f"{place}: {error}")
                continue
            if len(text) <= LONGEST_FILE:
                found[place] = text
            else:
                left_out.append(f"{place}: {len(text)} bytes, {LONGEST_FILE} are kept at most")
        return found

    # Restore

    async def restore(self, question: Restore) -> Restored:
        """Kept for the next start."""
        if self._folder is None:
            return Restored(outcome="refused", message="this station keeps no files; start it with --state-dir")
        if fresh.marked(self._folder) is not None:
            return Restored(outcome="refused", message="a factory reset is under way; restore after it")
        try:
            restored.stage(self._folder, Staged(parts=question.parts, secrets=question.secrets, by=plain(question.by, LONGEST_NAME)))
        except OSError as error:
            return Restored(outcome="refused", message=f"{self._folder}: {error.strerror}; make room on this disk")
        log.warning("event=restore_kept by=%r", plain(question.by, LONGEST_NAME))
        return Restored(outcome="kept", message="it is put in place when the station starts next")

    # Factory reset

    async def see(self, _: SeeReset) -> ResetSeen:
        """What stands in its way, and what would be lost."""
        return self._seen("listed", "")

    async def reset(self, question: FactoryReset) -> ResetSeen:
        """Begin it, unless somebody would lose something that he does not know of."""
        if question.token and self._store.facts.was_reset() == question.token:
            return ResetSeen(outcome="done", message="this station was reset just so")
        if self._folder is None:
            return ResetSeen(outcome="refused", message="this station keeps no files; remove its --state-dir instead")
        if fresh.marked(self._folder) is not None:
            return self._begin(question)
        seen = self._seen("listed", "")
        refused = objection(seen, question.lose_unsent) or ("an installation is under way" if self._resetting.forbidden() else "")
        return self._seen("refused", refused) if refused else self._begin(question)

    def _begin(self, question: FactoryReset) -> ResetSeen:
        assert self._folder is not None
        try:
            fresh.mark(self._folder, fresh.Marker(token=question.token, by=plain(question.by, LONGEST_NAME)))
        except OSError as error:
            return self._seen("refused", f"{self._folder}: {error.strerror}; make room on this disk")
        log.warning("event=factory_reset_begun by=%r lose_unsent=%s", plain(question.by, LONGEST_NAME), question.lose_unsent)
        self._resetting.scheduled = True
        self._leaves_s = self._clock.monotonic() + PATIENCE_S
        self._transacting.changed()
        return self._seen("begun", "everything goes at the next start")

    def _seen(self, outcome: str, message: str) -> ResetSeen:
        unsent = [Unsent(transaction=name, messages=waiting, given_up=dead) for name, waiting, dead in self._store.outbox.unsent()]
        sessions, sheets = self._transacting.sessions, self._transacting.sheets
        told = ResetSeen(
            outcome="listed",
            message=message,
            running=tuple(evse for evse, session in sessions.items() if session.transaction is not None or _permitted(sheets[evse].state)),
            unsent=tuple(unsent[:MOST_LISTED]),
            more=max(0, len(unsent) - MOST_LISTED),
            messages=sum(each.messages + each.given_up for each in unsent),
        )
        return msgspec.structs.replace(told, outcome=outcome)

    def tick(self, now_s: float) -> None:
        """Who began a reset has not come back: it is finished without him."""
        if self._leaves_s is not None and now_s >= self._leaves_s:
            self._leaves_s = None
            self._resetting.start_anew()


def _kept(card: Card) -> KeptCard:
    return KeptCard(number=card.token.value, kind=card.token.kind, name=card.name, added=card.added)


def _permitted(state: object) -> bool:
    return state is not None and getattr(state, "permit", "none") != "none"


def objection(seen: ResetSeen, lose_unsent: bool) -> str:
    """Why a factory reset must not be; empty: nothing is in its way."""
    if seen.running:
        evses = ", ".join(map(str, seen.running))
        return f"somebody charges at EVSE {evses}; wait until the session has ended, or end it"
    if seen.messages and not lose_unsent:
        count = len(seen.unsent) + seen.more
        return (
            f"{seen.messages} messages of {count} transaction{'s' * (count != 1)} have not reached the CSMS and would never be billed; "
            f"let the station connect first, or have them lost on purpose"
        )
    return ""
