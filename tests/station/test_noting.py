"""What the pages have noticed reaches the station's security log and its CSMS."""

import asyncio
from typing import get_args

import msgspec
import pytest

from chargepoint.domain.notifications import SecurityEvent
from chargepoint.domain.security_events import LONGEST_INFO, kind_of
from chargepoint.inquiry.questions import Question
from chargepoint.inquiry.security import Noted, NotedKind, NoteSecurity
from tests.station.rig import Game, play


def test_it_is_logged_and_told_as_any_other_event() -> None:
    async def script(game: Game) -> None:
        take = game.station.takers[NoteSecurity]
        for kind in get_args(NotedKind):
            assert await take(NoteSecurity(kind, "pages: \x1b[31m" + "x" * 400)) == Noted()
        await asyncio.sleep(5)
        noted = list(game.store.security_log.every())[-3:]
        assert [each.kind for each in noted] == list(get_args(NotedKind))
        assert all(len(each.info) == LONGEST_INFO and each.info.isprintable() for each in noted)
        told = [event.kind for event in game.csms.of(SecurityEvent) if isinstance(event, SecurityEvent)]
        assert told[-2:] == [kind for kind in get_args(NotedKind) if kind_of(kind).sent]

    play(script)


def test_nobody_at_the_socket_can_forge_what_is_the_stations_own() -> None:
    for kind in ("FirmwareUpdated", "StartupOfTheDevice", "SecurityLogWasCleared", "Nonsense"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b'{"ask":"note-security","kind":"%s"}' % kind.encode(), type=Question)
