"""Cards that are shown, and what comes of them (OCPP 2.0.1 C01, C09, C15, C16; 1.6 §3.5, §4.1). What holds of a token says ``judging``.

    begun with it, or by its group    that ends; where list or cache know the group, nobody is asked
    of the master pass group          everything ends, and nothing begins
    any other                         it is judged, and charges where there is a place for it

In 1.6 a card that could neither start nor stop anything is not asked about.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from typing import Literal

from msgspec.structs import replace

from chargepoint.domain import why
from chargepoint.domain.authorization import Authorization, Origin, TokenInfo
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import NO_AUTHORIZATION, IdToken
from chargepoint.domain.transaction import EventKind, Stop, StopReason, TransactionEvent, TriggerReason
from chargepoint.domain.variables.authorization import AUTH_ENABLED, LOCAL_AUTHORIZE_OFFLINE, LOCAL_PRE_AUTHORIZE, MASTER_PASS_GROUP
from chargepoint.domain.variables.transactions import EV_CONNECTION_TIMEOUT, STOP_TX_ON_INVALID_ID
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms
from chargepoint.station.guessing import Guessing
from chargepoint.station.judging import STRANGER, UNKNOWN, Judging
from chargepoint.station.known_tokens import KnownTokens
from chargepoint.station.places import Moment, Places
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from hal.measured import TokenSeen

log = logging.getLogger(__name__)

NOBODY = IdToken("", NO_AUTHORIZATION)
"""Who charges where authorisation is off, and no card was shown."""

MOST_JUDGED = 5
"""At a time, while the CSMS takes its time to answer; who comes after them shows his card again."""

Answer = Literal["read", "judging", "judged", "accepted", "rejected"]
"""What comes of a card, in this order."""
Judged = Literal["accepted"] | why.Answer


class Authorizing:
    """Hands the accepted ones to an EVSE."""

    def __init__(
        self,
        settings: StationSettings,
        model: DeviceModel,
        clock: StationClock,
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
        self._guessing = Guessing(clock)
        self.may_ask: Callable[[], bool] = lambda: False
        """Is the CSMS connected, and has it accepted this station?"""
        self.judge = Judging(settings, model, csms, known, lambda: self.may_ask()).judge
        self.answers: Callable[[Answer, Iterable[int]], None] = lambda answer, evses: None
        """Told what comes of a card at these EVSEs, for whoever has held it there."""
        self.judged: Callable[[Judged, Iterable[int], str], None] = lambda judged, evses, status: None
        """Told why, for whoever asks later; with a refusal its status."""
        self.held_back: Callable[[IdToken, list[int]], bool] = lambda token, evses: False
        """A technician only wants to look at this card: it starts and stops nothing, and its answer has been given."""
        self.refused: dict[int, TokenInfo] = {}
        """What was said of whoever was refused last at an EVSE."""
        self.used: Callable[[IdToken], None] = lambda token: None
        """Told of a card that starts or stops something."""

    @property
    def _by_2x(self) -> bool:
        return self._csms is not None and self._csms.version != "1.6"

    # A card at a reader

    async def seen(self, seen: TokenSeen) -> None:
        """It stops its own transaction or its group's, or starts one."""
        token = IdToken(seen.value, seen.kind)
        served = [evse for evse in self._transacting.sessions if seen.evses is None or evse in seen.evses]
        self.answers("read", served)
        if self.held_back(token, served) or self._tried_out(token, served) or self._settled(token, served):
            return
        if not self._matters(token, served):
            log.info("event=token_without_place evses=%s reason=occupied_reserved_or_out_of_order", served)
            self._reject(served, "no_place")
            return
        if len(self._judging) >= MOST_JUDGED:
            log.warning("event=token_ignored evses=%s reason=others_are_judged count=%d", served, len(self._judging))
            self._reject(served, "busy")
            return
        then, running = self._places.moment(served, token, self.group_of(token)), tuple(self._begun(served))
        self._judging.add(token.key)
        self.answers("judging", served)
        self.judged("judging", served, "")
        try:
            info = await self.judge(token)
        finally:
            self._judging.discard(token.key)
            self.answers("judged", served)
        self._guessing.judged(token, served, right=info.accepted)
        self._judged(token, info, then, running)

    def _tried_out(self, token: IdToken, served: list[int]) -> bool:
        """Does it have to wait, since others before it were wrong? Not where it has begun something itself (C04.FR.06, C01.FR.03)."""
        if not self._guessing.waits(token, served) or self._covered_by(token, None, served) is not None:
            return False
        log.warning("event=token_ignored evses=%s reason=wrong_pins_before", served)
        self._reject(served, "busy")
        return True

    def _settled(self, token: IdToken, served: list[int]) -> bool:
        """Is nobody to be asked about it? It lets a plug go, ends what it has begun, or its group has (C01.FR.03, C09.FR.07, E07.FR.01,
        E08.FR.01, E08.FR.02), or waits."""
        if self._transacting.release(token, self._group_if_good(token), served):
            self.answers("accepted", served)
            return True
        running = self._covered_by(token, None, served) or self._known_to_cover(token, served)
        if running is not None:
            self._stop(running, token)
            return True
        if self._known_as_master(token):
            self._stop_all(token, served)
            return True
        if token.key in self._judging or self._waits(token, served):
            log.info("event=token_repeated evses=%s", served)
            return True
        return False

    def _judged(self, token: IdToken, info: TokenInfo, then: Moment, running: Iterable[int]) -> None:
        """It ends only what was ``running`` when it was shown, and nothing that another card of its group has begun since."""
        served = then.served
        if not info.accepted:
            log.info("event=token_refused status=%s evses=%s", info.status, served)
            self._reject(served, self._refusal(info), info.status, info)
            return
        if self.is_master(info.group):
            self._stop_all(token, served)
            return
        self.judged("accepted", served, "")
        self.used(token)
        if self._transacting.release(token, info.group, served):
            self.answers("accepted", served)
            return
        evse = self._covered_by(token, info.group, running)
        if evse is not None:
            self._stop(evse, token)
        else:
            self._place(token, info, then)

    def _place(self, token: IdToken, info: TokenInfo, then: Moment) -> None:
        """It may charge, if there is a place for it: at once if its car is there, whoever has accepted it (C12.FR.04)."""
        served, there = then.served, self.where(then, token, info)
        evse = self._places.meant(there, token, info.group)
        if not any(map(info.allows, served)):
            log.info("event=token_refused status=elsewhere evses=%s allowed=%s", served, info.evses)
            self._reject(served, "refused", f"only at EVSE {', '.join(map(str, info.evses))}", info.lasting)
        elif evse is None:
            log.info("event=token_without_place evses=%s reason=its_car_left_or_no_evse_is_free_for_it", served)
            self._reject(served, "no_place", info=info.lasting)
        else:
            also = self._places.also(evse, there.served, token, info.group)
            self.answers("accepted", (evse,))
            granted = Authorization(token, Origin.LOCAL, info.group, evses=also, languages=info.languages, message=info.message)
            granted = replace(granted, priority=info.priority or 0, stranger=info is STRANGER)
            self._transacting.authorize(evse, granted)

    def _reject(self, served: Collection[int], why_not: why.Answer, status: str = "", info: TokenInfo = UNKNOWN) -> None:
        self.refused.update(dict.fromkeys(served, info))
        self.answers("rejected", served)
        self.judged(why_not, served, status)

    def _refusal(self, info: TokenInfo) -> why.Answer:
        """Whose word is it? Our own, ``UNKNOWN``, says only that nobody knew the card, or could be asked."""
        if info is not UNKNOWN:
            return "refused"
        return "unlisted" if self._csms is None else "offline"

    def _matters(self, token: IdToken, served: list[int]) -> bool:
        """Could it start something, or stop what somebody of its group has started (1.6 §4.1), or of the master pass group?

        2.x wants to hear of each that nothing here knows (C01.FR.02, C09.FR.05)."""
        if self._by_2x:
            return True
        if self._places.choose(served, token, self.group_of(token)) is not None or self._places.may_be_found(served):
            return True
        if self._model.read(MASTER_PASS_GROUP) and self._begun(self._transacting.sessions):
            return True
        return any(known.group is not None for known in self._granted(served))

    def _granted(self, served: Iterable[int]) -> list[Authorization]:
        """Of what goes on, and of plugs that are kept locked."""
        kept = (self._transacting.sessions[evse].plug_kept_for for evse in served)
        return [*self._begun(served).values(), *(each for each in kept if each is not None)]

    def _known_to_cover(self, token: IdToken, served: list[int]) -> int | None:
        """What its group has started, where list and cache are enough. To stop, they always are in 2.x (C01.FR.03, C09.FR.03, C09.FR.07);
        in 1.6 when nobody can be asked, or a start could rely on them."""
        known = self._known.find(token)
        enough = self._by_2x or not self.may_ask() or self._model.read(LOCAL_PRE_AUTHORIZE)
        if known is None or not known.accepted or not enough:  # C09.FR.11
            return None
        return self._covered_by(token, known.group, served)

    def _covered_by(self, token: IdToken, group: IdToken | None, served: Iterable[int]) -> int | None:
        return next((evse for evse, begun in self._begun(served).items() if begun.covers(token, group)), None)

    def _begun(self, served: Iterable[int]) -> dict[int, Authorization]:
        """Where something goes on, and who has begun it: somebody charges, or what 2.x calls a transaction waits for his car. His group is
        as he was accepted with, or else as list or cache know it."""
        found = {}
        for session in (self._transacting.sessions[evse] for evse in served):
            by = session.authorization if session.transaction is None else session.transaction.authorization
            if session.transaction_id is not None and by is not None:
                found[session.evse] = by if by.group is not None else replace(by, group=self.group_of(by.token))
        return found

    def group_of(self, token: IdToken) -> IdToken | None:
        """As far as list or cache know it (H03.FR.07; 1.6 §5.13)."""
        known = self._known.find(token)
        return None if known is None else known.group

    def _group_if_good(self, token: IdToken) -> IdToken | None:
        """The same, of a token that is known to be in order: only that may take part in what others of its group have begun (C09.FR.11)."""
        known = self._known.find(token)
        return known.group if known is not None and known.accepted else None

    def _waits(self, token: IdToken, served: Iterable[int]) -> bool:
        sessions = (self._transacting.sessions[evse] for evse in served)
        return any(s.waits_for_car and s.authorization is not None and token.same_as(s.authorization.token) for s in sessions)

    def _stop(self, evse: int, token: IdToken) -> None:
        self.answers("accepted", (evse,))
        self.used(token)
        self._transacting.stop(evse, Stop(StopReason.LOCAL, TriggerReason.STOP_AUTHORIZED, token))

    def may_join(self, evse: int, token: IdToken) -> bool:
        """Has nobody else begun what still goes on there, though he may charge no longer (C01.FR.23)?"""
        span = self._transacting.sessions[evse].span
        before = None if span is None else span.begun_by
        return before is None or before.token.same_as(token)

    def where(self, then: Moment, token: IdToken, info: TokenInfo) -> Moment:
        """What is left of it: where the token is good (C01.FR.21), and may join in."""

        def open_to(evse: int) -> bool:
            return info.allows(evse) and self.may_join(evse, token)

        plug_ins = {evse: plug_in for evse, plug_in in then.plug_ins.items() if open_to(evse)}
        return replace(then, served=tuple(filter(open_to, then.served)), plug_ins=plug_ins)

    # The master pass

    def starts(self, info: TokenInfo) -> bool:
        """May it begin something? Not one of the master pass group (C12.FR.09, C16.FR.03)."""
        return info.accepted and not self.is_master(info.group)

    def is_master(self, group: IdToken | None) -> bool:
        """The variable holds no type."""
        master = self._model.read(MASTER_PASS_GROUP)
        return bool(master) and group is not None and group.key == master.upper()

    def _known_as_master(self, token: IdToken) -> bool:
        """By the cache or the list (C16.FR.04, C16.FR.05): for so mighty a token only where a start could rely on them."""
        known = self._known.find(token)
        enough = self._model.read(LOCAL_PRE_AUTHORIZE if self.may_ask() else LOCAL_AUTHORIZE_OFFLINE)
        return known is not None and known.accepted and enough and self.is_master(known.group)

    def _stop_all(self, token: IdToken, served: Collection[int]) -> None:
        """There is no list to choose from here: everything ends, and no plug is kept any longer (C16.FR.02, C16.FR.06, C16.FR.07)."""
        running = self._begun(self._transacting.sessions)
        kept = [session.evse for session in self._transacting.sessions.values() if session.plug_kept_for is not None]
        log.warning("event=master_pass evses=%s kept_plugs=%s", list(running), kept)
        if not running and not kept:
            self._reject(served, "refused", "MasterPass")
            return
        self.judged("accepted", served, "")
        self.answers("accepted", served)
        self.used(token)
        for evse in running:
            self._transacting.stop(evse, Stop(StopReason.MASTER_PASS, TriggerReason.STOP_AUTHORIZED, token))
        for evse in {*running, *kept}:
            self._transacting.let_go(evse)

    # What is told of it later

    def free_token(self) -> IdToken | None:
        """With what a car charges for which nobody has shown a card; ``None``: it waits for one."""
        return self._settings.free_token or (None if self._model.read(AUTH_ENABLED) else NOBODY)

    def transaction_judged(self, event: TransactionEvent, info: TokenInfo) -> None:
        """The answer to a transaction event speaks of the token in it (E05; 1.6 §4.8, §4.10). Only what still runs can be ended by it, and
        only by what is said of the token that has begun it."""
        token, evse = self._spoken_of(event)
        if token is not None:
            self._known.heard(token, info, shown=False)
        if evse is None:
            return
        if self.starts(info) and info.allows(evse):
            self._transacting.introduce(evse, info)
            return
        log.warning("event=token_withdrawn transaction=%s status=%s evses=%s", event.transaction_id, info.status, info.evses)
        self._withdraw(evse)

    def transaction_unclear(self, event: TransactionEvent) -> None:
        """What the answer says of the token cannot be read. That is no Accepted, which is all that E05 and C15 ask for; but whoever has
        been accepted before pays, and is not stopped for a word. A stranger whom nobody has ever accepted does not charge on (C15.FR.03,
        C15.FR.04, C15.FR.06, C15.FR.07)."""
        _, evse = self._spoken_of(event)
        payer = None if evse is None else self._transacting.sessions[evse].payer
        if evse is None or payer is None:
            return
        if not payer.stranger:
            log.info("event=token_unclear transaction=%s action=charges_on reason=accepted_before", event.transaction_id)
            return
        log.warning("event=token_withdrawn transaction=%s status=unclear reason=never_accepted", event.transaction_id)
        self._withdraw(evse)

    def _spoken_of(self, event: TransactionEvent) -> tuple[IdToken | None, int | None]:
        """The token of which an answer to this speaks, and the EVSE where whoever has begun with it may still charge."""
        evse = self._transacting.named(event.transaction_id)
        payer = None if evse is None else self._transacting.sessions[evse].payer
        token = event.id_token or event.path.token or (payer.token if payer else None)
        begun = payer is not None and event.kind is not EventKind.ENDED and payer.token.same_as(token)
        return token, evse if begun else None

    def _withdraw(self, evse: int) -> None:
        if self._model.read(STOP_TX_ON_INVALID_ID) or self._transacting.sessions[evse].transaction is None:
            self._transacting.stop(evse, Stop(StopReason.DE_AUTHORIZED, TriggerReason.DEAUTHORIZED))
        else:
            self._transacting.withdraw(evse)

    def tick(self, now_s: float) -> None:
        """Tokens whose car did not come in EVConnectionTimeOut (C01.FR.26; 1.6 ConnectionTimeOut) are let go, and what they began ends."""
        for evse, session in self._transacting.sessions.items():
            sheet = self._transacting.sheets[evse]
            if not session.awaits_car:
                continue
            if sheet.waits_since_s is None:
                sheet.waits_since_s = now_s
            elif now_s - sheet.waits_since_s >= self._model.read(EV_CONNECTION_TIMEOUT):
                log.info("event=car_did_not_come evse=%d waited_s=%d", evse, now_s - sheet.waits_since_s)
                self._transacting.abandon(evse)
        if not self._model.read(AUTH_ENABLED):
            self._let_in()

    def _let_in(self) -> None:
        """Cars that have waited for a card since before nobody needs one any more."""
        for evse, session in self._transacting.sessions.items():
            if session.waits_for_token and not session.finishing and self._places.choose((evse,), NOBODY) == evse:
                self._transacting.authorize(evse, Authorization(NOBODY, Origin.FREE))
