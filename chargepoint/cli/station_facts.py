"""What a commissioning report says of the station itself: who it is, releases, main limits in words, fingerprints."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from chargepoint.cli import digest
from chargepoint.cli.checks.scene import Scene, survey
from chargepoint.commissioning.report import Facts
from chargepoint.domain import fingerprints
from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.domain.wording import capital
from chargepoint.inquiry.certificates import CertificateSeen, CertificatesSeen, SeeCertificates

USES = (("csms", "root for the CSMS"), ("manufacturer", "root for updates"), ("v2g", "V2G root"), ("mo", "MO root"))
HIDDEN = "may not be read by this user; start the station, or run this as root"


def facts(config: Path, state_dir: Path) -> Facts:
    """As it is now."""
    return of(survey(config, state_dir))


def of(scene: Scene) -> Facts:
    """Of what a look around has found."""
    found = scene.configuration
    return Facts(
        configuration=digest.of(scene.config),
        file=str(scene.config),
        station=() if found is None else tuple(_station(found)),
        versions=tuple(_versions(scene.document)),
        limits=() if found is None else tuple(_limits(found)),
        certificates=tuple(_certificates(scene)),
    )


def _station(configuration: Configuration) -> Iterator[tuple[str, str]]:
    station, public = configuration.station, configuration.public
    yield "OCPP identity", station.id
    yield "Vendor, model", f"{station.vendor}, {station.model}"
    yield "Serial number", station.serial or "none given"
    for title, text in (("Label", public.label), ("Operator", public.operator), ("Location", public.location)):
        if text:
            yield title, text


def _versions(document: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    from importlib.metadata import version
    from platform import machine, python_version, release

    told = document or {}
    yield "chargepoint", f"installed {version('chargepoint')}"
    yield "Station process", str(told.get("release") or "does not tell")
    yield "Control process", str(told.get("control_release") or "does not tell")
    yield "Python, kernel", f"{python_version()}, {release()} {machine()}"


def _limits(configuration: Configuration) -> Iterator[tuple[str, str]]:
    site, ocpp = configuration.site, configuration.ocpp
    yield "Site", f"{site.fuse_a:g} A per phase for all EVSEs together, {site.phases} x {site.voltage_v:g} V"
    yield from ((f"EVSE {part.id}", ", ".join(_of_evse(part))) for part in configuration.evses)
    if ocpp.csms_url is None:
        yield "CSMS", "none"
        return
    parts = urlsplit(ocpp.csms_url)
    place = f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
    yield "CSMS", f"{place}, OCPP {', '.join(ocpp.versions)}, security profile {ocpp.security_profile}"


def _of_evse(part: EvsePart) -> Iterator[str]:
    yield f"at most {part.max_current_a:g} A on {part.phases} phase{'s' * (part.phases > 1)}"
    yield f"{part.failsafe_current_a:g} A without the station" if part.failsafe_current_a else "pauses without the station"
    for connector in part.connectors:
        carries = "" if connector.cable_current_a is None else f" for {connector.cable_current_a:g} A"
        yield f"connector {connector.id}: {'socket' if connector.cable == 'socket' else f'fixed cable{carries}'} {connector.type}"
    yield f"board {part.board.get('driver')}, meter {part.meter.get('driver')}"
    if part.ventilation:
        yield "ventilated"


def _certificates(scene: Scene) -> Iterator[tuple[str, str]]:
    """The pages' own, and those of the station: it is asked, for its files are its own; where it does not answer they are read."""
    own = CertificateSeen(what="these pages", file="device.pem")
    yield from (_line(each) for each in _read(own, scene.state_dir / "web/tls/device.pem"))
    told = scene.ask(CertificatesSeen, SeeCertificates())
    yield from (_line(each) for each in (tuple(_files(scene)) if told is None else told.certificates))


def _line(seen: CertificateSeen) -> tuple[str, str]:
    return f"{capital(seen.what)} ({seen.file})", seen.sha256 or seen.problem


def _files(scene: Scene) -> Iterator[CertificateSeen]:
    here, security = scene.state_dir / "station/certificates", None if scene.configuration is None else scene.configuration.security
    for use, words in USES:
        path = Path((None if security is None else getattr(security.trust, use)) or here / f"{use}.pem")
        yield from _read(CertificateSeen(what=words, file=path.name), path)
    folder = Path((security.identity.csms if security else None) or here / "identity")
    for path in sorted(folder.glob("*.pem")):
        yield from _read(CertificateSeen(what="this station to the CSMS", file=path.name), path)


def _read(seen: CertificateSeen, path: Path) -> Iterator[CertificateSeen]:
    """Of a file that is not there: nothing."""
    try:
        for digest in fingerprints.of_pem(path.read_text("ascii")):
            yield msgspec.structs.replace(seen, sha256=digest)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        why = HIDDEN if isinstance(error, PermissionError) else f"cannot be read: {error}"
        yield msgspec.structs.replace(seen, problem=why)
