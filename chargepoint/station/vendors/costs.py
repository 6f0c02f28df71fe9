"""Price and cost at each EVSE: what the CSMS tells is put on the bill of whoever charges there, and shown (pricing note, chapter 3).

SetUserPrice ──▶ by token ──┐
RunningCost ───▶ by transaction ──▶ Bill ──▶ display, store
FinalCost ─────▶     "      ──┘      │
                                     ├──▶ meter values at the moments that the CSMS asks for
                                     └──▶ ConnectorUnplugged, through the outbox, where idling costs after the stop
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from chargepoint.domain import display
from chargepoint.domain.bill import Bill, answered, charged, follow, phase, reckoned, reckoned_until, settled
from chargepoint.domain.commands import Outcome
from chargepoint.domain.default_price import default_price
from chargepoint.domain.device_model import DeviceModel, VariableKey
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import ConnectorUnplugged
from chargepoint.domain.pricing import DefaultPrice, FinalCost, RunningCost, from_default
from chargepoint.domain.variables.cost import (
    COST_DECIMALS,
    COST_ENABLED,
    COST_FALLBACK,
    CURRENCY,
    DEFAULT_PRICE,
    IDLE_FEE_AFTER_STOP,
    LANGUAGE_OF_DISPLAY,
    SHOWS_COST,
    SUPPORTED_LANGUAGES,
    TARIFF_ENABLED,
    TARIFF_FALLBACK,
    TIME_OFFSET,
)
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.transacting import Transacting
from chargepoint.station.vendors import costmsg
from chargepoint.station.vendors.asked_values import AskedValues
from chargepoint.station.vendors.payloads import BadData, decoded
from chargepoint.station.vendors.registry import ACCEPTED, Handler, Vendor, rejected
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

PRICES = 100
"""Own prices of drivers of whom it is not known yet where they charge; the oldest go first."""
NAMING_S = 2.0
"""A RunningCost follows the answer to StartTransaction at once: so long the id that it brings may take to be written down."""
LOOK_AGAIN_S = 0.1
LAST_LOOK = timedelta(seconds=5)
"""After the car has left: long enough to see that its connector is available again."""


class Costs:
    """The bills of all EVSEs. ``online``: could the CSMS be asked now?"""

    def __init__(
        self,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        transacting: Transacting,
        values: AskedValues,
        online: Callable[[], bool],
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._values = values
        self._online = online
        self._prices: dict[str, dict[str, str]] = {}
        self._bills = {evse: store.bills.load(evse) for evse in transacting.sessions}
        self._kept = {evse for evse, bill in self._bills.items() if bill.transaction_id is not None or bill.told}

    def vendor(self) -> Vendor:
        """The room as the registry knows it."""
        messages: dict[str, Handler] = {
            "SetUserPrice": self._set_user_price,
            "RunningCost": self._running_cost,
            "FinalCost": self._final_cost,
        }
        return Vendor(costmsg.VENDOR, messages, lambda: self._model.read(SHOWS_COST))

    # What the CSMS says

    def _set_user_price(self, data: Any) -> Outcome:
        told = decoded(data, costmsg.SetUserPrice)
        token = IdToken(told.id_token).key
        if not token:
            raise BadData("idToken: empty; expected the token of the driver whose price it is")
        texts = costmsg.texts(told.price_text, told.price_text_extra, self._language, self._languages)
        self.follow()
        mine = [bill for bill in self._bills.values() if bill.token == token and bill.ended is None]
        for bill in mine:
            self._save(replace(bill, texts=texts))
        if not mine:
            self._prices.pop(token, None)
            self._prices = dict([*self._prices.items(), (token, texts)][-PRICES:])
        log.info("event=user_price evses=%s languages=%s", [bill.evse for bill in mine], ",".join(texts))
        return ACCEPTED

    async def _running_cost(self, data: Any) -> Outcome:
        told = decoded(data, costmsg.Running)
        cost = costmsg.running_cost(told)
        name = costmsg.name(told)
        bill = await self._bill_of(name, over=False)
        if bill is None or (bill.final is not None and bill.ended is not None):
            return rejected(f"transactionId {name}: not running here; expected that of a transaction that is")
        self._save(charged(bill, cost))
        log.info("event=running_cost transaction=%s state=%s cost=%s", bill.transaction_id, cost.state, cost.cost)
        return ACCEPTED

    async def _final_cost(self, data: Any) -> Outcome:
        told = decoded(data, costmsg.Final)
        cost = costmsg.final_cost(told, self._language, self._languages)
        name = costmsg.name(told)
        bill = await self._bill_of(name, over=True)
        if bill is not None:
            self._save(settled(bill, cost, self._clock.now()))
        elif not self._store.transactions.known(name):
            return rejected(f"transactionId {name}: unknown; expected that of a transaction of this station")
        with self._store.commit():
            self._store.transactions.costs(name, str(cost.cost))
        log.info("event=final_cost transaction=%s cost=%s shown=%s", name, cost.cost, bill is not None)
        return ACCEPTED

    async def _bill_of(self, name: str, *, over: bool) -> Bill | None:
        """The bill of a transaction, by the CSMS's id or ours. Its id may be on its way to the store.

        ``over``: whose end is meant, or rather one that runs, where the CSMS has used an id twice.
        """
        waited_s = 0.0
        while (bill := self._named(name, over)) is None and waited_s < NAMING_S and self._nameless():
            await pause(LOOK_AGAIN_S)
            waited_s += LOOK_AGAIN_S
        return bill

    def _named(self, name: str, over: bool) -> Bill | None:
        self.follow()
        found = [bill for bill in self._bills.values() if bill.transaction_id is not None and name in self._names(bill)]
        return min(found, key=lambda bill: (bill.ended is not None) is not over, default=None)

    def _names(self, bill: Bill) -> tuple[str | None, ...]:
        assert bill.transaction_id is not None
        return bill.transaction_id, bill.told_as or bill.transaction_id, self._store.transactions.csms_id(bill.transaction_id)

    def _nameless(self) -> bool:
        return any(bill.transaction_id is not None and None in self._names(bill) for bill in self._bills.values())

    # What 2.x says in messages of its own

    def charge(self, name: str, cost: Decimal) -> bool:
        """So much it costs by now. False: no such transaction goes on, or its car has not come."""
        bill = self._going_on(name)
        if bill is None or bill.transaction_id is None:
            return False
        meter_wh = self._register(bill.evse)
        told = RunningCost(at=self._clock.now(), meter_wh=bill.start_wh if meter_wh is None else meter_wh, cost=cost)
        self._save(charged(bill, told))
        return True

    def _going_on(self, name: str) -> Bill | None:
        """The bill of what 2.x calls this transaction: from the card on, and when nobody may charge any longer until its end is told."""
        self.follow()
        evse = self._transacting.named(name)
        bill = None if evse is None else self._bills[evse]
        mine = bill is not None and bill.token is not None and (bill.told_as or bill.transaction_id or name) == name
        return bill if mine else None

    def settle(self, name: str, cost: Decimal) -> None:
        """So much it has cost."""
        bill = self._named(name, over=True)
        if bill is not None:
            self._save(settled(bill, FinalCost(cost=cost), self._clock.now()))
        with self._store.commit():
            self._store.transactions.costs(name if bill is None or bill.transaction_id is None else bill.transaction_id, str(cost))

    def price(self, name: str, text: str, language: str) -> bool:
        """So he is told what he pays from now on. False: no such transaction goes on, or nobody has said who pays."""
        bill = self._going_on(name)
        if bill is None:
            return False
        self._save(replace(bill, texts={language or self._language: text}))
        return True

    def forget(self, token: str) -> None:
        """Whoever has this key: of stays that are over nothing says any more whose they were."""
        self._prices.pop(token, None)
        for bill in [bill for bill in self._bills.values() if bill.token == token and bill.left is not None]:
            self._save(replace(bill, token=None))

    # What happens at the EVSEs

    def follow(self) -> None:
        """Something may have changed."""
        now = self._clock.now()
        waiting = {bill.token: bill.texts for bill in self._bills.values() if bill.token and bill.texts and bill.transaction_id is None}
        for evse, session in self._transacting.sessions.items():
            before = self._bills[evse]
            bill = follow(before, session, now, self._prices | waiting)  # a token that waited goes where its car has come
            if bill.token is not None and bill.texts:
                self._prices.pop(bill.token, None)
            if bill != before:
                self._leave(before, bill, now)

    def _leave(self, before: Bill, bill: Bill, now: datetime) -> None:
        """Save the bill as it has become, and say so if the stay on it has ended."""
        over = before.transaction_id is not None and before.left is None
        with self._store.commit():
            self._save(bill)
            if over and (bill.left is not None or bill.transaction_id != before.transaction_id) and self._idle_fee:
                assert before.transaction_id is not None
                self._store.outbox.put(str(uuid.uuid4()), ConnectorUnplugged(before.transaction_id, bill.left or now))

    def tick(self) -> None:
        """Once a second: new prices begin, meter values are asked for."""
        if not self._model.read(SHOWS_COST):
            return
        self.follow()
        for evse, bill in self._bills.items():
            now = self._clock.now()
            now_is = reckoned(bill, self._register(evse), now)
            if now_is.running is not None and (now_is.left is None or now - now_is.left < LAST_LOOK):
                now_is = answered(now_is, self._values.look(now_is, now_is.running.triggers))
            if now_is != bill:
                self._save(now_is)

    # What the driver reads

    def display(self, evse: int) -> display.Display | None:
        """What is shown at an EVSE; nothing at a station without such a display."""
        if not self._model.read(SHOWS_COST):
            return None
        self.follow()
        bill, session, now = self._bills[evse], self._transacting.sessions[evse], self._clock.now()
        default, where, meter_wh = self._default(), phase(bill, session, now), self._register(evse)
        shows_bill = where is not display.Phase.BEFORE
        return display.project(
            display.Situation(
                phase=where,
                now=now,
                online=self._online(),
                language=self._language,
                utc_offset=self._model.read(TIME_OFFSET),
                decimals=self._model.read(COST_DECIMALS),
                default=default,
                texts=bill.texts if shows_bill else {},
                running=self._running(bill, default) if shows_bill else None,
                idle_since=bill.idle_since,
                final=bill.final,
                meter_wh=meter_wh,
                energy_wh=None if meter_wh is None else max(0, meter_wh - bill.start_wh),
                until=reckoned_until(bill, self._idle_fee),
                currency=self._model.read(CURRENCY),
                tariff_fallback=self._model.read(TARIFF_FALLBACK),
                cost_fallback=self._model.read(COST_FALLBACK),
                shows_tariff=self._model.read(TARIFF_ENABLED),
                shows_cost=self._model.read(COST_ENABLED),
            )
        )

    def _running(self, bill: Bill, default: DefaultPrice) -> RunningCost | None:
        """Who started while nobody could be asked is charged the default price until the CSMS says what he pays."""
        if bill.running is None and bill.started is not None and not bill.texts and default.charging is not None and not self._online():
            return from_default(default.charging, bill.started, bill.start_wh)
        return bill.running

    def _default(self) -> DefaultPrice:
        rows = {tag: self._model.entry(VariableKey(component="", variable=f"DefaultPriceText,{tag}")) for tag in self._languages}
        texts = {tag: self._model.value(entry) for tag, entry in rows.items() if entry is not None}
        return default_price(self._model.read(DEFAULT_PRICE), self._language, texts)

    @property
    def _language(self) -> str:
        return self._model.read(LANGUAGE_OF_DISPLAY)

    @property
    def _languages(self) -> tuple[str, ...]:
        return self._model.read(SUPPORTED_LANGUAGES)

    @property
    def _idle_fee(self) -> bool:
        return self._model.read(IDLE_FEE_AFTER_STOP) and self._model.read(SHOWS_COST)

    def _register(self, evse: int) -> int | None:
        reading = self._transacting.sheets[evse].reading
        return None if reading is None else reading.energy_wh

    def _save(self, bill: Bill) -> None:
        """On disk only what the CSMS has told: a station whose CSMS speaks of no prices writes nothing here."""
        self._bills[bill.evse] = bill
        if bill.told or (self._idle_fee and bill.transaction_id is not None):
            self._kept.add(bill.evse)
            with self._store.commit():
                self._store.bills.save(bill)
        elif bill.evse in self._kept:
            self._kept.discard(bill.evse)
            with self._store.commit():
                self._store.bills.forget(bill.evse)
