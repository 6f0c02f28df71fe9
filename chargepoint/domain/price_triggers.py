"""Meter values beyond the regular ones, which a CSMS asks for so that it can reckon the cost at the right moment.

    at a time                  once, also when the moment passed unseen
    at an energy consumed      once
    at a power                 each time that it is crossed, up or down, with 5 % of hysteresis as the note recommends
    at a connector status      each time that it is entered

Sure: the four conditions, and that a power is crossed both ways. Doubtful: "consumed" energy; it is taken as that of the transaction, since
the note's example asks for 50 kWh beside a register of 1,234 kWh, while EVerest compares with the register.
The first look at a power only finds out on which side it is: answering that with a meter value would never end, since the CSMS
answers each meter value with a new running cost and the same conditions (see also ``bill.charged``).
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

HYSTERESIS_PERCENT = 5


class PriceTriggers(Struct, frozen=True, kw_only=True):
    """What is asked for."""

    at_time: datetime | None = None
    at_consumed_wh: int | None = None
    """Of the transaction."""
    at_power_w: int | None = None
    at_status: tuple[str, ...] = ()
    """In the words of the OCPP version that is spoken."""


class Watched(Struct, frozen=True, kw_only=True):
    """What the conditions are about, at one moment."""

    now: datetime
    consumed_wh: int | None = None
    power_w: int | None = None
    status: str = ""
    above: bool | None = None
    """On which side of the asked power it was found last; ``None``: not yet seen."""


class Fired(Struct, frozen=True):
    """``causes`` is empty where nothing was met."""

    causes: tuple[str, ...]
    left: PriceTriggers
    """What still waits."""
    above: bool | None


def look(asked: PriceTriggers, before: Watched | None, now: Watched) -> Fired:
    """Which of the conditions are met now. ``before``: the look before this one."""
    causes = []
    left = asked
    if asked.at_time is not None and now.now >= asked.at_time:
        causes.append("time")
        left = replace(left, at_time=None)
    if asked.at_consumed_wh is not None and now.consumed_wh is not None and now.consumed_wh >= asked.at_consumed_wh:
        causes.append("energy")
        left = replace(left, at_consumed_wh=None)
    above = _side(asked.at_power_w, now)
    if now.above is not None and above is not None and above is not now.above:
        causes.append("power")
    if now.status in asked.at_status and before is not None and before.status != now.status:
        causes.append("status")
    return Fired(tuple(causes), left, above)


def _side(asked_w: int | None, now: Watched) -> bool | None:
    """Above or below; within the hysteresis where it was."""
    if asked_w is None or now.power_w is None:
        return None if asked_w is None else now.above
    if now.above is None:
        return now.power_w >= asked_w
    margin = asked_w * HYSTERESIS_PERCENT
    if now.power_w > asked_w and 100 * (now.power_w - asked_w) >= margin:
        return True
    if now.power_w < asked_w and 100 * (asked_w - now.power_w) >= margin:
        return False
    return now.above
