"""What a driver reads in every state, by what is behind it. Pure."""

from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain import catalogue
from chargepoint.domain.panel_words import Headline
from chargepoint.inquiry.driver import EvseSight
from chargepoint.web.drivers import states
from tests.web.driver_pages import CHARGES, SIGHTS, code

WHOLE = states.Here()
BARE = states.Here(reads=False)
ENTRY_OF = {each.name: each for each in catalogue.ENTRIES}


@pytest.mark.parametrize(
    ("headline", "name", "title", "icon"),
    [
        ("accepted", "session_ending", "Please wait", "starting"),
        ("accepted", "session_over", "Finished", "finished"),
        ("accepted", "offer_awaited", "Card accepted", "accepted"),
        ("charging", "session_ending", "Please wait", "starting"),
        ("charging", "car_draws_nothing", "Waiting for your car", "waiting"),
        ("charging", "limit_profile", "Paused by the station", "paused"),
        ("paused", "session_ending", "Please wait", "starting"),
        ("paused", "car_awaited", "Waiting for your car", "waiting"),
        ("paused", "authorisation_withdrawn", "Card refused", "refused"),
        ("plugged", "limit_station", "Paused by the station", "paused"),
        ("plugged", "self_test_awaited", "Please wait", "starting"),
        ("plugged", "plug_lock_awaited", "Please wait", "starting"),
        ("refused", "limit_profile", "Card refused", "refused"),
        ("authorise", "csms_silent", "Show your card", "card"),
        ("authorise", "reader_silent", "Cards cannot be read", "refused"),
        ("finished", "session_over", "Finished", "finished"),
        ("finished", "authorisation_withdrawn", "Card refused", "refused"),
        ("finished", "plug_kept", "Plug locked", "card"),
        ("available", "no_car_on_the_cable", "Ready", "ready"),
    ],
)
def test_title_and_sentence_say_the_same_whatever_is_behind_the_state(headline: Any, name: str, title: str, icon: str) -> None:
    state = states.of(EvseSight(evse=1, headline=headline, code=code(name), lasted_s=600), WHOLE)
    assert (state.title, state.icon) == (title, icon)
    own = {("accepted", "offer_awaited"), ("accepted", "session_over"), ("refused", "limit_profile"), ("finished", "session_over")}
    assert (state.sentence == ENTRY_OF[name].driver) is ((headline, name) not in own)


def test_every_use_of_the_catalogue_has_a_state_of_its_kind_and_none_says_to_do_what_another_denies() -> None:
    of_sessions = {each.code for each in catalogue.ENTRIES if each.code[3:5] in ("94", "95", "97")}
    assert of_sessions | {code("authorisation_withdrawn")} == set(states.BEHIND)
    looks: tuple[Headline, ...] = ("plugged", "charging", "ev_paused", "paused")
    assert set(looks) == states.RUNNING
    for headline in looks:
        for each in of_sessions:
            assert states.of(EvseSight(evse=1, headline=headline, code=each, lasted_s=600), WHOLE) == states.BEHIND[each]


def test_a_car_that_has_just_begun_gets_ready_before_it_is_said_to_draw_nothing() -> None:
    begins = EvseSight(evse=1, headline="charging", code=code("car_draws_nothing"), lasted_s=20)
    assert states.of(begins, WHOLE).sentence == catalogue.of("car_awaited").driver


@pytest.mark.parametrize(("ends", "says"), [("card", "hold your card"), ("app", "use the app"), ("plug", "pull the plug")])
def test_charging_says_how_it_is_ended(ends: Any, says: str) -> None:
    runs = replace(CHARGES, ends=ends)
    assert says in states.of(runs, WHOLE).sentence
    assert "tap" in states.of(runs, replace(WHOLE, mine=True)).sentence


def test_where_there_is_no_csms_nobody_is_told_of_an_app() -> None:
    sight = SIGHTS["authorise"]
    assert sight is not None
    assert "app" in states.of(sight, WHOLE).sentence
    assert states.of(sight, states.Here(afar=False)).sentence == "Hold your card to the reader."


def test_where_there_is_no_reader_nobody_is_told_to_hold_a_card_to_it() -> None:
    for sight in SIGHTS.values():
        if sight is not None and sight.headline in ("available", "authorise", "offline", "reserved", "finished"):
            assert "card" not in states.of(sight, BARE).sentence, sight
    offline = EvseSight(evse=1, headline="authorise", code=code("csms_silent"))
    assert states.of(offline, BARE) == states.UNREACHED == states.of(replace(offline, headline="offline"), BARE)
    assert states.of(replace(offline, headline="offline"), replace(BARE, starts=True)) == states.STATES["available"]


@pytest.mark.parametrize(
    ("name", "plugged", "own"),
    [("over_temperature", True, True), ("over_temperature", False, False), ("contactor_welded", False, True), ("tilted", False, True)],
)
def test_who_has_plugged_nothing_in_is_not_told_to_leave_his_car_there(name: str, plugged: bool, own: bool) -> None:
    state = states.of(EvseSight(evse=1, headline="fault", code=code(name), plugged=plugged), WHOLE)
    assert (state.title, state.sentence == ENTRY_OF[name].driver) == ("Out of order", own)
