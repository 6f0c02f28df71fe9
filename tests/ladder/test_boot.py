"""The rungs that the station tells: WebSocket and boot."""

import pytest
from msgspec.structs import replace

from chargepoint.domain.notifications import Registration
from chargepoint.inquiry.ladder import UplinkSeen
from chargepoint.ladder import boot, websocket
from tests.ladder.ways import REFUSED, STANDS, TRIES

FRESH = replace(STANDS, registration=Registration.NONE, stands_s=2.0)


@pytest.mark.parametrize(
    ("uplink", "state", "code"),
    [
        (STANDS, "passed", ""),
        (replace(STANDS, registration=Registration.PENDING, boot_again_s=30.0), "warning", "CP-751"),
        (replace(STANDS, registration=Registration.REJECTED, boot_again_s=60.0), "failed", "CP-752"),
        (FRESH, "not known", ""),
        (replace(FRESH, stands_s=31.0), "failed", "CP-753"),
        (replace(FRESH, boot_failure="InternalError", boot_again_s=33.0), "failed", "CP-753"),
        (TRIES, "skipped", ""),
    ],
)
def test_the_boot_is_as_the_station_says(uplink: UplinkSeen, state: str, code: str) -> None:
    found = boot.told(uplink)
    assert (found.state, found.code) == (state, code)


@pytest.mark.parametrize(
    ("uplink", "state", "code"),
    [
        (STANDS, "passed", ""),
        (TRIES, "failed", "CP-732"),
        (replace(TRIES, last_failure=replace(REFUSED, code="CP-711", seen="connection refused")), "not known", "CP-711"),
        (replace(TRIES, last_failure=replace(REFUSED, code="")), "failed", ""),
        (replace(TRIES, failed=0, last_failure=None, ended="no pong within 30 s"), "not known", ""),
        (replace(TRIES, network=False), "not known", ""),
    ],
)
def test_the_websocket_is_as_the_station_says(uplink: UplinkSeen, state: str, code: str) -> None:
    found = websocket.told(uplink)
    assert (found.state, found.code) == (state, code)
    assert bool(found.remedy) == (state != "passed")
