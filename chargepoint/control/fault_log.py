"""Faults in the log: one line when one is raised, one when it is cleared, each with its number in the error catalogue."""

import logging

from chargepoint.domain.faults import Fault

log = logging.getLogger(__name__)


def note(evse: int, before: tuple[Fault, ...], now: tuple[Fault, ...]) -> None:
    """What of the faults of an EVSE is new, and what is over."""
    known, left = {_key(fault) for fault in before}, {_key(fault) for fault in now}
    for fault in now:
        if _key(fault) not in known:
            log.warning(
                "event=fault evse=%d code=%s fault=%s state=raised latched=%s seen=%r",
                evse,
                fault.row.code,
                fault.name,
                fault.latched,
                fault.info,
            )
    for fault in before:
        if _key(fault) not in left:
            log.info("event=fault evse=%d code=%s fault=%s state=cleared", evse, fault.row.code, fault.name)


def _key(fault: Fault) -> tuple[str, bool]:
    return fault.name, fault.by_board
