"""How long certificates of this station are still good."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from chargepoint.cli.checks.scene import Scene
from chargepoint.domain.findings import Figures, Finding, State, failing
from chargepoint.ladder import stopwatch

SOON_DAYS = 30
DAY_S = 86_400
OWN_PROFILE = 3
UNREADABLE = "Run this as root."


class File(Struct, frozen=True):
    """One to look at."""

    what: str
    path: Path
    vital: bool
    """Without it there is no connection to the CSMS."""


def look(scene: Scene) -> Iterator[Finding]:
    """Each certificate by itself."""
    now = stopwatch.now()
    seen = 0
    for file in _files(scene):
        for finding in _looked(file, now):
            seen += 1
            yield finding
    if not seen:
        yield Finding(name="certificates", state="not needed", text="this station has none")


def _files(scene: Scene) -> Iterator[File]:
    here = scene.state_dir / "station/certificates"
    ocpp = None if scene.configuration is None else scene.configuration.ocpp
    security = None if scene.configuration is None else scene.configuration.security
    profile = scene.uplink.security_profile if scene.uplink else 0 if ocpp is None else ocpp.security_profile
    trust = {} if security is None else {"csms": security.trust.csms, "manufacturer": security.trust.manufacturer}
    for use, words in (("csms", "root for the CSMS"), ("manufacturer", "root for updates")):
        yield File(words, Path(trust.get(use) or here / f"{use}.pem"), use == "csms" and profile > 1)
    folder = Path((security.identity.csms if security else None) or here / "identity")
    for path in _pems(folder):
        yield File("this station to the CSMS", path, profile == OWN_PROFILE)
    yield File("the pages", scene.state_dir / "web/tls/device.pem", False)


def _pems(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.pem"))
    except OSError:
        return [folder]


def _looked(file: File, now: datetime) -> Iterator[Finding]:
    from chargepoint.pki import certificates

    try:
        bundle = certificates.read_bundle(file.path)
    except PermissionError:
        yield Finding(name="certificates", state="not known", text=f"{file.path} may not be read by this user", remedy=UNREADABLE)
        return
    except OSError as error:
        yield failing("certificates", "certificate_file_unusable", str(error))
        return
    for each in bundle[:1] if file.path.parent.name == "identity" else bundle:
        yield judged(file, certificates.name_of(each) or "without a name", each.not_valid_before_utc, each.not_valid_after_utc, now)


def judged(file: File, name: str, begins: datetime, ends: datetime, now: datetime) -> Finding:
    """One certificate."""
    days = int((ends - now).total_seconds() // DAY_S)
    figures: Figures = {"days_left": days, "file": str(file.path)}
    label = f"{file.what}, {name}"
    bad: State = "failed" if file.vital else "warning"
    if now < begins:
        return failing("certificates", "clock_wrong", f"{label}: valid only from {begins:%Y-%m-%d}", state=bad, figures=figures)
    if days < 0:
        remedy = f"Have a new one put in place of {file.path}; check the clock first: date -u."
        return Finding(name="certificates", state=bad, text=f"{label}: ended on {ends:%Y-%m-%d}", remedy=remedy, figures=figures)
    if days < SOON_DAYS:
        remedy = f"Have a new one ready for {file.path} before {ends:%Y-%m-%d}."
        return Finding(name="certificates", state="warning", text=f"{label}: {days} days left", remedy=remedy, figures=figures)
    return Finding(name="certificates", state="passed", text=f"{label}: {days} days left", figures=figures)
