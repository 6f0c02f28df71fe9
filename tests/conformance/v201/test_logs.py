"""Block N: logs."""

from typing import Any

import pytest

from tests.campaigns.bench import Json
from tests.conformance import files
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab, in_order

NUMBER = 4100


async def asked(lab: Lab, wanted: str, server: files.Files, kind: str, number: int = NUMBER, **more: Any) -> str:
    """GetLog and its answer; the name of the file that it tells."""
    log: Json = {"remoteLocation": f"{server.url}/in/", "oldestTimestamp": lab.in_s(-3600), "latestTimestamp": lab.in_s(3600)}
    answer = await lab.says(wanted, "GetLog", logType=kind, requestId=number, log=log, **more)
    name: str = answer["filename"]
    assert name
    return name


@pytest.mark.parametrize(
    "kind", [pytest.param("DiagnosticsLog", marks=case("TC_N_25")), pytest.param("SecurityLog", marks=case("TC_N_35"))]
)
async def test_a_log_is_uploaded_under_the_name_that_was_told(lab: Lab, kind: str) -> None:
    """N01.FR.01, N01.FR.02, N01.FR.03, N01.FR.04, N01.FR.07, N01.FR.08, N01.FR.09, N01.FR.13."""
    async with files.serving() as server:
        name = await asked(lab, "Accepted", server, kind)
        steps = [await lab.hears("LogStatusNotification", status=status, requestId=NUMBER) for status in ("Uploading", "Uploaded")]
        assert in_order(*steps)
        ((place, content),) = server.received.items()
    assert place.endswith(name)
    assert b"StartupOfTheDevice" in content if kind == "SecurityLog" else content.startswith(b"\x1f\x8b")


@case("TC_N_26")
async def test_an_upload_that_nobody_takes_is_tried_as_often_as_was_asked_for_and_fails(lab: Lab) -> None:
    """N01.FR.10."""
    async with files.serving() as server:
        server.refuses = True
        await asked(lab, "Accepted", server, "DiagnosticsLog", retries=3, retryInterval=1)
        began = await lab.hears("LogStatusNotification", status="Uploading", requestId=NUMBER)
        ended = await lab.hears("LogStatusNotification", status="PermissionDenied", requestId=NUMBER)
        assert server.tries == 4
    told = [message.payload["status"] for message in lab.heard("LogStatusNotification", requestId=NUMBER)]
    assert told == ["Uploading", "PermissionDenied"], "either once, or each of the four times"
    assert (ended.at - began.at).total_seconds() >= 2.9, "three times the interval"
    assert server.received == {}


@case("TC_N_36")
async def test_a_second_request_takes_the_place_of_the_first(lab: Lab) -> None:
    """N01.FR.12, N01.FR.20."""
    async with files.serving() as server:
        server.free.clear()
        await asked(lab, "Accepted", server, "SecurityLog")
        await lab.hears("LogStatusNotification", status="Uploading", requestId=NUMBER)
        name = await asked(lab, "AcceptedCanceled", server, "SecurityLog", NUMBER + 1)
        server.free.set()
        expected = (("AcceptedCanceled", NUMBER), ("Uploading", NUMBER + 1), ("Uploaded", NUMBER + 1))
        steps = [await lab.hears("LogStatusNotification", status=status, requestId=number) for status, number in expected]
        assert in_order(*steps)
        assert [place for place in server.received if place.endswith(name)]
