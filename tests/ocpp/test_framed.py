"""Every frame of a connection is handed to the station for technicians, as it went and in order."""

import asyncio
import json
from typing import Any

from chargepoint.domain.notifications import Heartbeat
from tests import virtual_time
from tests.ocpp.rig import Talk, settle


def test_calls_and_answers_of_both_sides_are_told_and_what_was_not_sent_is_not() -> None:
    async def script() -> list[tuple[bool, Any]]:
        async with Talk("1.6") as talk:
            await talk.call("x", "ClearCache", {})
            talk.wire.hear(b"not JSON")
            asked = asyncio.ensure_future(talk.session.ask(Heartbeat(), "y"))
            await settle()
            talk.wire.hear([3, "y", {"currentTime": "2026-03-01T00:00:00Z"}])
            await asked
            talk.wire.break_off()
            await settle()
            await asyncio.gather(talk.session.ask(Heartbeat(), "z"), return_exceptions=True)
            return [(sent, json.loads(data) if data != b"not JSON" else None) for sent, data in talk.station.frames]

    told = virtual_time.run(script())
    assert [(sent, frame and frame[:2]) for sent, frame in told] == [
        (False, [2, "x"]),
        (True, [3, "x"]),
        (False, None),
        (True, [2, "y"]),
        (False, [3, "y"]),
    ]
