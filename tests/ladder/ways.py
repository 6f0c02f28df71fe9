"""Ways to a CSMS of the test's own, and what a station may say of its connection."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.findings import Finding
from chargepoint.domain.notifications import Registration
from chargepoint.inquiry.ladder import FailedAttempt, UplinkSeen
from chargepoint.ladder.climb import climb
from chargepoint.ladder.way import Way
from chargepoint.ocpp.settings import OcppSettings
from chargepoint.station.csms import Access

STANDS = UplinkSeen(
    configured=True, security_profile=0, version="1.6", connected=True, stands_s=100.0, registration=Registration.ACCEPTED, interval_s=300.0
)
REFUSED = FailedAttempt(seen="HTTP 401 Unauthorized", check="the password", code="CP-732", at="2026-03-01T00:00:00+00:00", age_s=4.0)
TRIES = replace(STANDS, connected=False, stands_s=None, failed=3, last_failure=REFUSED, again_s=9.0)


def way(url: str, root: Path, uplink: UplinkSeen | None = None, **more: Any) -> Way:
    """``root``: nothing of this computer's own files is looked at, no time server asked."""
    access = more.pop("access", Access())
    settings = OcppSettings(url=url, identity="cp001", versions=more.pop("versions", ("1.6",)), access=lambda: access)
    presence = more.pop("presence", "absent" if uplink is None else "answers")
    return Way(settings=settings, security_profile=access.security_profile, presence=presence, uplink=uplink, root=root, **more)


async def climbed(up: Way) -> dict[str, Finding]:
    """Every rung, by its name."""
    return {rung.name: rung async for rung in climb(up)}
