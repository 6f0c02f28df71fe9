"""The configuration of a station, as typed values. ``chargepoint.cli.configuration`` reads it from a file.

Entries are as the contract names them; amperes become milliamperes where they are used.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Ampere = Annotated[float, Meta(gt=0, le=1000)]
Phases = Literal[1, 3]
Text = Annotated[str, Meta(min_length=1)]
Device = dict[str, str | int | float | bool]
"""``{ driver = "...", ... }``: the driver, and whatever it wants to know."""
Seconds = Annotated[float, Meta(ge=0)]


def _simulated() -> Device:
    return {"driver": "simulated"}


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every table of the file."""


class StationPart(Part, frozen=True, kw_only=True):
    """``[station]``"""

    id: Annotated[str, Meta(min_length=1, max_length=48)]
    vendor: Annotated[str, Meta(min_length=1, max_length=50)]
    model: Annotated[str, Meta(min_length=1, max_length=20)]
    serial: Annotated[str, Meta(max_length=25)] = ""
    firmware: Annotated[str, Meta(max_length=50)] = ""
    after_power_loss: Literal["resume", "end"] = "resume"


class SitePart(Part, frozen=True, kw_only=True):
    """``[site]``"""

    fuse_a: Ampere
    phases: Phases = 3
    voltage_v: Annotated[float, Meta(ge=100, le=500)] = 230.0


class ConnectorPart(Part, frozen=True, kw_only=True):
    """One of ``connectors``"""

    id: Annotated[int, Meta(ge=1)]
    type: Text = "sType2"
    cable: Literal["socket", "fixed"] = "socket"


class EvsePart(Part, frozen=True, kw_only=True):
    """One of ``[[evses]]``"""

    id: Annotated[int, Meta(ge=1)]
    max_current_a: Annotated[float, Meta(ge=6, le=80)]
    failsafe_current_a: Annotated[float, Meta(ge=0, le=80)] = 6.0
    phases: Phases = 3
    ventilation: bool = False
    board: Device = field(default_factory=_simulated)
    meter: Device = field(default_factory=_simulated)
    connectors: Annotated[tuple[ConnectorPart, ...], Meta(min_length=1)]


class ReaderPart(Struct, frozen=True, kw_only=True):
    """One of ``[[readers]]``"""

    driver: Text
    port: str | None = None
    evses: tuple[int, ...] | None = None


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


OcppVersion = Literal["1.6", "2.0.1"]


class OcppPart(Part, frozen=True, kw_only=True):
    """``[ocpp]``"""

    version: OcppVersion | Annotated[tuple[OcppVersion, ...], Meta(min_length=1)] = "1.6"
    csms_url: str | None = None
    security_profile: Annotated[int, Meta(ge=0, le=3)] = 0
    basic_auth_password: str | None = None
    verify_server_name: bool = True
    assume_subprotocol: bool = False
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
    free_id_tag: Annotated[str, Meta(min_length=1, max_length=20)] = "free"
    cards: tuple[str, ...] = ()
    """Tokens that may always charge, CSMS or not: the station's own list."""


class LinkPart(Part, frozen=True, kw_only=True):
    """``[link]``"""

    socket: str | None = None


class SimPart(Part, frozen=True, kw_only=True):
    """``[hal.sim]``"""

    socket: str | None = None


class HalPart(Part, frozen=True, kw_only=True):
    """``[hal]``"""

    backend: Literal["drivers", "sim"] = "drivers"
    """``sim``: every board, meter and reader simulated, whatever the drivers say."""
    sim: SimPart = SimPart()


class BenchPart(Part, frozen=True, kw_only=True):
    """``[bench]``"""

    listen: str
    keep_world: bool = False


class Configuration(Part, frozen=True, kw_only=True):
    """The whole file."""

    station: StationPart
    site: SitePart
    evses: Annotated[tuple[EvsePart, ...], Meta(min_length=1)]
    readers: tuple[ReaderPart, ...] | None = None
    ocpp: OcppPart = OcppPart()
    authorization: AuthorizationPart = AuthorizationPart()
    link: LinkPart = LinkPart()
    hal: HalPart = HalPart()
    bench: BenchPart | None = None
