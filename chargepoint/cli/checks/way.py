"""The way to the CSMS that a configuration describes, for the ladder."""

from datetime import datetime
from pathlib import Path

from chargepoint.cli.checks.scene import Scene
from chargepoint.domain.configuration import Configuration
from chargepoint.ladder import stopwatch
from chargepoint.ladder.way import Way
from chargepoint.ocpp.settings import OcppSettings
from chargepoint.station.csms import Access

OWN_PROFILE = 3


def way_of(scene: Scene) -> Way | None:
    """``None``: there is no CSMS, or no configuration that says which."""
    configuration = scene.configuration
    if configuration is None or configuration.ocpp.csms_url is None:
        return None
    ocpp = configuration.ocpp
    profile = scene.uplink.security_profile if scene.uplink is not None else ocpp.security_profile
    settings = OcppSettings(
        url=ocpp.csms_url,
        identity=configuration.station.id,
        versions=ocpp.versions,
        access=lambda: access(configuration, scene.state_dir, profile, stopwatch.now()),
        assume_subprotocol=ocpp.assume_subprotocol,
        connectors=configuration.connectors,
    )
    return Way(
        settings=settings,
        security_profile=profile,
        presence=scene.presence,
        uplink=scene.uplink,
        ask_how=scene.ask_how,
        root=scene.root,
    )


def access(configuration: Configuration, state_dir: Path, profile: int, now: datetime) -> Access:
    """As the station's own, but for what the CSMS has changed, which only the station has. Raises OSError."""
    security, here = configuration.security, state_dir / "station/certificates"
    trust = Path(security.trust.csms or here / "csms.pem")
    certificate, key = _identity(configuration, here, now) if profile == OWN_PROFILE else (None, None)
    return Access(
        security_profile=profile,
        password=configuration.ocpp.basic_auth_password,
        trust_file=None if security.system_trust and not _there(trust) else str(trust),
        system_trust=security.system_trust,
        verify_server_name=configuration.ocpp.verify_server_name,
        certificate_file=certificate,
        key_file=key,
        key_password=security.key_password,
    )


def _there(path: Path) -> bool:
    """Raises PermissionError."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    return True


def _identity(configuration: Configuration, here: Path, now: datetime) -> tuple[str | None, str | None]:
    from chargepoint.pki.identities import Identities

    folder = Path(configuration.security.identity.csms or here / "identity")
    if _there(folder):
        next(folder.iterdir(), None)  # raises PermissionError, where a search for names would only find none
    own = Identities(folder, configuration.security.key_password).current(now)
    return (None, None) if own is None else (own.certificate_file, own.key_file)
