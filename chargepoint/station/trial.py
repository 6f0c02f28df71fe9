"""Credentials that the CSMS has given and that have not worked yet (OCPP 2.0.1 A01, A02, A05; 1.6-SEC, the same use cases).

    answered            the new one and the old one are both on disk; the connection is dropped and made again
    30 s long           every attempt takes the new one
    then                attempts take the old and the new one in turn, until one of them connects
    the new one works   it replaces the old one for good
    the old one works   the new one is thrown away if the CSMS has refused it, or nobody was there to do so twice; else, as the CSMS is
                        there now, the new one gets another 30 s

A password that is thrown away so, or replaced, stays at hand (``spare``).

So neither a CSMS that has not heard our answer, nor one that was away when it was to be tried, nor a power cut at any moment leaves a
station that knows no way back.
"""

from collections.abc import Mapping
from types import MappingProxyType

from chargepoint.store.store import Store

TRY_S = 30.0
"""So long the new one is tried before the old one gets its turn."""
PASSWORD, PROFILE, CERTIFICATE = "password", "profile", "certificate"
NOTHING: Mapping[str, str] = MappingProxyType({})


class Trial:
    """One at a time; what is given while it runs is tried together with what came before."""

    def __init__(self, store: Store, now_s: float) -> None:
        self._store = store
        self._given = store.credentials.tried()
        self._began_s = now_s
        self._turns: dict[int, int] = {}
        self._warned = False
        self._new_has_turn = False
        self._refused = False
        self._once_more = False

    def __repr__(self) -> str:
        return f"Trial({', '.join(sorted(self._given))})"

    @property
    def given(self) -> Mapping[str, str]:
        """What is being tried."""
        return self._given

    @property
    def new(self) -> Mapping[str, str]:
        """What of it counts for the attempt whose turn it is."""
        return self._given if self._new_has_turn else NOTHING

    def begin(self, name: str, value: str, now_s: float) -> None:
        """Try this from now on; on disk before it returns."""
        with self._store.commit():
            self._store.credentials.try_out(name, value)
        self._given = {**self._given, name: value}
        self._refused = self._once_more = False
        self._restart(now_s)

    def _restart(self, now_s: float) -> None:
        self._began_s, self._turns, self._warned = now_s, {}, False

    def take_turn(self, now_s: float, slot: int = 0) -> None:
        """An attempt is about to be made with this network profile. Of each profile the old and the new one take turns (A02.FR.28,
        A03.FR.24 of the errata): a CSMS that takes one of them is found whichever it is."""
        if now_s >= self._began_s + TRY_S:
            self._turns[slot] = self._turns.get(slot, 0) + 1
        self._new_has_turn = bool(self._given) and self._turns.get(slot, 0) % 2 == 0

    def failed(self, answered: bool) -> None:
        """The attempt whose turn it was has failed; ``answered``: not because nobody was there."""
        self._refused = self._refused or (answered and self._new_has_turn)

    def again(self, now_s: float) -> bool:
        """The old one works. Shall the new one be tried again, from the beginning? For it may be the CSMS that was not there."""
        if self._refused or self._once_more:
            return False
        self._once_more = True
        self._restart(now_s)
        return True

    def has_had_its_time(self, now_s: float) -> bool:
        """True once: let the old one have its turn."""
        due = bool(self._given) and not self._warned and now_s >= self._began_s + TRY_S
        self._warned = self._warned or due
        return due

    def settle(self) -> Mapping[str, str]:
        """It is decided; what was tried. Inside the commit that draws the consequences."""
        self._store.credentials.settle()
        given, self._given = self._given, {}
        return given
