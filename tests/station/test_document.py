"""How the station says it is: what `chargepoint status` shows of faults and limits."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chargepoint.cli.status import shown
from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import LocalListEntry, ReserveNow, SendLocalList
from chargepoint.domain.fault_table import FAULTS, OF_STATION
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import IdToken
from chargepoint.domain.limits import Limit
from chargepoint.link.messages import ContactorCount
from chargepoint.link.release import RELEASE
from chargepoint.station.document import CLEARS
from tests import virtual_time
from tests.station.rig import CARD, MIDNIGHT, Game, PlayedControl, play
from tests.station.test_transacting import charge

WORN = FAULTS["contactor_worn"].driver
BEFORE = {
    *("id", "state", "cp", "faults", "limit_a", "limit_source", "limits", "offered_a", "permit"),
    *("energy_wh", "power_w", "transaction", "csms_transaction", "status"),
}
"""Keys that others hold on to."""


def documents(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document before control is heard of anything, and one minute after everything has happened at once."""
    found: list[dict[str, Any]] = []

    async def script(game: Game) -> None:
        await charge(game)
        now = virtual_time.now_s()
        game.control.change(**more, limits=limits(now), faults=faults(now), contactor=ContactorCount(100_001, 3), phases=1, phases_drawn=1)
        await asyncio.sleep(60)
        found.append(game.station.document())
        sheet = game.station.transacting.sheets[1]
        sheet.state = None
        found.append(game.station.document())

    play(script)
    return found[1], found[0]


def faults(now: float) -> tuple[Fault, ...]:
    """One of each way to end."""
    return (
        Fault("contactor_worn", "power_switch_failure", "contactor: 100001 closings", since_s=now),
        Fault("tilted", "other", since_s=now, latched=True),
        Fault("rcd_tripped", "ground_failure", since_s=now, latched=True),
        Fault("over_current", "over_current_failure", since_s=now),
        Fault("lock_failed", "connector_lock_failure", since_s=now, latched=True),
        Fault("smoke", "other", since_s=now, by_board=True),
    )


def limits(now: float) -> tuple[Limit, ...]:
    """One that ends by itself, and one that does not."""
    return (
        Limit("permit", 6_000, "station", "the house needs the rest", now, now + 75),
        Limit("evse rating", 32_000, "installer"),
    )


def test_every_key_of_before_is_still_there_and_an_evse_not_heard_of_has_them_all() -> None:
    unheard, heard = documents()
    assert set(heard["evses"][0]) >= BEFORE
    assert set(unheard["evses"][0]) == set(heard["evses"][0])
    assert heard["evses"][0]["faults"] == [fault.name for fault in faults(0.0)]
    assert "unknown, control has not been heard" in shown(unheard)


def test_faults_say_since_when_they_are_and_how_they_end() -> None:
    evse = documents()[1]["evses"][0]
    worn = evse["fault_details"][0]
    assert (worn["driver"], worn["info"], worn["latched"], worn["stops_charging"]) == (WORN, "contactor: 100001 closings", False, False)
    assert worn["age_s"] == pytest.approx(60, abs=0.2)
    assert worn["since"] == "2026-03-01T00:00:03Z"
    assert [fault["clears"] for fault in evse["fault_details"]] == [
        CLEARS["gone"],
        CLEARS["service"],
        CLEARS["unplugged"],
        "by itself: tried again every 60 s, 3 times for one car",
        CLEARS["unplugged"],
        "when the board says so",
    ]


def test_limits_say_who_why_since_when_and_until_when() -> None:
    evse = documents()[1]["evses"][0]
    permit, rating = evse["limits"]
    assert permit["age_s"] == pytest.approx(60, abs=0.2)
    assert permit["expires_in_s"] == pytest.approx(15, abs=0.2)
    assert (permit["owner"], permit["reason"]) == ("station", "the house needs the rest")
    assert (rating["source"], rating["limit_a"], rating["expires_in_s"]) == ("evse rating", 32.0, None)
    assert (evse["phases"], evse["phases_drawn"], evse["contactor_count"]) == (1, 1, {"closings": 100_001, "under_load": 3})


def test_people_are_shown_all_of_it() -> None:
    text = shown(documents()[1])
    for line in (
        "  current      offers 16 A on 1 phase, drawn on 1 phase",
        "  limits       6 A  permit, set by station, for 1 min 0 s, ends in 15 s: the house needs the rest",
        "               32 A  evse rating, set by installer, for 1 min 3 s",
        "  contactor    closed 100001 times, opened under load 3 times",
        "  faults       contactor_worn (CP-303), since 2026-03-01T00:00:03Z (1 min 0 s)",
        "                 seen    contactor: 100001 closings",
        f"                 driver  {WORN}",
        f"                 clears  {CLEARS['gone']}",
        f"                 do      1. {FAULTS['contactor_worn'].technician[0]}",
        f"                         2. {FAULTS['contactor_worn'].technician[1]}",
        "               tilted (CP-213), latched, since 2026-03-01T00:00:03Z (1 min 0 s)",
    ):
        assert line in text.split("\n"), text


def test_what_is_wrong_with_the_station_as_a_whole_and_what_is_reserved_is_shown_without_anybodys_token() -> None:
    found: list[dict[str, Any]] = []

    async def script(game: Game) -> None:
        listed = (LocalListEntry(IdToken(CARD.value), TokenInfo(AuthorizationStatus.BLOCKED)),)
        await game.station.obey(SendLocalList(1, full=True, entries=listed))
        game.station.access.known.heard(IdToken(CARD.value), TokenInfo(AuthorizationStatus.ACCEPTED))
        expires = MIDNIGHT + timedelta(hours=2)
        await game.station.obey(ReserveNow(id=7, token=IdToken("04A1B2C3D4"), group=IdToken("FAM"), expires=expires, evse=1, connector=1))
        await asyncio.sleep(60)
        found.append(game.station.document())

    play(script)
    (document,) = found
    assert document["faults"] == ["local_list_conflict"]
    assert (document["reservations"][0]["token"], document["reservations"][0]["group"]) == ("***C3D4", "***")
    lines = shown(document).split("\n")
    assert "  faults       local_list_conflict (CP-606), since 2026-03-01T00:00:00Z (1 min 0 s)" in lines
    assert "                 seen    tokens that the CSMS judged otherwise: 1" in lines
    assert "  reservations 7  EVSE 1 connector 1, for token ***C3D4 or group ***, expires 2026-03-01T02:00:00Z (in 1 h 58 min)" in lines
    assert f"                 do      1. {OF_STATION['local_list_conflict'].technician[0]}" in lines
    assert CARD.value not in shown(document)
    assert "  reservations none" in shown(documents()[1]).split("\n")


@pytest.mark.parametrize(
    ("control", "said"), [(RELEASE, f"software     {RELEASE}\n"), ("0.0.1", "control 0.0.1: it starts anew"), ("", "control not told")]
)
def test_the_release_of_each_process_is_told(control: str, said: str) -> None:
    """Control goes on as the version that it began with until nobody charges."""

    async def script(game: Game) -> None:
        document = game.station.document()
        assert (document["release"], document["control_release"]) == (RELEASE, control)
        assert said in shown(document)

    played = PlayedControl()
    played.release = control
    play(script, control=played)
