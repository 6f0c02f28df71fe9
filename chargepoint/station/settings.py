"""What the station process is told by its configuration."""

from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING

from msgspec import Struct

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.network import NetworkProfile
from chargepoint.domain.notifications import StationIdentity

if TYPE_CHECKING:
    from chargepoint.station.installers import Updater
    from chargepoint.station.shelf import Shelf


class EvseSettings(Struct, frozen=True, kw_only=True):
    """One EVSE, as the station needs to know it."""

    evse: int
    connectors: tuple[ConnectorId, ...]
    sockets: frozenset[int] = frozenset()
    """Connectors with a socket and a lock; the others have fixed cables."""
    rating_ma: int
    failsafe_ma: int
    """What a running session falls back to without the station."""
    phases: int
    voltage_v: float
    signs: bool = False
    """Its meter signs what it measures of a session."""
    public_key: str = ""
    """Of the meter, as the configuration has it; empty: as the meter tells it."""


class SecuritySettings(Struct, frozen=True, kw_only=True):
    """Files are PEM; those that the CSMS changes have to be in folders that this process may write to."""

    trust: Mapping[CertificateUse, str] = {}
    """Bundles of roots, by what they are for."""
    identity: str = ""
    """Directory of the station's own certificates for the CSMS; empty: it can have none."""
    for_vehicles: str = ""
    """Directory of its certificates for vehicles (ISO 15118); empty: it can have none."""
    key_password: Callable[[], str | None] = lambda: None
    system_trust: bool = False
    verify_server_name: bool = True
    expiry_check_delay_s: float = 60.0
    """How long after the start certificates are looked at for the first time."""
    free: Callable[[], Mapping[str, float]] = dict
    """Fraction of each kind of memory that is free."""


class FirmwareSettings(Struct, frozen=True, kw_only=True):
    """Firmware updates and logs."""

    folder: str = ""
    """Where files may be kept, ``firmware``, ``published`` and ``logs`` below it; empty: nowhere, and there are no updates and no logs."""
    installer: str = "dry-run"
    argv: tuple[str, ...] = ()
    dry_run_result: str = "ok"
    accept_unsigned: Callable[[], bool] = lambda: True
    """May UpdateFirmware of 1.6 install what nobody has signed?"""
    accept_unsigned_2x: Callable[[], bool] = lambda: True
    """May UpdateFirmware of 2.x?"""
    updater: "Updater | None" = None
    """Who replaces this software where ``installer`` is "deb" or "rauc", and whom pages and command line ask as well."""
    shelf: "Shelf | None" = None
    """What gives firmware to other stations of the site; ``None``: nothing does."""
    about: Callable[[], Mapping[str, object]] = dict
    """The configuration without its secrets, for the diagnostics."""


class StationSettings(Struct, frozen=True, kw_only=True):
    """The station."""

    identity: StationIdentity
    evses: tuple[EvseSettings, ...]
    resume_after_power_loss: bool = True
    free_token: IdToken | None = None
    """Not ``None``: every plug-in starts a session with it."""
    cards: tuple[IdToken, ...] = ()
    """May always charge."""
    page_token: IdToken | None = None
    """Not ``None``: whoever opens the page of an EVSE may start there with it."""
    page_stops: bool = False
    """May he end on that page what he has started so?"""
    has_csms: bool = True
    network: NetworkProfile | None = None
    """How the configuration file says to connect: network profile 1."""
    versions: tuple[str, ...] = ()
    """Versions of OCPP that it allows."""
    relative_station_profile: bool = True
    """Is a relative profile for the whole station taken, where it can only mean: from now on?"""
    fuse_a: float = inf
    """Of the site: bound of the sum over the EVSEs, per phase."""
    kernel: str = ""
    """The name of this start of the machine; empty: it has none."""
    bench: bool = False
    """Its power is cut by a bench, and no start of the machine tells of that."""
    synchronised: Callable[[], bool] = lambda: False
    """Is the host's clock known to be right?"""
    security: SecuritySettings = SecuritySettings()
    firmware: FirmwareSettings = FirmwareSettings()

    def evse(self, evse: int) -> EvseSettings | None:
        """One of them by its number."""
        return next((settings for settings in self.evses if settings.evse == evse), None)
