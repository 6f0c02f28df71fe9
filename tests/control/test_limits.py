"""The list of limits: everything that bounds the current, whose it is, why and since when; and so why nothing is offered."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from msgspec import structs

from chargepoint.control.evse import OFFERING
from chargepoint.control.limits import HALTING, MINIMUM, SITE, SOURCES, WAITING
from chargepoint.control.pilot import offerable_ma
from chargepoint.control.settings import EvseSettings
from chargepoint.link.messages import Permit, Unlock
from tests.control.cases import ABLE_SOCKET
from tests.control.rig import FIXED, SOCKET, Rig

OWNERS = {"installer", "control", "driver", "station"}


def asleep(rig: Rig) -> None:
    """A car that wants nothing is there."""
    rig.run(5)
    rig.plants[1].asks = None
    rig.arrive()


def offered(rig: Rig) -> None:
    """It has an offer."""
    asleep(rig)
    rig.permit()
    rig.run(6)


def charging(rig: Rig) -> None:
    """A car charges."""
    rig.run(5)
    rig.charge()
    rig.run(6)


class Bounded(NamedTuple):
    """A situation in which a source bounds the current."""

    source: str
    owner: str
    limit_ma: int
    before: Callable[[Rig], None]
    then: Callable[[Rig], None] = lambda rig: None
    within_s: float = 0.5
    settings: EvseSettings = SOCKET


def hot(rig: Rig) -> None:
    rig.plants[1].temperature_c = 66.0


def ask_at_once(rig: Rig) -> None:
    rig.plants[1].stubborn = True
    rig.plants[1].plug()
    rig.plants[1].letter = "C"
    rig.run(2)
    rig.permit()


def fail_over(rig: Rig) -> None:
    rig.permit(limit_ma=20_000, valid_for_s=1.0, then_ma=10_000)


def without_meter(rig: Rig) -> None:
    rig.plants[1].meter_lost = True
    rig.arrive()
    rig.permit()


def cold(rig: Rig) -> None:
    rig.plants[1].temperature_c = None


def held_off(rig: Rig) -> None:
    rig.scan(Unlock(1, 1, "w"))


def halt(rig: Rig) -> None:
    rig.halting = True


def again(rig: Rig) -> None:
    rig.permit(limit_ma=0)
    rig.permit()


def settled(**settings: Any) -> EvseSettings:
    return structs.replace(SOCKET, **settings)


BOUNDED = [
    Bounded("evse rating", "installer", 16_000, charging, settings=settled(rating_ma=16_000)),
    Bounded("cable", "driver", 20_000, charging, settings=structs.replace(FIXED, evse=1, cable_ma=20_000)),
    Bounded("temperature", "control", 16_000, charging, hot, 1.0),
    Bounded("thermometer", "control", 16_000, charging, cold, 61.0),
    Bounded("simplified pilot", "installer", 10_000, lambda rig: rig.run(5), ask_at_once, settings=settled(simplified_ma=10_000)),
    Bounded("permit", "station", 10_000, charging, lambda rig: rig.permit(limit_ma=10_000)),
    Bounded("failsafe", "installer", 10_000, charging, fail_over, 1.5),
    Bounded("no permit", "station", 0, asleep),
    Bounded("fault", "control", 0, charging, lambda rig: setattr(rig.plants[1], "rcd", True)),
    Bounded("no meter reading", "control", 0, lambda rig: None, without_meter, 0.1),
    Bounded("stop sequence", "control", 0, charging, lambda rig: rig.permit(limit_ma=0)),
    Bounded("self-test", "control", 0, asleep, settings=ABLE_SOCKET),
    Bounded("plug lock", "control", 0, offered, held_off),
    Bounded("phase switch", "control", 0, charging, lambda rig: rig.permit(phases=1), settings=ABLE_SOCKET),
    Bounded("contactor rest", "control", 0, charging, lambda rig: rig.permit(limit_ma=0), 1.0),
    Bounded(HALTING.name, "control", 0, charging, halt),
    Bounded(MINIMUM.name, "installer", 0, offered, lambda rig: rig.permit(limit_ma=7_000), settings=settled(minimum_3p_ma=8_000)),
    Bounded(SITE.name, "installer", 40_000, charging),
    Bounded(WAITING.name, "control", 0, offered, again),
]


def test_every_source_has_a_situation() -> None:
    assert {case.source for case in BOUNDED} == {source.name for source in (*SOURCES, HALTING, MINIMUM, SITE, WAITING)}


@pytest.mark.parametrize("case", BOUNDED, ids=lambda case: case.source)
def test_each_source_is_in_the_list_with_its_owner_a_reason_and_since_when(case: Bounded) -> None:
    rig = Rig(case.settings)
    case.before(rig)
    began_s = rig.now
    case.then(rig)
    rig.run_until(lambda: rig.limits().get(case.source) == case.limit_ma, case.within_s)
    limit = next(each for each in rig.told().limits if each.source == case.source)
    assert (limit.owner, limit.owner in OWNERS) == (case.owner, True)
    assert len(limit.reason) > 10
    assert "{" not in limit.reason
    if case.then is not Bounded._field_defaults["then"]:
        assert began_s <= limit.since_s <= rig.now


def test_the_lowest_comes_first_and_is_what_is_offered() -> None:
    rig = Rig(FIXED, structs.replace(SOCKET, cable_ma=25_000), fuse_ma=63_000)
    rig.charge(1, limit_ma=12_000)
    rig.plants[1].temperature_c = 66.0
    rig.run(10)
    assert list(rig.limits().values()) == sorted(rig.limits().values())
    assert (rig.lowest().source, rig.told().offered_ma) == ("permit", 12_000)
    rig.permit(limit_ma=20_000)
    rig.run(10)
    assert (rig.lowest().source, rig.told().offered_ma) == ("temperature", 16_000)
    rig.plants[1].temperature_c = 20.0
    rig.run(10)
    assert (rig.lowest().source, rig.told().offered_ma) == ("permit", 20_000)


def test_since_is_kept_while_the_value_stays_and_new_when_it_changes() -> None:
    rig = Rig()
    rig.charge(limit_ma=16_000)
    rig.run(20)
    since_s = rig.lowest().since_s
    rig.permit(limit_ma=16_000)
    rig.run(6)
    assert rig.lowest().since_s == since_s
    rig.permit(limit_ma=15_000)
    assert rig.lowest().since_s == rig.now


def permit_for(rig: Rig, source: str, limit_ma: int = 10_000) -> None:
    """The station says who is behind its permit."""
    rig.scan(Permit(1, rig.plug_in(), limit_ma, 60.0, 6_000, source))


@pytest.mark.parametrize("source", ["site fuse", "cable", "evse rating", "duty change", "failsafe", "no permit", ""])
def test_a_station_that_speaks_in_controls_words_makes_no_news_in_every_scan(source: str) -> None:
    rig = Rig()
    rig.charge()
    permit_for(rig, source)
    rig.run(10)
    before = len(rig.events)
    rig.run(10)
    assert len(rig.events) == before
    assert (rig.lowest().source, rig.lowest().limit_ma) == (source if source == "" else "permit", 10_000)
    assert rig.limits()["evse rating"] == 32_000
    expiring = {limit.source for limit in rig.sent().limits if limit.expires_s is not None}
    assert expiring == {rig.lowest().source}


def test_who_is_plugged_in_and_gets_nothing_is_always_told_why() -> None:
    """Over everything that happens in the situations above."""

    def watch(rig: Rig) -> None:
        for told in (state.shown for state in rig.state.evses.values()):
            if told.plug_in is not None and told.state not in OFFERING and told.state not in ("waking", "woken"):
                assert offerable_ma(told.limits[0].limit_ma) == 0, told

    for case in BOUNDED:
        rig = Rig(case.settings)
        rig.watchers.append(watch)
        charging(rig)
        case.then(rig)
        rig.run(15)


def test_a_newcomer_that_waits_for_what_others_give_back_is_told_so() -> None:
    rig = Rig(SOCKET, FIXED, fuse_ma=32_000)
    rig.charge(1)
    rig.run(10)
    rig.arrive(2)
    rig.permit(2)
    rig.run(1)
    assert (rig.told(2).offered_ma, rig.lowest(2).source, rig.lowest(2).limit_ma) == (0, "duty change", 0)
    rig.run(6)
    assert rig.told(2).offered_ma == 16_000
