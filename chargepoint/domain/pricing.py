"""What charging costs, as the CSMS reckons it: the running cost of a transaction, its prices now and next, and its final cost.

The CSMS tells the cost up to a meter value; until it tells the next one, the station adds what has come since at the unit prices that came
with it. The words are those of the application note "OCPP & California Pricing Requirements", chapter 3.

Sure: while ``Charging`` the charging prices count and while ``Idle`` the idle ones; the grace period counts from the message in which
``Charging`` became ``Idle``. Doubtful: whether a flat fee is in the cost already. Here it is, since the cost is called total; only where no
CSMS has told a cost yet does the station add it itself (``from_default``).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.price_triggers import PriceTriggers


class CostState(StrEnum):
    """Which prices count. The CSMS decides it: only it knows who paused the charging."""

    CHARGING = "Charging"
    IDLE = "Idle"


class ChargingPrice(Struct, frozen=True):
    """While energy is sold."""

    kwh: Decimal | None = None
    hour: Decimal | None = None
    flat: Decimal | None = None
    """Once for the session, or for this part of it."""


class IdlePrice(Struct, frozen=True):
    """While the place is taken without charging."""

    hour: Decimal | None = None
    grace_min: int = 0
    """So long it costs nothing."""


class Prices(Struct, frozen=True):
    """No idle price: idling costs nothing."""

    charging: ChargingPrice = ChargingPrice()
    idle: IdlePrice | None = None


class NextPrices(Struct, frozen=True):
    """What counts from a moment on."""

    at: datetime
    prices: Prices


class RunningCost(Struct, frozen=True, kw_only=True):
    """The cost of a transaction up to one meter value."""

    at: datetime
    meter_wh: int
    """The register at that time."""
    cost: Decimal
    state: CostState = CostState.CHARGING
    prices: Prices = Prices()
    following: NextPrices | None = None
    triggers: PriceTriggers = PriceTriggers()


class FinalCost(Struct, frozen=True, kw_only=True):
    """What the driver pays."""

    cost: Decimal
    texts: dict[str, str] = {}
    """By language."""
    qr_text: str | None = None
    """An address, to be shown as a QR code."""


class DefaultPrice(Struct, frozen=True, kw_only=True):
    """For whoever has no price of his own, and for those who start while the CSMS cannot be asked."""

    texts: Mapping[str, str] = {}
    offline_texts: Mapping[str, str] = {}
    charging: ChargingPrice | None = None
    """``None``: offline nothing is reckoned."""


HOUR_S = 3600
KWH_WH = 1000


def cost_at(told: RunningCost, idle_since: datetime | None, meter_wh: int, now: datetime) -> Decimal:
    """What it costs by now. ``idle_since``: the moment of the message that said ``Idle`` first."""
    prices = told.prices
    if told.state is CostState.CHARGING:
        energy_wh = max(0, meter_wh - told.meter_wh)
        sold = (prices.charging.kwh or Decimal(0)) * energy_wh / KWH_WH
        return told.cost + sold + (prices.charging.hour or Decimal(0)) * _seconds(told.at, now) / HOUR_S
    if prices.idle is None or prices.idle.hour is None:
        return told.cost
    free_until = (idle_since or told.at) + timedelta(minutes=prices.idle.grace_min)
    return told.cost + prices.idle.hour * _seconds(max(told.at, free_until), now) / HOUR_S


def rolled(told: RunningCost, idle_since: datetime | None, meter_wh: int, now: datetime) -> RunningCost:
    """The same, reckoned up to the change of prices if that has come: the new ones count from there."""
    following = told.following
    if following is None or now < following.at:
        return told
    at = max(told.at, following.at)
    cost = cost_at(told, idle_since, meter_wh, at)
    return replace(told, at=at, meter_wh=max(told.meter_wh, meter_wh), cost=cost, prices=following.prices, following=None)


def idle_since(before: RunningCost | None, since: datetime | None, told: RunningCost) -> datetime | None:
    """Since when it idles, once ``told`` has come; ``None`` while it charges."""
    if told.state is not CostState.IDLE:
        return None
    return since if before is not None and before.state is CostState.IDLE and since is not None else told.at


def from_default(price: ChargingPrice, started: datetime, start_wh: int) -> RunningCost:
    """A transaction that began while nobody could be asked. Idling costs nothing then."""
    return RunningCost(at=started, meter_wh=start_wh, cost=price.flat or Decimal(0), prices=Prices(price))


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, (now - since) // timedelta(seconds=1))
