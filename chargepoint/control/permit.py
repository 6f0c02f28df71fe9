"""The lease to charge: one permit per EVSE, for one plug-in, until a moment of the monotonic clock.

none     nobody allowed this car to charge
live     up to ``limit_ma``
expired  the station has not renewed it: up to ``then_ma``, the installer's failsafe current, until it renews, revokes, or the car leaves
"""

import logging

from msgspec import Struct

from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import Permit, PermitState, Revoke

log = logging.getLogger(__name__)

FAILSAFE = "failsafe"
SOURCE = 50
"""Longest name of a source that is taken over."""


class Lease(Struct, frozen=True):
    """A permit and the moment at which it runs out."""

    permit: Permit
    until_s: float


def accept(lease: Lease | None, plug_in: PlugInId | None, permit: Permit, now: float) -> Lease | None:
    """What a permit makes of the present lease. One for another plug-in than the present one changes nothing."""
    if permit.plug_in != plug_in:
        log.warning("event=permit_ignored evse=%d for=%s plugged=%s", permit.evse, permit.plug_in, plug_in)
        return lease
    return Lease(permit, now + permit.valid_for_s)


def end(lease: Lease | None, revoke: Revoke) -> Lease | None:
    """What a revocation makes of the present lease."""
    return None if lease is not None and lease.permit.plug_in == revoke.plug_in else lease


def standing(lease: Lease | None, now: float) -> PermitState:
    """Where the lease stands."""
    if lease is None:
        return "none"
    return "live" if now < lease.until_s else "expired"
