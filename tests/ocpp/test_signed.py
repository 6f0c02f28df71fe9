"""Signed messages carry others."""

import base64
import json
from typing import Any

import pytest

from tests.ocpp.rig import Talk
from tests.virtual_time import run


def wrapped(payload: Any) -> dict[str, str]:
    text = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return {"payload": text, "protected": "e30", "signature": "AA"}


def test_what_is_inside_is_obeyed_as_if_it_had_come_by_itself() -> None:
    async def main() -> None:
        async with Talk("2.0.1") as talk:
            assert await talk.call("c-1", "ClearCache-Signed", wrapped({})) == [3, "c-1", {"status": "Accepted"}]
            assert len(talk.station.commands) == 1

    run(main())


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("ClearCache-Signed", {}, "FormatViolation"),
        ("ClearCache-Signed", {"payload": 7}, "FormatViolation"),
        ("ClearCache-Signed", {"payload": "\u00e4"}, "FormatViolation"),
        ("ClearCache-Signed", {"payload": "e30!"}, "FormatViolation"),
        ("ClearCache-Signed", {"payload": "W10"}, "FormatViolation"),
        ("ClearCache-Signed", wrapped({"x": 1}), "FormatViolation"),
        ("Nonsense-Signed", wrapped({}), "NotImplemented"),
    ],
)
def test_what_carries_nothing_is_refused(action: str, payload: Any, code: str) -> None:
    async def main() -> None:
        async with Talk("2.0.1") as talk:
            answer = await talk.call("c-1", action, payload)
            assert answer[:3] == [4, "c-1", code]
            assert talk.station.commands == []

    run(main())


def test_1_6_knows_no_signed_messages() -> None:
    async def main() -> None:
        async with Talk("1.6") as talk:
            assert (await talk.call("c-1", "ClearCache-Signed", wrapped({})))[:3] == [4, "c-1", "NotImplemented"]

    run(main())
