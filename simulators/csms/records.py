"""What the CSMS remembers and shows: stations, transactions, what was wrong, what came twice. Plain values; times that a station wrote stay
as it wrote them.
"""

from datetime import datetime

from msgspec import Struct, field

from simulators.csms.frames import Payload


class Violation(Struct, frozen=True, kw_only=True):
    """Something that the station should not have done."""

    rule: str
    """Which kind: see ``court``."""
    text: str
    """For people: what, which value, what was expected."""
    message: int
    """Number of the message."""
    at: datetime


class Duplicate(Struct, frozen=True, kw_only=True):
    """A message that came again and was not processed again."""

    message: int
    first: int
    """Number of the message that was processed."""
    action: str
    message_id: str
    transaction: str | None = None
    seq_no: int | None = None
    at: datetime


class SecurityEvent(Struct, frozen=True, kw_only=True):
    """A SecurityEventNotification."""

    type: str
    info: str | None = None
    at: str
    """As the station dated it."""
    message: int


class Notice(Struct, frozen=True, kw_only=True):
    """How an errand of the station stands: a status of firmware, diagnostics or log, or a certificate that it wants signed."""

    action: str
    status: str
    """Of SignCertificate: the request itself (PEM)."""
    request: int | None = None
    """requestId, where the message has one."""
    message: int


class Station(Struct, kw_only=True):
    """A station that has been here."""

    id: str
    version: str
    connected: bool = False
    registration: str = "none"
    """``none`` before the first answer to a BootNotification, then ``accepted``, ``pending`` or ``rejected``."""
    address: str = ""
    connected_at: datetime | None = None
    last_message_at: datetime | None = None
    connections: int = 0
    boot: Payload = field(default_factory=dict)
    """Its last BootNotification."""
    connectors: dict[str, str] = field(default_factory=dict)
    """Last status by connector ("1"; 2.x "evse.connector")."""
    authenticated_by: str = "nothing"
    """On its present connection: ``nothing``, ``password``, or ``certificate`` with the subject's common name."""
    security_events: list[SecurityEvent] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)


class Sample(Struct, frozen=True, kw_only=True):
    """One sampled value. ``value`` is ``None`` where it is no number."""

    measurand: str
    value: float | None
    unit: str
    phase: str | None = None
    context: str = "Sample.Periodic"
    location: str = "Outlet"


class MeterValue(Struct, frozen=True, kw_only=True):
    """What was measured at one time."""

    at: str
    message: int
    energy_wh: float | None
    """Energy.Active.Import.Register of all phases, if it is among the samples."""
    samples: tuple[Sample, ...]


class Event(Struct, frozen=True, kw_only=True):
    """One TransactionEvent of 2.x."""

    seq_no: int
    type: str
    trigger: str
    at: str
    message: int
    charging_state: str | None = None
    offline: bool = False


class Transaction(Struct, kw_only=True):
    """One transaction, as the station told it. ``id`` is the CSMS's number in 1.6, the station's text in 2.x."""

    id: str
    station: str
    version: str
    evse: int | None = None
    """2.x only."""
    connector: int | None = None
    token: str | None = None
    open: bool = True
    started_at: str
    stopped_at: str | None = None
    meter_start_wh: float | None = None
    meter_stop_wh: float | None = None
    reason: str | None = None
    meter_values: list[MeterValue] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
