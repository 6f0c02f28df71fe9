"""Who may charge (OCPP 2.0.1 C01, C10 to C12, C15; 1.6 §3.5, §4.1): cards, the cache, the CSMS, and nobody to ask."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from chargepoint.domain.authorization import Authorization, AuthorizationStatus, Origin, TokenInfo
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import Authorize, AuthorizeAnswer
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import Stop, StopReason, Transaction, TriggerReason
from chargepoint.domain.variables import (
    AUTH_CACHE_ENABLED,
    AUTH_CACHE_LIFE_TIME,
    EV_CONNECTION_TIMEOUT,
    LOCAL_AUTHORIZE_OFFLINE,
    LOCAL_PRE_AUTHORIZE,
    OFFLINE_TX_FOR_UNKNOWN_ID,
    STOP_TX_ON_INVALID_ID,
)
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms, CsmsError
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store
from hal.measured import TokenSeen

log = logging.getLogger(__name__)

ACCEPTED = TokenInfo(AuthorizationStatus.ACCEPTED)
UNKNOWN = TokenInfo(AuthorizationStatus.UNKNOWN)

PLACES: tuple[Callable[[Session], bool], ...] = (
    lambda session: session.waits_for_token and not session.finishing,
    lambda session: session.free,
    lambda session: session.waits_for_token,
)
"""Where an accepted token goes, best first."""


class Authorizing:
    """Judges tokens and hands the accepted ones to an EVSE."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        csms: Csms | None,
        transacting: Transacting,
        availability: Availability,
    ) -> None:
        self._settings = settings
        self._store = store
        self._model = model
        self._clock = clock
        self._csms = csms
        self._transacting = transacting
        self._availability = availability
        self._judging: set[str] = set()
        self.may_ask: Callable[[], bool] = lambda: False
        """Is the CSMS connected, and has it accepted this station?"""

    async def seen(self, seen: TokenSeen) -> None:
        """A card at a reader: it stops its own transaction, or starts one."""
        token = IdToken(seen.value, seen.kind)
        served = [evse for evse in self._transacting.sessions if seen.evses is None or evse in seen.evses]
        running = self._covered_by(token, None, served)
        if running is not None:
            self._stop(running, token)
            return
        if token.key in self._judging or self._waits(token, served):
            log.info("event=token_repeated evses=%s", served)
            return
        self._judging.add(token.key)
        try:
            info = await self.judge(token)
        finally:
            self._judging.discard(token.key)
        self._judged(token, info, served)

    def _judged(self, token: IdToken, info: TokenInfo, served: list[int]) -> None:
        if not info.accepted_at(self._clock.now()):
            log.info("event=token_refused status=%s evses=%s", info.status, served)
            return
        running = self._covered_by(token, info.group, served)
        evse = self.choose(served)
        if running is not None:
            self._stop(running, token)
        elif evse is None:
            log.info("event=token_without_place evses=%s reason=occupied_or_out_of_order", served)
        else:
            self._transacting.authorize(evse, Authorization(token, Origin.LOCAL, info.group))

    def _covered_by(self, token: IdToken, group: IdToken | None, served: Iterable[int]) -> Transaction | None:
        transactions = (self._transacting.sessions[evse].transaction for evse in served)
        return next((t for t in transactions if t is not None and t.authorization.covers(token, group)), None)

    def _waits(self, token: IdToken, served: Iterable[int]) -> bool:
        sessions = (self._transacting.sessions[evse] for evse in served)
        return any(s.waits_for_car and s.authorization is not None and token.same_as(s.authorization.token) for s in sessions)

    def _stop(self, transaction: Transaction, token: IdToken) -> None:
        self._transacting.stop(transaction.connector.evse, Stop(StopReason.LOCAL, TriggerReason.STOP_AUTHORIZED, token))

    def choose(self, served: Iterable[int]) -> int | None:
        """Where an accepted token goes: to a car that waits for one, else to a free EVSE, else to a car that had its session."""
        sessions = [self._transacting.sessions[evse] for evse in served if self._availability.usable(evse)]
        for wanted in PLACES:
            for session in sessions:
                if wanted(session) and (session.plug_in is None or self._availability.may_start(session)):
                    return session.evse
        return None

    async def judge(self, token: IdToken) -> TokenInfo:
        """What holds for a token: our own cards, then the CSMS or what it said last, then the rules for nobody to ask."""
        if any(token.same_as(card) for card in self._settings.cards):
            return ACCEPTED
        if self._csms is None:
            return UNKNOWN
        known = self._recall(token)
        if self.may_ask():
            if known is not None and self._model.read(LOCAL_PRE_AUTHORIZE) and known.accepted_at(self._clock.now()):
                return known
            try:
                answer = await self._csms.ask(Authorize(token))
            except CsmsError as error:
                log.warning("event=authorize_failed cause=%s action=offline_rules", error or type(error).__name__)
            else:
                assert isinstance(answer, AuthorizeAnswer)
                self.heard(token, answer.info)
                return answer.info
        return self._offline(known)

    def _offline(self, known: TokenInfo | None) -> TokenInfo:
        if known is not None and self._model.read(LOCAL_AUTHORIZE_OFFLINE):
            return known
        if known is None and self._model.read(OFFLINE_TX_FOR_UNKNOWN_ID):
            return ACCEPTED
        return UNKNOWN

    def _recall(self, token: IdToken) -> TokenInfo | None:
        if not self._model.read(AUTH_CACHE_ENABLED):
            return None
        remembered = self._store.tokens.recall(token)
        if remembered is None or self._clock.now() - remembered.seen > timedelta(seconds=self._model.read(AUTH_CACHE_LIFE_TIME)):
            return None
        return remembered.info

    def heard(self, token: IdToken, info: TokenInfo) -> None:
        """The CSMS judged a token: remember it."""
        if self._model.read(AUTH_CACHE_ENABLED):
            with self._store.commit():
                self._store.tokens.remember(token, info, self._clock.now())

    def transaction_judged(self, transaction_id: str, info: TokenInfo, now: datetime) -> None:
        """The answer to a transaction event speaks of its token (E05; 1.6 §4.8)."""
        for session in self._transacting.sessions.values():
            transaction = session.transaction
            if transaction is None or transaction.id != transaction_id:
                continue
            self.heard(transaction.authorization.token, info)
            if info.accepted_at(now):
                continue
            log.warning("event=token_withdrawn transaction=%s status=%s", transaction_id, info.status)
            if self._model.read(STOP_TX_ON_INVALID_ID):
                self._transacting.stop(session.evse, Stop(StopReason.DE_AUTHORIZED, TriggerReason.DEAUTHORIZED))
            else:
                self._transacting.withdraw(session.evse)

    def tick(self, now_s: float) -> None:
        """Tokens whose car did not come in EVConnectionTimeOut (E03.FR.15; 1.6 ConnectionTimeOut) are let go."""
        for evse, session in self._transacting.sessions.items():
            sheet = self._transacting.sheets[evse]
            if not session.waits_for_car:
                continue
            if sheet.waits_since_s is None:
                sheet.waits_since_s = now_s
            elif now_s - sheet.waits_since_s >= self._model.read(EV_CONNECTION_TIMEOUT):
                log.info("event=car_did_not_come evse=%d waited_s=%d", evse, now_s - sheet.waits_since_s)
                self._transacting.abandon(evse)
