"""Who may charge (OCPP 2.0.1 C01, C09 to C15; 1.6 §3.5, §4.1). A token is judged by the first that has a say:

    cards of the file    always
    list, cache, own     a valid token, with LocalPreAuthorize; any other is asked about all the same
    the CSMS             what it says counts
    when nobody answers  list, cache, own, with LocalAuthorizeOffline; with AllowOfflineTxForUnknownId what they do not hold to be invalid
    without a CSMS       own: cards that technicians have enrolled

A card that could neither start nor stop anything is not asked about.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Literal

from chargepoint.domain import why
from chargepoint.domain.authorization import Authorization, AuthorizationStatus, Origin, TokenInfo
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import Authorize, AuthorizeAnswer
from chargepoint.domain.transaction import EventKind, Stop, StopReason, Transaction, TransactionEvent, TriggerReason
from chargepoint.domain.variables import (
    EV_CONNECTION_TIMEOUT,
    LOCAL_AUTHORIZE_OFFLINE,
    LOCAL_PRE_AUTHORIZE,
    OFFLINE_TX_FOR_UNKNOWN_ID,
    STOP_TX_ON_INVALID_ID,
)
from chargepoint.station.csms import Csms, CsmsError
from chargepoint.station.known_tokens import KnownTokens
from chargepoint.station.places import Moment, Places
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from hal.measured import TokenSeen

log = logging.getLogger(__name__)

ACCEPTED = TokenInfo(AuthorizationStatus.ACCEPTED)
UNKNOWN = TokenInfo(AuthorizationStatus.UNKNOWN)

MOST_JUDGED = 5
"""At a time, while the CSMS takes its time to answer; who comes after them shows his card again."""

Answer = Literal["read", "judging", "judged", "accepted", "rejected"]
"""What comes of a card, in this order."""
Judged = Literal["accepted"] | why.Answer


class Authorizing:
    """Judges tokens and hands the accepted ones to an EVSE."""

    def __init__(
        self,
        settings: StationSettings,
        model: DeviceModel,
        csms: Csms | None,
        known: KnownTokens,
        transacting: Transacting,
        places: Places,
    ) -> None:
        self._settings = settings
        self._model = model
        self._csms = csms
        self._known = known
        self._transacting = transacting
        self._places = places
        self._judging: set[str] = set()
        self.may_ask: Callable[[], bool] = lambda: False
        """Is the CSMS connected, and has it accepted this station?"""
        self.answers: Callable[[Answer, Iterable[int]], None] = lambda answer, evses: None
        """Told what comes of a card at these EVSEs, for whoever has held it there."""
        self.judged: Callable[[Judged, Iterable[int], str], None] = lambda judged, evses, status: None
        """Told why, for whoever asks later; with a refusal its status."""
        self.held_back: Callable[[IdToken, list[int]], bool] = lambda token, evses: False
        """A technician only wants to look at this card: it starts and stops nothing, and its answer has been given."""
        self.used: Callable[[IdToken], None] = lambda token: None
        """Told of a card that starts or stops something."""

    # A card at a reader

    async def seen(self, seen: TokenSeen) -> None:
        """It stops its own transaction or its group's, or starts one."""
        token = IdToken(seen.value, seen.kind)
        served = [evse for evse in self._transacting.sessions if seen.evses is None or evse in seen.evses]
        self.answers("read", served)
        if self.held_back(token, served):
            return
        if self._transacting.release(token, self.group_of(token), served):
            self.answers("accepted", served)
            return
        running = self._covered_by(token, None, served) or self._known_to_cover(token, served)
        if running is not None:
            self._stop(running, token)
            return
        if token.key in self._judging or self._waits(token, served):
            log.info("event=token_repeated evses=%s", served)
            return
        if not self._matters(token, served):
            log.info("event=token_without_place evses=%s reason=occupied_reserved_or_out_of_order", served)
            self._reject(served, "no_place")
            return
        if len(self._judging) >= MOST_JUDGED:
            log.warning("event=token_ignored evses=%s reason=others_are_judged count=%d", served, len(self._judging))
            self._reject(served, "busy")
            return
        then = self._places.moment(served, token, self.group_of(token))
        self._judging.add(token.key)
        self.answers("judging", served)
        self.judged("judging", served, "")
        try:
            info = await self.judge(token)
        finally:
            self._judging.discard(token.key)
            self.answers("judged", served)
        self._judged(token, info, then)

    def _judged(self, token: IdToken, info: TokenInfo, then: Moment) -> None:
        served = then.served
        if not info.accepted:
            log.info("event=token_refused status=%s evses=%s", info.status, served)
            self._reject(served, self._refusal(info), info.status)
            return
        self.judged("accepted", served, "")
        self.used(token)
        if self._transacting.release(token, info.group, served):
            self.answers("accepted", served)
            return
        running = self._covered_by(token, info.group, served)
        evse = self._places.meant(then, token, info.group)
        if running is not None:
            self._stop(running, token)
        elif evse is None:
            log.info("event=token_without_place evses=%s reason=its_car_left_or_no_evse_is_free_for_it", served)
            self._reject(served, "no_place")
        else:
            also = self._places.also(evse, served, token, info.group)
            self.answers("accepted", (evse,))
            self._transacting.authorize(evse, Authorization(token, Origin.LOCAL, info.group, evses=also))

    def _reject(self, served: Iterable[int], why_not: why.Answer, status: str = "") -> None:
        self.answers("rejected", served)
        self.judged(why_not, served, status)

    def _refusal(self, info: TokenInfo) -> why.Answer:
        """Whose word is it? Our own, ``UNKNOWN``, says only that nobody knew the card, or could be asked."""
        if info is not UNKNOWN:
            return "refused"
        return "unlisted" if self._csms is None else "offline"

    def _matters(self, token: IdToken, served: list[int]) -> bool:
        """Could it start something, or stop what somebody of its group has started? (1.6 §4.1)"""
        if self._places.choose(served, token, self.group_of(token)) is not None or self._places.may_be_found(served):
            return True
        return any(known.group is not None for known in self._granted(served))

    def _granted(self, served: Iterable[int]) -> list[Authorization]:
        """Of running transactions, and of plugs that are kept locked."""
        kept = (self._transacting.sessions[evse].plug_kept_for for evse in served)
        return [transaction.authorization for transaction in self._running(served)] + [each for each in kept if each is not None]

    def _known_to_cover(self, token: IdToken, served: list[int]) -> Transaction | None:
        """What its group has started, where list and cache are enough: to stop, they always are when nobody can be asked."""
        known = self._known.find(token)
        enough = not self.may_ask() or self._model.read(LOCAL_PRE_AUTHORIZE)
        return self._covered_by(token, known.group, served) if known is not None and known.accepted and enough else None

    def _covered_by(self, token: IdToken, group: IdToken | None, served: Iterable[int]) -> Transaction | None:
        return next((transaction for transaction in self._running(served) if transaction.authorization.covers(token, group)), None)

    def _running(self, served: Iterable[int]) -> list[Transaction]:
        return [transaction for evse in served if (transaction := self._transacting.sessions[evse].transaction) is not None]

    def group_of(self, token: IdToken) -> IdToken | None:
        """As far as list or cache know it (1.6 §5.13)."""
        known = self._known.find(token)
        return None if known is None else known.group

    def _waits(self, token: IdToken, served: Iterable[int]) -> bool:
        sessions = (self._transacting.sessions[evse] for evse in served)
        return any(s.waits_for_car and s.authorization is not None and token.same_as(s.authorization.token) for s in sessions)

    def _stop(self, transaction: Transaction, token: IdToken) -> None:
        self.answers("accepted", (transaction.connector.evse,))
        self.used(token)
        self._transacting.stop(transaction.connector.evse, Stop(StopReason.LOCAL, TriggerReason.STOP_AUTHORIZED, token))

    # Judgement

    async def judge(self, token: IdToken) -> TokenInfo:
        """What holds for a token."""
        if any(token.same_as(card) for card in self._settings.cards):
            return ACCEPTED
        if self._csms is None:
            return ACCEPTED if self._known.own(token) else UNKNOWN
        if not self._csms.says(Authorize(token)):  # nobody could be told who pays
            return UNKNOWN
        known = self._known.find(token)
        if not self.may_ask():
            return self._offline(known)
        if known is not None and known.accepted and self._model.read(LOCAL_PRE_AUTHORIZE):
            return known
        try:
            answer = await self._csms.ask(Authorize(token))
        except CsmsError as error:
            log.warning("event=authorize_failed cause=%s action=offline_rules", error or type(error).__name__)
            return self._offline(known)
        assert isinstance(answer, AuthorizeAnswer)
        self._known.heard(token, answer.info)
        return answer.info

    def _offline(self, known: TokenInfo | None) -> TokenInfo:
        """1.6 §3.5.4: what is known not to be valid is refused, whatever the keys say."""
        if known is not None and (not known.accepted or self._model.read(LOCAL_AUTHORIZE_OFFLINE)):
            return known
        return (known or ACCEPTED) if self._model.read(OFFLINE_TX_FOR_UNKNOWN_ID) else UNKNOWN

    def transaction_judged(self, event: TransactionEvent, info: TokenInfo) -> None:
        """The answer to a transaction event speaks of the token in it (E05; 1.6 §4.8, §4.10). Only what still runs can be ended by it."""
        running = next((t for t in self._running(self._transacting.sessions) if t.id == event.transaction_id), None)
        token = event.id_token or (running.authorization.token if running else None)
        if token is not None:
            self._known.heard(token, info)
        if running is None or event.kind is EventKind.ENDED:
            return
        if info.accepted:
            if info.group is not None:
                self._transacting.regroup(running.connector.evse, info.group)
            return
        log.warning("event=token_withdrawn transaction=%s status=%s", running.id, info.status)
        if self._model.read(STOP_TX_ON_INVALID_ID):
            self._transacting.stop(running.connector.evse, Stop(StopReason.DE_AUTHORIZED, TriggerReason.DEAUTHORIZED))
        else:
            self._transacting.withdraw(running.connector.evse)

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
