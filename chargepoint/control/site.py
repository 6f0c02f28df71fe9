"""The site fuse: sharing one current among the EVSEs so that the sum never exceeds it, whatever the EVs do.

An EV has 5 s to follow a lower duty cycle. So an EVSE has *committed* the highest current that it granted during the last 5 s, and while
its contactor is closed without an offer, what it granted before. Lowering frees current only 5 s later; whatever is raised is taken from
what is free:

    fuse 40 A      t=0 s     EVSE 2 comes     +5 s
    EVSE 1          32            20           20      granted
                    32            32           20      committed
    EVSE 2           0             8           20      granted, committed

A higher priority comes first, whoever else has to wait for that (OCPP 2.0.1 K03.FR.04). All functions are pure and see all EVSEs at once.
"""

from collections.abc import Sequence

from msgspec import Struct

from chargepoint.domain.limits import MINIMUM_OFFER_MA

FOLLOW_S = 5.1
"""An EV follows a duty cycle within 5 s (IEC 61851-1 Table A.6, sequence 6). Nor is the duty cycle changed sooner, except to stop. The rest
is for the scans that may lie between a grant and its PWM."""


class Share(Struct, frozen=True):
    """What the site has given to one EVSE."""

    granted_ma: int = 0
    changed_s: float = float("-inf")
    before_ma: int = 0
    """What was committed when the grant was last changed."""


class Claim(Struct, frozen=True):
    """What one EVSE asks of the site."""

    want_ma: int
    """0, or at least ``minimum_ma``."""
    share: Share
    closed: bool
    """Its contactor is, or may be, closed."""
    rank: int
    """Who came first is lower."""
    minimum_ma: int = MINIMUM_OFFER_MA
    """Less is worth nothing to this one."""
    priority: int = 0
    """Higher is served before lower."""


def committed_ma(share: Share, closed: bool, now: float) -> int:
    """The current that has to be reckoned with."""
    if share.granted_ma == 0:
        return share.before_ma if closed else 0
    return max(share.granted_ma, share.before_ma if now - share.changed_s < FOLLOW_S else 0)


def fair_ma(claims: Sequence[Claim], fuse_ma: int, now: float) -> list[int]:
    """What each would have if all EVs had followed: the minimum for those who charge, then for newcomers, then one level for all, up to
    their wants; and so from the highest priority down, each with what those above it leave."""
    fair = [0] * len(claims)
    if not any(claim.want_ma for claim in claims):
        return fair
    pool = fuse_ma - sum(committed_ma(claim.share, claim.closed, now) for claim in claims if claim.want_ma == 0)
    for priority in sorted({claim.priority for claim in claims}, reverse=True):
        admitted = _admitted(claims, priority, pool)
        level_ma = _level_ma([claims[i] for i in admitted], pool)
        for i in admitted:
            fair[i] = _at_level(claims[i], level_ma)
            pool -= fair[i]
    return fair


def _admitted(claims: Sequence[Claim], priority: int, pool: int) -> list[int]:
    """Those of a priority whose minimum there is room for, in turn."""
    admitted = []
    for i in in_turn(claims):
        if claims[i].priority == priority and claims[i].want_ma > 0 and claims[i].minimum_ma <= pool:
            admitted.append(i)
            pool -= claims[i].minimum_ma
    return admitted


def in_turn(claims: Sequence[Claim]) -> list[int]:
    """The higher priority comes first, then who charges before who waits, then who came first."""
    return sorted(range(len(claims)), key=lambda i: (-claims[i].priority, claims[i].share.granted_ma == 0, claims[i].rank))


def _at_level(claim: Claim, level_ma: int) -> int:
    return min(claim.want_ma, max(claim.minimum_ma, level_ma))


def _level_ma(claims: Sequence[Claim], pool: int) -> int:
    """The highest level, in mA, at which all together stay within the pool."""
    low, high = 0, max((claim.want_ma for claim in claims), default=0)
    if sum(claim.want_ma for claim in claims) <= pool:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sum(_at_level(claim, middle) for claim in claims) <= pool else (low, middle)
    return low


def allot(claims: Sequence[Claim], fair: Sequence[int], fuse_ma: int, now: float) -> list[Share]:
    """The grants of this scan: stops at once, other changes every 5 s, increases only out of what is free."""
    shares = [_lowered(claim, target, now) for claim, target in zip(claims, fair, strict=True)]
    if not any(fair):
        return shares
    free = fuse_ma - sum(committed_ma(share, claim.closed, now) for share, claim in zip(shares, claims, strict=True))
    for i in in_turn(claims):
        if fair[i] > shares[i].granted_ma and _may_change(shares[i], now):
            before = committed_ma(shares[i], claims[i].closed, now)
            shares[i] = _changed(claims[i], shares[i], min(fair[i], before + max(0, free)), now)
            free -= committed_ma(shares[i], claims[i].closed, now) - before
    return shares


def _may_change(share: Share, now: float) -> bool:
    return now - share.changed_s >= FOLLOW_S


def _lowered(claim: Claim, target: int, now: float) -> Share:
    share = claim.share
    if share.before_ma and not claim.closed and share.granted_ma == 0:
        return Share(0, share.changed_s)  # nothing flows any more: what it once drew is no room for whatever closes next
    if target < share.granted_ma and (target == 0 or _may_change(share, now)):
        return _changed(claim, share, target, now)
    return share


def _changed(claim: Claim, share: Share, granted_ma: int, now: float) -> Share:
    """Less than the minimum is no grant."""
    granted_ma = granted_ma if granted_ma >= claim.minimum_ma else 0
    if granted_ma == share.granted_ma:
        return share
    return Share(granted_ma, now, committed_ma(share, claim.closed, now))
