"""Does the new version work? What worked before it has to work again, all at once, for a while, and soon.

Control changes over to a new version only when no car is at any EVSE: while one is, and it is only control that lags behind, the time that
is left stands still.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct, structs

from chargepoint.update.journal import Baseline
from chargepoint.update.ports import Health
from chargepoint.update.versions import is_same_release

WITHIN_S = 300.0
STEADY_S = 30.0


class Proof(Struct, frozen=True):
    """How the proof stands. Times are monotonic."""

    last_s: float
    """The newest sample's."""
    spent_s: float = 0.0
    """Of ``WITHIN_S``."""
    well_since_s: float | None = None
    verdict: Literal["open", "well", "ill"] = "open"
    complaint: str = ""
    """What is missing, for people."""


def judged(proof: Proof, health: Health, baseline: Baseline, version: str, now: float) -> Proof:
    """With one more sample. ``version``: that both have to say they are; empty: they may say what they like."""
    late = _lagging(health, baseline, version)
    wrong = next(_wrong(health, baseline, version), "")
    stands_still = late and not wrong and bool(health.busy)
    spent_s = proof.spent_s + (0.0 if stands_still else max(0.0, now - proof.last_s))
    complaint = wrong or (_late(health, version) if late else "")
    since_s = None if complaint else proof.well_since_s if proof.well_since_s is not None else now
    judged = structs.replace(proof, last_s=now, spent_s=spent_s, well_since_s=since_s, complaint=complaint)
    if since_s is not None and now - since_s >= STEADY_S:
        return structs.replace(judged, verdict="well")
    return structs.replace(judged, verdict="ill") if over(judged) else judged


def over(proof: Proof) -> bool:
    """Is all its time spent?"""
    return proof.spent_s >= WITHIN_S


def _wrong(health: Health, baseline: Baseline, version: str) -> Iterator[str]:
    if baseline.station and not health.station:
        yield "the station does not answer"
    if health.station and version and not is_same_release(health.station, version):
        yield f"the station that answers is version {health.station}, expected {version}"
    if baseline.control and not health.control:
        yield "the station does not hear control"
    if baseline.connected and health.connected is False:
        yield "the CSMS was connected before, and is not any more"
    new = sorted(set(health.faults) - set(baseline.faults))
    if new:
        yield f"there are faults that were not there before: {', '.join(new)}"


def _lagging(health: Health, baseline: Baseline, version: str) -> bool:
    return bool(baseline.control and version and health.control and not is_same_release(health.control, version))


def _late(health: Health, version: str) -> str:
    return f"control that is heard is version {health.control}, expected {version}"
