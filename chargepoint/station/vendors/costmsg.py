"""The messages of vendor ``org.openchargealliance.costmsg`` as they are written, and how they are understood.

Source: OCA application note "OCPP & California Pricing Requirements" v3, chapter 3 (known to us by a translation that carries its tables
and examples), compared with EVerest, MicroOcpp and CitrineOS.

    SetUserPrice        to us    idToken, priceText, priceTextExtra
    RunningCost         to us    transactionId, timestamp, meterValue (Wh), cost, state,
                                 chargingPrice, idlePrice, nextPeriod, triggerMeterValue
    FinalCost           to us    transactionId, cost, priceText, priceTextExtra, qrCodeText
    ConnectorUnplugged  from us  transactionId, timestamp; kept and resent like the messages of transactions (codec: ocpp/v16/data_transfer)

Sure: names, types and cardinality of these fields; priceTextExtra is a list of format, language, content; status Accepted or Rejected.
Tolerated: ``time`` for ``timestamp`` (the note's own sequence diagrams write it), numbers as text, a transactionId as text, a RunningCost
without chargingPrice (the note leaves it out once the transaction has stopped), times without a zone as UTC.
Doubtful: EVerest adds TimeOffset to ``atTime``; here a moment is a moment, and TimeOffset is for what people read, as the note says.
"""

from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import Struct

from chargepoint.domain.default_price import LONGEST_TEXT, PriceOf, charging_price
from chargepoint.domain.languages import known
from chargepoint.domain.local_time import moment
from chargepoint.domain.money import BadAmount, amount
from chargepoint.domain.price_triggers import PriceTriggers
from chargepoint.domain.pricing import CostState, FinalCost, IdlePrice, NextPrices, Prices, RunningCost
from chargepoint.station.vendors.payloads import BadData

VENDOR = "org.openchargealliance.costmsg"
READABLE = frozenset({"ASCII", "UTF8"})
"""HTML and addresses are no texts for a display."""
LONGEST_ADDRESS = 2048
LONGEST_NAME = 100
LONGEST_GRACE_MIN = 366 * 24 * 60
FIRST_YEAR, LAST_YEAR = 2000, 9000
"""Of moments that can be reckoned with."""


class Extra(Struct, frozen=True):
    """One more language."""

    content: str
    language: str | None = None
    format: str = "UTF8"


class SetUserPrice(Struct, frozen=True, rename="camel"):
    """What a driver is to pay; only to be shown."""

    id_token: str
    price_text: str
    price_text_extra: tuple[Extra, ...] = ()


class Idle(Struct, frozen=True, rename="camel"):
    """``idlePrice``"""

    grace_minutes: Decimal = Decimal(0)
    hour_price: Decimal | None = None


class NextPeriod(Struct, frozen=True, rename="camel"):
    """``nextPeriod``"""

    at_time: str
    charging_price: PriceOf = PriceOf()
    idle_price: Idle | None = None


class TriggerMeterValue(Struct, frozen=True):
    """``triggerMeterValue``"""

    at_time: str | None = msgspec.field(default=None, name="atTime")
    at_energy_kwh: Decimal | None = msgspec.field(default=None, name="atEnergykWh")
    at_power_kw: Decimal | None = msgspec.field(default=None, name="atPowerkW")
    at_status: tuple[str, ...] | str = msgspec.field(default=(), name="atCPStatus")


class Running(Struct, frozen=True, kw_only=True, rename="camel"):
    """RunningCost"""

    transaction_id: int | str
    timestamp: str | None = None
    time: str | None = None
    meter_value: Decimal
    cost: Decimal
    state: CostState
    charging_price: PriceOf = PriceOf()
    idle_price: Idle | None = None
    next_period: NextPeriod | None = None
    trigger_meter_value: TriggerMeterValue = TriggerMeterValue()


class Final(Struct, frozen=True, kw_only=True, rename="camel"):
    """FinalCost"""

    transaction_id: int | str
    cost: Decimal
    price_text: str = ""
    price_text_extra: tuple[Extra, ...] = ()
    qr_code_text: str | None = None


def name(told: Running | Final) -> str:
    """Of the transaction. Raises BadData."""
    try:
        return str(told.transaction_id)[:LONGEST_NAME]
    except ValueError as error:
        raise BadData("transactionId: a number of thousands of digits; expected one that was told") from error


def texts(main: str, extras: tuple[Extra, ...], language: str, supported: tuple[str, ...]) -> dict[str, str]:
    """By language: ``main`` in the display's own, the others where the display knows their language and can show their format."""
    found = {language: main[:LONGEST_TEXT]} if main else {}
    for extra in extras:
        tag = known(extra.language or language, supported)
        if tag is not None and extra.format.upper() in READABLE:
            found[tag] = extra.content[:LONGEST_TEXT]
    return found


def running_cost(told: Running) -> RunningCost:
    """As the domain has it. Raises BadData."""
    try:
        return RunningCost(
            at=_moment(told.timestamp or told.time, "timestamp"),
            meter_wh=_whole(told.meter_value, "meterValue"),
            cost=amount(told.cost, "cost"),
            state=told.state,
            prices=Prices(charging_price(told.charging_price), _idle(told.idle_price)),
            following=None if told.next_period is None else _next(told.next_period),
            triggers=_triggers(told.trigger_meter_value),
        )
    except BadAmount as error:
        raise BadData(str(error)) from error


def final_cost(told: Final, language: str, supported: tuple[str, ...]) -> FinalCost:
    """As the domain has it. Raises BadData."""
    address = told.qr_code_text
    try:
        return FinalCost(
            cost=amount(told.cost, "cost"),
            texts=texts(told.price_text, told.price_text_extra, language, supported),
            qr_text=address if address and len(address) <= LONGEST_ADDRESS else None,
        )
    except BadAmount as error:
        raise BadData(str(error)) from error


def _idle(told: Idle | None) -> IdlePrice | None:
    if told is None:
        return None
    return IdlePrice(
        None if told.hour_price is None else amount(told.hour_price, "idlePrice.hourPrice"),
        _whole(told.grace_minutes, "graceMinutes", most=LONGEST_GRACE_MIN),
    )


def _next(told: NextPeriod) -> NextPrices:
    return NextPrices(_moment(told.at_time, "nextPeriod.atTime"), Prices(charging_price(told.charging_price), _idle(told.idle_price)))


def _triggers(told: TriggerMeterValue) -> PriceTriggers:
    energy, power, status = told.at_energy_kwh, told.at_power_kw, told.at_status
    return PriceTriggers(
        at_time=None if told.at_time is None else _moment(told.at_time, "triggerMeterValue.atTime"),
        at_consumed_wh=None if energy is None else _whole(energy, "atEnergykWh", thousands=True),
        at_power_w=None if power is None else _whole(power, "atPowerkW", thousands=True),
        at_status=(status,) if isinstance(status, str) else status,
    )


def _moment(text: str | None, what: str) -> datetime:
    at = None if text is None else moment(text)
    if at is None or not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadData(f"{what}: {'missing' if text is None else text[:40]!s}; expected a date and time like 2026-03-01T12:00:00Z")
    return at


def _whole(value: Decimal, what: str, most: int = 10**12, thousands: bool = False) -> int:
    """``thousands``: it is told in kilo."""
    if not value.is_finite() or not 0 <= value <= most:
        raise BadData(f"{what}: {str(value)[:30]}; expected a number from 0 to {most:,}")
    return int(value * 1000 if thousands else value)
