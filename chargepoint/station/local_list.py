"""The local authorisation list (OCPP 2.0.1 D01, D02, C13, C14; 1.6 §3.5.2, §5.10, §5.15): what the CSMS sent, kept to the letter.

Only SendLocalList changes it (D01.FR.09). It comes before the cache. An update is taken whole or not at all. Where the CSMS later judges a
token otherwise than its own list, the station says so (LocalListConflict) until an update, or another judgement, has brought the two
together.
"""

import logging
from collections.abc import Callable, Iterable

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.commands import GetLocalListVersion, LocalListVersion, Outcome, SendLocalList, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.fault_table import OF_STATION
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import IdToken
from chargepoint.domain.variables.lists import (
    LOCAL_LIST_BYTES,
    LOCAL_LIST_ENABLED,
    LOCAL_LIST_ENTRIES,
    LOCAL_LIST_ITEMS,
    LOCAL_LIST_STORAGE,
)
from chargepoint.domain.variables.only_16 import LOCAL_LIST_LENGTH
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.orders import Answered, Orders
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

NAME = "local_list_conflict"

Refused = tuple[str, str]
"""Reason code and what to know about it."""


class TooLong(Exception):
    """With this update the list would be longer than it may be."""


class LocalList:
    """Takes updates, looks tokens up, and knows where the CSMS contradicts its list."""

    def __init__(self, store: Store, model: DeviceModel, clock: StationClock) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._disputes = store.local_list.disputes()
        self._disputed_s = clock.monotonic()
        self.changed: Callable[[], None] = lambda: None
        """A conflict has come up, or is over."""
        self.named: Callable[[Iterable[IdToken]], None] = lambda tokens: None
        """Told of tokens that it names now, inside the commit of that."""
        model.show(LOCAL_LIST_ENTRIES, lambda: str(store.local_list.size()))  # D01.FR.12
        model.show(LOCAL_LIST_STORAGE, lambda: str(store.local_list.storage()))

    def orders(self) -> Orders:
        """Commands about the list."""
        return {SendLocalList: self._send, GetLocalListVersion: lambda _: (self._version(), None)}

    @property
    def enabled(self) -> bool:
        """Is the list in use? (D01.FR.13)"""
        return self._model.read(LOCAL_LIST_ENABLED)

    def find(self, token: IdToken) -> TokenInfo | None:
        """What the list says of a token, if it is in use and names it."""
        return self._store.local_list.find(token) if self.enabled else None

    def _version(self) -> LocalListVersion:
        """D02.FR.01. 0 without a list, and while it is off (D02.FR.02, D02.FR.03)."""
        if not self.enabled:
            return LocalListVersion(0, supported=False)
        return LocalListVersion(self._store.local_list.version(), sent=self._store.local_list.sent())

    # Updates

    async def _send(self, command: SendLocalList) -> Answered:
        """D01. Whatever is wrong with it: nothing of it is taken. Reading a large update off the wire has taken its time already: before it
        is written the others have their turn, permits to be renewed among them."""
        await pause(0)
        return self._take_or_refuse(command)

    def _take_or_refuse(self, command: SendLocalList) -> Answered:
        """A version that is not above the present one is no update (D01.FR.19)."""
        if not self.enabled:
            return Outcome(Verdict.NOT_SUPPORTED, "NotEnabled", "the local list is off"), None
        refused = self._fault_of(command)
        if refused is not None:
            log.warning("event=local_list_refused version=%d reason=%s", command.version, refused[1])
            return Outcome(Verdict.FAILED, *refused), None
        present = self._store.local_list.version() if command.empty_is_none else self._store.local_list.sent()
        if not command.full and command.version <= present:
            info = f"version {command.version} is not above {present}, which the list has"
            return Outcome(Verdict.VERSION_MISMATCH, "InvalidValue", info), None
        try:
            self._take(command)
        except TooLong as error:
            return Outcome(Verdict.FAILED, "TooManyElements", str(error)), None
        except StoreError as error:
            log.error("event=local_list_not_written cause=%s", error)
            return Outcome(Verdict.FAILED, "InternalError", "the store cannot be written"), None
        log.info("event=local_list_updated version=%d full=%s entries=%d", command.version, command.full, len(command.entries))
        return Outcome(Verdict.ACCEPTED), self.changed

    def _fault_of(self, command: SendLocalList) -> Refused | None:
        """No token twice (D01.FR.06), not too many (D01.FR.11), no version below 1 (D01.FR.18)."""
        most, most_bytes = self._model.read(LOCAL_LIST_ITEMS), self._model.read(LOCAL_LIST_BYTES)
        if command.version < 1:
            return "InvalidValue", f"version {command.version}: 1 or more is expected (1.6 errata 3.52)"
        if len(command.entries) > most:
            return "TooManyElements", f"{len(command.entries)} tokens at once, {most} are allowed; send the others as Differential"
        if command.size > most_bytes:
            return "TooLargeElement", f"{command.size} bytes, {most_bytes} are allowed; send some of the tokens as Differential"
        if len({(entry.token.key, entry.token.kind) for entry in command.entries}) < len(command.entries):
            return "InvalidValue", "a token is named twice"
        if command.full and any(entry.info is None for entry in command.entries):
            return "MissingParam", "a full list has idTokenInfo for each token"
        return None

    def _take(self, command: SendLocalList) -> None:
        entries, most = self._store.local_list, self._model.read(LOCAL_LIST_LENGTH)
        with self._store.commit():
            (entries.replace if command.full else entries.change)(command.version, command.entries)
            if entries.size() > most:
                raise TooLong(f"the list would have {entries.size()} tokens, it has room for {most}")
            self.named(entry.token for entry in command.entries if entry.info is not None)
            settled = [token for token, valid in self._disputes.items() if self._agrees(token, valid)]
            for token in settled:
                entries.settle(token)
        for token in settled:
            del self._disputes[token]

    # Conflicts

    def heard(self, token: IdToken, info: TokenInfo) -> bool:
        """The CSMS judged a token. True: the list names it."""
        if self.find(token) is None:
            return False
        token, said = IdToken(token.key, token.kind), None if self._agrees(token, info.valid) else info.valid
        if self._disputes.get(token) != said:
            self._note(token, said)
            code, settled = OF_STATION[NAME].code, said is None
            log.warning("event=local_list_conflict code=%s settled=%s open=%d answer=%s", code, settled, len(self._disputes), info.status)
            self.changed()
        return True

    def _note(self, token: IdToken, said: bool | None) -> None:
        with self._store.commit():
            if said is None:
                self._store.local_list.settle(token)
            else:
                self._store.local_list.dispute(token, said)
        if not self._disputes:
            self._disputed_s = self._clock.monotonic()
        if said is None:
            del self._disputes[token]
        else:
            self._disputes[token] = said

    def _agrees(self, token: IdToken, valid: bool) -> bool:
        listed = self._store.local_list.find(token)
        return listed is None or listed.at(self._clock.now()).valid == valid

    def faults(self) -> tuple[Fault, ...]:
        """The conflict, as a warning about the station as a whole (1.6 §3.5.2)."""
        if not self._disputes or not self.enabled:
            return ()
        info = f"tokens that the CSMS judged otherwise: {len(self._disputes)}"
        return (Fault(NAME, "local_list_conflict", info, since_s=self._disputed_s),)
