"""What a row of the fault table says."""

from typing import Literal

from msgspec import Struct

from hal.measured import FaultKind

Action = Literal["open", "pause", "limit", "warn"]
"""``open``: contactor open at once. ``pause``: the offer is withdrawn, the EV has its 6 s (Table A.6, sequences 9 and 10), then open.
``limit``: the offer is lowered. ``warn``: told, nothing else."""

Clearing = Literal["gone", "unplugged", "service"]

StopReason = Literal["EmergencyStop", "GroundFault", "OvercurrentFault", "PowerQuality", "Other"]
"""Out of ReasonEnumType of OCPP 2.x."""


class Retry(Struct, frozen=True):
    """How often, and after what pause, a fault is tried again while the same car is there."""

    pause_s: float
    times: int


class FaultRow(Struct, frozen=True, kw_only=True):
    """One fault: how it is detected and handled, and how it is told."""

    name: str
    code: str
    """Its number in the error catalogue, for ever: ``CP-301`` (``chargepoint.domain.catalogue``)."""
    title: str
    """What it is, in a few words for technicians."""
    kind: FaultKind
    """Word for word the ChargePointErrorCode of OCPP 1.6 (section 7.6)."""
    cause: str
    """When it is a fault, in words and with its threshold."""
    seen_after_s: float = 0.0
    """Detection time: its cause has to last this long."""
    action: Action = "open"
    pilot_f: bool = False
    """An EV that was charging is shown state F for 0.3 s, then X1 (IEC 61851-1 Table A.5): the station's own fault, not the EV's."""
    clears: Clearing = "gone"
    hold_s: float = 1.0
    """How long the cause must be gone, so that a chattering cause is one fault."""
    retry: Retry | None = None
    component: str
    """OCPP 2.x device model: component and variable that tell of it. The variable is a boolean."""
    variable: str = "Problem"
    mrec: str | None = None
    """Minimum required error code (ChargeX), sent as vendorErrorCode in 1.6."""
    stop_reason: StopReason = "Other"
    """OCPP 2.x: why a transaction ends that it does not let go on."""
    driver: str
    """A sentence for the driver: what is so, what to do."""
    technician: tuple[str, ...]
    """Steps for the technician, in order."""
    source: str = ""
    """Clause or practice that its figures come from."""
    since: str = "0.1"
    """The release that had it first."""
