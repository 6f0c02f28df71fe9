"""What the station knows of tokens by itself (OCPP 2.0.1 C10 to C14; 1.6 §3.5.1 to §3.5.3): local list, then cache, then its own cards.

what the CSMS says of a token   the cache remembers it, whatever message it was the answer to, valid or not; in 1.6 not what the list names
                                    (§3.5.3), while in 2.x the two are apart, and the list only counts for more
how long that holds             until its cacheExpiryDateTime (C10.FR.13); without one for LifeTime since it was said (C10.FR.08): then
                                it is Expired (C10.FR.10). What is over when it is said is not remembered: a prepaid account, say. In
                                    1.6 the date is the card's own, and it is: as Expired
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import ClearCache, Outcome, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import NEVER_SHOWN, IdToken
from chargepoint.domain.variables.authorization import (
    AUTH_CACHE_DISABLE_POST_AUTHORIZE,
    AUTH_CACHE_ENABLED,
    AUTH_CACHE_LIFE_TIME,
    AUTH_CACHE_POLICY,
    AUTH_CACHE_STORAGE,
)
from chargepoint.domain.variables.lists import LOCAL_LIST_DISABLE_POST_AUTHORIZE
from chargepoint.station.clock import StationClock
from chargepoint.station.local_list import LocalList
from chargepoint.station.orders import Orders
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store
from chargepoint.store.tokens import Policy, Remembered

log = logging.getLogger(__name__)


class KnownTokens:
    """The list comes first (C13.FR.01, C14.FR.01)."""

    def __init__(self, store: Store, model: DeviceModel, clock: StationClock, local_list: LocalList) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._local_list = local_list
        self.own: Callable[[IdToken], bool] = lambda token: False
        """Has a technician enrolled this card? What the CSMS said of it counts for more."""
        self.by_16: Callable[[], bool] = lambda: True
        """Does the CSMS speak 1.6?"""
        local_list.named = self._named
        model.show(AUTH_CACHE_STORAGE, lambda: str(store.tokens.storage()))

    def orders(self) -> Orders:
        """Commands about the cache."""
        return {ClearCache: lambda _: (self._clear(), None)}

    def find(self, token: IdToken) -> TokenInfo | None:
        """What holds of a token now; ``None``: nothing here names it. One that was valid, too long ago, is Expired (C14.FR.05)."""
        listed = self._local_list.find(token)
        known = self._cached(token) if listed is None else listed
        if known is None and self.own(token):
            return TokenInfo(AuthorizationStatus.ACCEPTED)
        return None if known is None else known.at(self._clock.now())

    def final(self, token: IdToken) -> TokenInfo | None:
        """What is known to be wrong with a token, where nobody is to be asked about such ones (DisablePostAuthorize)."""
        listed = self._local_list.find(token)
        if listed is not None:
            return listed if not listed.accepted and self._model.read(LOCAL_LIST_DISABLE_POST_AUTHORIZE) else None
        remembered = self._remembered(token)
        if remembered is None or remembered.info.accepted or not self._model.read(AUTH_CACHE_DISABLE_POST_AUTHORIZE):
            return None
        return None if self._aged(remembered) else remembered.info

    def _cached(self, token: IdToken) -> TokenInfo | None:
        remembered = self._remembered(token)
        if remembered is None:
            return None
        if not self._aged(remembered):
            return remembered.info
        return None if remembered.info.valid and self.own(token) else replace(remembered.info, status=AuthorizationStatus.EXPIRED)

    def _remembered(self, token: IdToken) -> Remembered | None:
        """As long as the cache is on (C10.FR.11). What is in it stays there while it is off, as the CSMS judges it; nothing comes to it."""
        return self._store.tokens.recall(token) if self._model.read(AUTH_CACHE_ENABLED) else None

    def _aged(self, remembered: Remembered) -> bool:
        """Is it too old? Its own date counts for more than LifeTime."""
        now, expires = self._clock.now(), remembered.info.expires
        if expires is not None:
            return now >= expires
        return now - remembered.seen > timedelta(seconds=self._model.read(AUTH_CACHE_LIFE_TIME))

    def heard(self, token: IdToken, info: TokenInfo, *, shown: bool = True) -> None:
        """The CSMS judged a token (C10.FR.01, C10.FR.04, C10.FR.05, C12.FR.06). ``shown``: because somebody has just shown it. What
        nobody can show is not remembered (C02.FR.03, C03.FR.02, C05.FR.02); all the rest is, a PIN as well (C04.FR.03)."""
        now, tokens = self._clock.now(), self._store.tokens
        listed = self._local_list.heard(token, info) and self.by_16()
        if listed or token.kind in NEVER_SHOWN or not (self._model.read(AUTH_CACHE_ENABLED) or tokens.recall(token)):
            return
        with self._store.commit():
            if info.expires is not None and info.expires <= now and not self.by_16():
                tokens.forget(token)
            else:
                tokens.remember(token, info.lasting, now, shown=shown, policy=Policy(self._model.read(AUTH_CACHE_POLICY)))

    def _named(self, tokens: Iterable[IdToken]) -> None:
        if self.by_16():
            self._store.tokens.leave_to_list(tokens)

    def used(self, token: IdToken) -> None:
        """It was shown, and what is known here was enough."""
        if self._model.read(AUTH_CACHE_ENABLED):
            with self._store.commit():
                self._store.tokens.used(token, self._clock.now())

    def _clear(self) -> Outcome:
        """C11.FR.01, C11.FR.02, C11.FR.03; 1.6 §5.4: the cache and nothing else. While it is off it is not (C11.FR.04; errata 3.23)."""
        if not self._model.read(AUTH_CACHE_ENABLED):
            return Outcome(Verdict.REJECTED, "NotEnabled", "the authorisation cache is off")
        try:
            with self._store.commit():
                self._store.tokens.clear()
        except StoreError as error:  # C11.FR.05
            log.error("event=cache_not_cleared cause=%s", error)
            return Outcome(Verdict.REJECTED, "InternalError", "the store cannot be written")
        return Outcome(Verdict.ACCEPTED)
