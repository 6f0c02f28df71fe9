"""What the driver at one EVSE reads now: a projection of facts, nothing is kept here.

    before       nobody has said who pays: the default price
    authorized   somebody has: his price if the CSMS told it, else the default price
    during       the same, and what it costs by now
    after        the final cost once the CSMS told it, until then what was reckoned last; while the car is there and some minutes longer

Sure: texts by language, the unit prices and the cost between two words of the CSMS are to be shown (pricing note §3.1, §3.2). Doubtful:
NumberOfDecimalsForCostValues, which EVerest has as a read-only key; here it says how a cost is rounded for the eye, nothing else.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from chargepoint.domain.local_time import local
from chargepoint.domain.money import plain, shown
from chargepoint.domain.pricing import ChargingPrice, CostState, DefaultPrice, FinalCost, Prices, RunningCost, cost_at, rolled


class Phase(StrEnum):
    """Where the driver is."""

    BEFORE = "before"
    AUTHORIZED = "authorized"
    DURING = "during"
    AFTER = "after"


class Situation(Struct, frozen=True, kw_only=True):
    """All that the display is made of."""

    phase: Phase
    now: datetime
    online: bool
    """Could the CSMS be asked?"""
    language: str
    """The display's own, for who chose none."""
    utc_offset: str
    decimals: int
    default: DefaultPrice
    texts: Mapping[str, str] = {}
    """The driver's own price, by language."""
    running: RunningCost | None = None
    idle_since: datetime | None = None
    final: FinalCost | None = None
    meter_wh: int | None = None
    energy_wh: int | None = None
    """Of the transaction."""
    until: datetime | None = None
    """Nothing is reckoned beyond it: the transaction is over, or the car has left."""
    currency: str = ""
    tariff_fallback: str = ""
    """For who has no price of his own, where there is no default price either (OCPP 2.0.1 I04)."""
    cost_fallback: str = ""
    """For whose total cost the CSMS could not tell, since it was not reached (I05)."""
    shows_tariff: bool = True
    shows_cost: bool = True


class Display(Struct, frozen=True, kw_only=True):
    """Amounts and prices are decimal text; times are local, with their offset."""

    phase: Phase
    language: str
    text: str | None
    """In that language, or in any that there is; or else the note."""
    texts: Mapping[str, str]
    cost: str | None = None
    cost_is: str | None = None
    """``reckoned`` by the station since the last word of the CSMS, or ``final``."""
    state: CostState | None = None
    prices: Mapping[str, str] = {}
    next_prices: Mapping[str, str] = {}
    energy_wh: int | None = None
    qr_text: str | None = None
    local_time: str
    currency: str = ""
    """Of cost and prices, as the CSMS has set it."""
    note: str = ""
    """Instead of the cost that the CSMS could not tell."""


def project(now: Situation) -> Display:
    """What is shown (I05.FR.02: the total cost is not known, since nobody could be asked)."""
    after = now.phase is Phase.AFTER
    final = now.final if after else None
    texts = final.texts if final is not None and final.texts else _texts(now)
    note = now.cost_fallback if after and now.final is None and not now.online else ""
    running = _running(now)
    cost, cost_is = _cost(now, running, final)
    return Display(
        phase=now.phase,
        language=now.language,
        text=note or texts.get(now.language) or next(iter(texts.values()), None),
        texts=texts,
        cost=None if cost is None else shown(cost, now.decimals),
        cost_is=cost_is,
        state=running.state if running is not None and final is None else None,
        prices={} if running is None or final is not None else _prices(running.prices),
        next_prices={} if running is None or final is not None else _next(running, now.utc_offset),
        energy_wh=now.energy_wh if now.phase in (Phase.DURING, Phase.AFTER) else None,
        qr_text=None if final is None else final.qr_text,
        local_time=local(now.now, now.utc_offset),
        currency=now.currency,
        note=note,
    )


def _texts(now: Situation) -> Mapping[str, str]:
    """The driver's own price in front of the default one, language by language: an own text in one language beats all defaults
    (I01.FR.03, I04.FR.01, I06.FR.03)."""
    if not now.shows_tariff:
        return {}
    if now.texts and now.phase is not Phase.BEFORE:
        return now.texts
    default = now.default.texts if now.online else now.default.offline_texts
    return default or ({now.language: now.tariff_fallback} if now.tariff_fallback else {})


def _running(now: Situation) -> RunningCost | None:
    if now.running is None or now.meter_wh is None or now.phase not in (Phase.DURING, Phase.AFTER):
        return now.running
    return rolled(now.running, now.idle_since, now.meter_wh, _reckoned_to(now))


def _reckoned_to(now: Situation) -> datetime:
    return now.now if now.until is None else min(now.now, now.until)


def _cost(now: Situation, running: RunningCost | None, final: FinalCost | None) -> tuple[Decimal | None, str | None]:
    """I02.FR.03, I02.FR.04, I03.FR.03."""
    if not now.shows_cost:
        return None, None
    if final is not None:
        return final.cost, "final"
    if running is None or now.phase not in (Phase.DURING, Phase.AFTER):
        return None, None
    meter_wh = running.meter_wh if now.meter_wh is None else now.meter_wh
    return cost_at(running, now.idle_since, meter_wh, _reckoned_to(now)), "reckoned"


def _prices(prices: Prices) -> dict[str, str]:
    named = _charging(prices.charging)
    if prices.idle is not None and prices.idle.hour is not None:
        named |= {"idle_hour": plain(prices.idle.hour), "idle_grace_min": str(prices.idle.grace_min)}
    return named


def _charging(price: ChargingPrice) -> dict[str, str]:
    named = (("kwh", price.kwh), ("hour", price.hour), ("flat", price.flat))
    return {name: plain(value) for name, value in named if value is not None}


def _next(running: RunningCost, utc_offset: str) -> dict[str, str]:
    following = running.following
    return {} if following is None else {"at": local(following.at, utc_offset)} | _prices(following.prices)
