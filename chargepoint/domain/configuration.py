"""The configuration of a station, as typed values. ``chargepoint.cli.configuration`` reads it from a file.

Entries are as the contract names them, the unit last; amperes become milliamperes where they are used. The types say what one entry may
be; what entries must be together is written in ``chargepoint.cli.rules``.
"""

from typing import Annotated, ClassVar, Literal, get_args

from msgspec import Meta, Struct, field
from msgspec.structs import fields

from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.indications import Preset

Ampere = Annotated[float, Meta(gt=0, le=1000)]
Offer = Annotated[float, Meta(ge=6, le=80)]
"""A current that the pilot can say."""
Phases = Literal[1, 3]
Text = Annotated[str, Meta(min_length=1)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Secret = Annotated[str, Meta(min_length=1, extra={"secret": True})]
"""Never shown: neither in errors nor in the ``repr`` of its table."""

Scalar = str | int | float | bool
Device = dict[str, Scalar | list[Scalar] | dict[str, Scalar]]
"""``{ driver = "...", ... }``: the driver, and whatever it wants to know. ``bench = true`` at a board is not for the driver: this board may
be used although nothing but software would keep people safe, for nobody can touch it."""

OcppVersion = Literal["1.6", "2.0.1", "2.1"]
ConnectorType = Literal[
    "cCCS1", "cCCS2", "cG105", "cTesla", "cType1", "cType2",
    "s309-1P-16A", "s309-1P-32A", "s309-3P-16A", "s309-3P-32A", "sBS1361", "sCEE-7-7", "sType2", "sType3",
    "Other1PhMax16A", "Other1PhOver16A", "Other3Ph", "Pan", "wInductive", "wResonant", "Undetermined", "Unknown",
]  # fmt: skip
"""OCPP 2.0.1 ConnectorEnumType: ``c`` with a cable of its own, ``s`` a socket."""


def _simulated() -> Device:
    return {"driver": "simulated"}


def is_secret(hint: object) -> bool:
    """Does this annotation say ``Secret``?"""
    return hint == Secret or Secret in get_args(hint)


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every table of the file."""

    rest: ClassVar[str | None] = None
    """The field that takes whatever else stands in the table; ``None``: nothing else may."""

    def __repr__(self) -> str:
        values = {each.name: "***" if is_secret(each.type) else getattr(self, each.name) for each in fields(self)}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in values.items())})"


class StationPart(Part, frozen=True, kw_only=True):
    """``[station]``"""

    id: Annotated[str, Meta(min_length=1, max_length=48)]
    vendor: Annotated[str, Meta(min_length=1, max_length=50)]
    model: Annotated[str, Meta(min_length=1, max_length=20)]
    serial: Annotated[str, Meta(max_length=25)] = ""
    firmware: Annotated[str, Meta(max_length=50)] = ""
    """The maker's own version of the whole station, told to the CSMS; empty: the release of this software, which follows its updates."""
    after_power_loss: Literal["resume", "end"] = "resume"


class SitePart(Part, frozen=True, kw_only=True):
    """``[site]``"""

    fuse_a: Ampere
    """Hard limit of the sum of all EVSEs, per phase."""
    phases: Phases = 3
    voltage_v: Annotated[float, Meta(ge=100, le=500)] = 230.0


class ConnectorPart(Part, frozen=True, kw_only=True):
    """One of ``connectors``"""

    id: Annotated[int, Meta(ge=1)]
    type: ConnectorType = "sType2"
    cable: Literal["socket", "fixed"] = "socket"
    """``fixed``: no lock, cannot be unlocked."""
    cable_current_a: Offer | None = None
    """What a fixed cable carries; ``None``: as much as the EVSE gives. In a socket the cable says so itself."""


class IndicatorPart(Part, frozen=True, kw_only=True):
    """``indicator = {...}`` of an EVSE: lamps, and perhaps a sounder"""

    rest: ClassVar[str | None] = "entries"

    driver: Text
    preset: Preset = "european"
    """Colours and rhythms (``chargepoint.domain.indications``)."""
    entries: Device = field(default_factory=dict)
    """Whatever else its driver wants to know."""


SIGNING_METERS = ("iskra-wm3m4",)
"""Drivers of meters that sign whatever the file says. One of somebody else's is taken to sign where there is a ``public_key``."""


class EvsePart(Part, frozen=True, kw_only=True):
    """One of ``[[evses]]``"""

    id: Annotated[int, Meta(ge=1)]
    max_current_a: Offer
    """Hard limit of this EVSE, per phase."""
    failsafe_current_a: Annotated[float, Meta(ge=0, le=80)] = 6.0
    """What a running session falls back to without the station; 0 pauses it."""
    phases: Phases = 3
    ventilation: bool = False
    """State D may be served."""
    wake_up: Literal["F", "E", "off"] = "F"
    """How a car that does not react to the first offer is woken, once; ``E`` needs a board that can switch its pilot off."""
    minimum_current_1p_a: Offer = 6.0
    """What has to be offered on one phase for cars to start well."""
    minimum_current_3p_a: Offer = 6.0
    simplified_pilot_max_a: Offer | None = None
    """Bound for a car that asks for current before any is offered, not by PWM (IEC 61851-1 A.2.3); ``None``: as any other."""
    phase_pause_s: Annotated[float, Meta(ge=10, le=600)] = 60.0
    """Between opening on one number of phases and offering on another."""
    phase_switches: Annotated[int, Meta(ge=0, le=100)] = 10
    """So often per plug-in."""
    contactor_life: Annotated[int, Meta(ge=1)] = 100_000
    """Closings after which the contactor is to be replaced."""
    board: Device = field(default_factory=_simulated)
    meter: Device = field(default_factory=_simulated)
    indicator: IndicatorPart | None = None
    """``None``: nothing to show with; in the simulation a simulated one."""
    connectors: Annotated[tuple[ConnectorPart, ...], Meta(min_length=1)]

    @property
    def public_key(self) -> str:
        """Of its meter, as it is printed there; empty: the meter tells it itself (``auto``), or has none."""
        return "" if self._key == "auto" else self._key

    @property
    def signs(self) -> bool:
        """Does its meter sign what it measured of a session? Its driver is known for it, or a key says so."""
        return bool(self._key) or self.meter.get("driver") in SIGNING_METERS

    @property
    def _key(self) -> str:
        return str(self.meter.get("public_key", ""))


class ReaderPart(Part, frozen=True, kw_only=True):
    """One of ``[[readers]]``"""

    rest: ClassVar[str | None] = "entries"

    driver: Text
    evses: tuple[int, ...] | None = None
    """``None``: all."""
    entries: Device = field(default_factory=dict)
    """Whatever else its driver wants to know."""


class DisplayPart(Part, frozen=True, kw_only=True):
    """One of ``[[displays]]``: lines of text"""

    rest: ClassVar[str | None] = "entries"

    driver: Text
    evses: tuple[int, ...] | None = None
    """Of which it tells; ``None``: of all."""
    entries: Device = field(default_factory=dict)
    """Whatever else its driver wants to know."""


class ReconnectPart(Part, frozen=True, kw_only=True):
    """``reconnect = {...}``: back-off of the uplink (OCPP 2.0.1 part 4 §5.3)"""

    min_s: Seconds = 1.0
    random_s: Seconds = 1.0


class VariablePart(Part, frozen=True, kw_only=True):
    """One of ``[[ocpp.variables]]``"""

    component: Text
    variable: Text
    value: str
    instance: str | None = None
    evse: int | None = None
    connector: int | None = None
    attribute: Literal["Actual"] = "Actual"


class OcppPart(Part, frozen=True, kw_only=True):
    """``[ocpp]``"""

    version: OcppVersion | Annotated[tuple[OcppVersion, ...], Meta(min_length=1)] = "1.6"
    csms_url: str | None = None
    """The identity is appended; the scheme follows the security profile. ``None``: no CSMS."""
    security_profile: Annotated[int, Meta(ge=0, le=3)] = 0
    basic_auth_password: Secret | None = None
    verify_server_name: bool = True
    assume_subprotocol: bool = False
    relative_station_profile: bool = True
    """2.0.1: is a relative profile for the whole station, of one period and without an end, taken as one from now on? Home Assistant
    sends its slider so. ``False``: by the letter, Rejected (K01.FR.38)."""
    reconnect: ReconnectPart = ReconnectPart()
    keys: dict[str, str] = field(default_factory=dict)
    variables: tuple[VariablePart, ...] = ()

    @property
    def versions(self) -> tuple[OcppVersion, ...]:
        """Offered to the CSMS in this order."""
        return (self.version,) if isinstance(self.version, str) else self.version


class AuthorizationPart(Part, frozen=True, kw_only=True):
    """``[authorization]``"""

    free: bool = False
    """Every plug-in starts a session with ``free_id_tag``."""
    free_id_tag: Annotated[str, Meta(min_length=1, max_length=20)] = "free"
    cards: tuple[Annotated[str, Meta(min_length=1, max_length=36)], ...] = ()
    """Tokens that may always charge, CSMS or not: the station's own list."""


class TrustPart(Part, frozen=True, kw_only=True):
    """``trust = {...}``: PEM bundles of roots"""

    csms: str | None = None
    manufacturer: str | None = None
    v2g: str | None = None
    mo: str | None = None


class IntermediatesPart(Part, frozen=True, kw_only=True):
    """``intermediates = {...}``: directories of intermediate certificates"""

    v2g: str | None = None


class IdentityPart(Part, frozen=True, kw_only=True):
    """``identity = {...}``: directories of ``*.pem`` with matching ``*.key``; the newest that is valid now is used"""

    csms: str | None = None
    v2g: str | None = None


class SecurityPart(Part, frozen=True, kw_only=True):
    """``[security]``"""

    trust: TrustPart = TrustPart()
    intermediates: IntermediatesPart = IntermediatesPart()
    identity: IdentityPart = IdentityPart()
    key_password: Secret | None = None
    system_trust: bool = False
    expiry_check_delay_s: Seconds = 60.0


class FirmwarePart(Part, frozen=True, kw_only=True):
    """``[firmware]``"""

    installer: Literal["dry-run", "command", "rauc", "deb"] = "dry-run"
    argv: tuple[str, ...] = ()
    dry_run_result: Literal["ok", "verification-failed", "installation-failed"] = "ok"
    accept_unsigned: bool | None = None
    """May UpdateFirmware install what nobody has signed? ``None``: unless there is a root of the manufacturer to check signatures with, or
    was until the CSMS deleted it; in 1.6 also where the line is not encrypted (1.6 security whitepaper L01.FR.20)."""
    publish: str | None = None
    """``host:port`` of the local network where other stations of the site find the firmware that the CSMS has this one publish (OCPP 2.0.1
    PublishFirmware): plain HTTP, open to whoever reaches it, so of the site's own network; a port from 1024 on. ``None``: it publishes
    none."""


class WebPart(Part, frozen=True, kw_only=True):
    """``[web]``: where the pages are. ``host:port``; ``None``: as the program's own options say"""

    listen: str | None = None
    """For technicians and owners: HTTPS."""
    driver_listen: str | None = None
    """For drivers: plain HTTP, for nobody can vouch for a certificate in a car park without the internet."""


Language = Literal["en", "de", "fr", "es", "nl", "it", "pl"]
"""Languages of the texts for drivers."""


class PublicPart(Part, frozen=True, kw_only=True):
    """``[public]``: what drivers are told, and may do without a card"""

    open_to_public: bool = False
    """Do strangers charge here? Then rules of the public charging market apply, a help line first of all."""
    operator: str = ""
    """Who runs this station, as drivers know it."""
    help_line: str = ""
    """Telephone number, staffed around the clock."""
    location: str = ""
    """Where the station stands, in words: a helper on the telephone asks for it."""
    label: Annotated[str, Meta(max_length=20)] = ""
    """What is written on the station, ``XY-12``; empty: the OCPP identity."""
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("en",)
    """The first is for who asks for none of them."""
    url: str | None = None
    """Beginning of the address in the QR code at a plug, which the EVSE's number is appended to; ``None``: this station's own page."""
    payment: tuple[str, ...] = ()
    """What is accepted, in words, as drivers read it."""
    currency: Annotated[str, Meta(pattern=r"^([A-Z]{3})?$")] = ""
    """Of prices and costs that the CSMS tells as mere numbers: ``EUR``; empty: they are shown without one."""
    privacy_url: str = ""
    start: bool = False
    """May whoever opens the page of an EVSE start charging there, with ``authorization.free_id_tag``?"""
    stop: bool = False
    """May he stop what was started so?"""


class LinkPart(Part, frozen=True, kw_only=True):
    """``[link]``"""

    socket: str | None = None
    """Absolute path; ``None``: in a private directory, see ``chargepoint.cli.paths``."""


class SimPart(Part, frozen=True, kw_only=True):
    """``[hal.sim]``"""

    socket: str | None = None


class HalPart(Part, frozen=True, kw_only=True):
    """``[hal]``"""

    backend: Literal["drivers", "sim", "wires"] = "drivers"
    """``sim``: every board, meter and reader simulated, whatever the drivers say. ``wires``: real drivers, with the bench's simulated
    devices at the other end of their wires."""
    sim: SimPart = SimPart()


class BenchPart(Part, frozen=True, kw_only=True):
    """``[bench]``"""

    listen: str
    """``host:port`` on loopback."""
    keep_world: bool = False
    paced: bool = False
    """Wires take the time that their speed says."""


class Configuration(Part, frozen=True, kw_only=True):
    """The whole file."""

    station: StationPart
    site: SitePart
    evses: Annotated[tuple[EvsePart, ...], Meta(min_length=1)]
    readers: tuple[ReaderPart, ...] | None = None
    displays: tuple[DisplayPart, ...] = ()
    """There are none in the simulation."""
    ocpp: OcppPart = OcppPart()
    authorization: AuthorizationPart = AuthorizationPart()
    security: SecurityPart = SecurityPart()
    firmware: FirmwarePart = FirmwarePart()
    web: WebPart | None = None
    """``None``: no pages, but for those that make the first configuration."""
    public: PublicPart = PublicPart()
    link: LinkPart = LinkPart()
    hal: HalPart = HalPart()
    bench: BenchPart | None = None

    @property
    def connectors(self) -> tuple[ConnectorId, ...]:
        """Every connector, in the order in which OCPP 1.6 numbers them through."""
        return tuple(sorted(ConnectorId(evse.id, connector.id) for evse in self.evses for connector in evse.connectors))

    @property
    def simulated(self) -> bool:
        """Is there no real hardware at all, whatever the drivers believe?"""
        devices = [device.get("driver") for evse in self.evses for device in (evse.board, evse.meter)]
        devices += [reader.driver for reader in self.readers or ()] + [display.driver for display in self.displays]
        devices += [evse.indicator.driver for evse in self.evses if evse.indicator is not None]
        return self.hal.backend != "drivers" or all(driver == "simulated" for driver in devices)

    def reads_cards(self, evse: int) -> bool:
        """Is there a card reader for this EVSE? A simulated station without any has one for all."""
        readers = self.readers or ()
        return (self.readers is None and self.simulated) or any(reader.evses is None or evse in reader.evses for reader in readers)
