"""What the station knows of tokens by itself (OCPP 2.0.1 C10 to C14; 1.6 §3.5.1 to §3.5.3): local list, then cache, then its own cards."""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import ClearCache, Outcome, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.variables import AUTH_CACHE_ENABLED, AUTH_CACHE_LIFE_TIME
from chargepoint.station.clock import StationClock
from chargepoint.station.local_list import LocalList
from chargepoint.station.orders import Orders
from chargepoint.store.store import Store


class KnownTokens:
    """The list comes first, and what it names is never cached."""

    def __init__(self, store: Store, model: DeviceModel, clock: StationClock, local_list: LocalList) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._local_list = local_list
        self.own: Callable[[IdToken], bool] = lambda token: False
        """Has a technician enrolled this card? What the CSMS said of it counts for more."""

    def orders(self) -> Orders:
        """Commands about the cache."""
        return {ClearCache: lambda _: (self._clear(), None)}

    def find(self, token: IdToken) -> TokenInfo | None:
        """What holds of a token now; ``None``: nothing here names it. One that was valid, too long ago, is Expired."""
        listed = self._local_list.find(token)
        known = self._cached(token) if listed is None else listed
        if known is None and self.own(token):
            return TokenInfo(AuthorizationStatus.ACCEPTED)
        return None if known is None else known.at(self._clock.now())

    def _cached(self, token: IdToken) -> TokenInfo | None:
        remembered = self._store.tokens.recall(token) if self._model.read(AUTH_CACHE_ENABLED) else None
        if remembered is None:
            return None
        aged = self._clock.now() - remembered.seen > timedelta(seconds=self._model.read(AUTH_CACHE_LIFE_TIME))
        if not aged or not remembered.info.valid:
            return remembered.info
        return None if self.own(token) else replace(remembered.info, status=AuthorizationStatus.EXPIRED)

    def heard(self, token: IdToken, info: TokenInfo) -> None:
        """The CSMS judged a token: remember it (1.6 §3.5.1: whatever message the answer was to, valid or not)."""
        if self._local_list.heard(token, info) or not self._model.read(AUTH_CACHE_ENABLED):
            return
        with self._store.commit():
            self._store.tokens.remember(token, info, self._clock.now())

    def _clear(self) -> Outcome:
        """C11; 1.6 §5.4: the cache and nothing else. Without a cache it is rejected (errata 3.23)."""
        if not self._model.read(AUTH_CACHE_ENABLED):
            return Outcome(Verdict.REJECTED, "NotEnabled", "the authorisation cache is off")
        with self._store.commit():
            self._store.tokens.clear()
        return Outcome(Verdict.ACCEPTED)
