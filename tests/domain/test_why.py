"""Why is it not charging? Each fact that keeps a car from charging has its own answer, and the first that counts is given."""

from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.control import limits
from chargepoint.control.ceiling import Ceiling
from chargepoint.domain import catalogue
from chargepoint.domain.catalogue import use
from chargepoint.domain.faults import Fault
from chargepoint.domain.limits import Limit
from chargepoint.domain.why import CardAnswer, Facts, conditions, current, first

NOW_S = 1000.0
ENOUGH = Limit("evse rating", 16_000, "installer", "what this EVSE is built for")
CHARGING = Facts(
    now_s=NOW_S,
    linked=True,
    plugged=True,
    stage="running",
    limits=(ENOUGH,),
    offered_ma=16_000,
    offered_for_s=60.0,
    asks=True,
    closed=True,
    power_w=3_680,
    current_ma=16_000,
)
OFFERED = replace(CHARGING, asks=False, closed=False, power_w=0, current_ma=0)
WAITING = replace(OFFERED, stage="nobody", offered_ma=0, offered_for_s=None)
EMPTY = replace(WAITING, plugged=False)
WELDED = Fault("contactor_welded", "power_switch_failure", "contactor: closed", since_s=5.0)
SMOKE = Fault("smoke", "other", since_s=7.0, by_board=True)
WORN = Fault("contactor_worn", "power_switch_failure", since_s=1.0)


def limited(source: str, limit_ma: int = 0, owner: str = "control", reason: str = "because", **more: Any) -> Facts:
    """A session whose current somebody takes."""
    return replace(OFFERED, offered_ma=0, offered_for_s=None, limits=(Limit(source, limit_ma, owner, reason), ENOUGH), **more)


def carded(answer: str, **more: Any) -> Facts:
    """A card was shown a minute and a half ago."""
    return replace(WAITING, card=CardAnswer(answer, NOW_S - 90, **more))  # type: ignore[arg-type]


ANSWERS: list[tuple[Facts, str, str]] = [
    (limited("no permit", recording=True), "record_awaited", "signs what this session takes"),
    (replace(CHARGING, linked=False), "control_silent", "not heard"),
    (replace(CHARGING, known=False), "board_silent", "not been measured"),
    (
        replace(WAITING, faults=(SMOKE, WELDED, WORN)),
        "contactor_welded",
        "not open (contactor_welded): contactor: closed, and 1 more.",
    ),
    (replace(WAITING, faults=(SMOKE,)), "board_other", "(smoke)"),
    (replace(WAITING, taken_out="new socket"), "out_of_service_technician", "new socket"),
    (replace(WAITING, operative=False), "out_of_service_csms", "ChangeAvailability"),
    (replace(WAITING, updating=True), "firmware_installing", "firmware"),
    (replace(WAITING, restarting=True), "restart_pending", "restart"),
    (replace(WAITING, reserved=True), "reserved", "reserved"),
    (EMPTY, "nothing_plugged", "Nothing is plugged in"),
    (replace(EMPTY, cable=True), "no_car_on_the_cable", "no car"),
    (WAITING, "authorisation_awaited", "Nobody has authorised"),
    (replace(WAITING, waited_s=130), "authorisation_awaited", "2 min 10 s"),
    (replace(WAITING, reader_silent=True), "reader_silent", "reader"),
    (carded("judging"), "card_judged", "looked at"),
    (carded("busy"), "card_judged", "show it again"),
    (carded("refused", status="Blocked"), "card_refused", "1 min 30 s ago was refused (Blocked)"),
    (carded("offline"), "card_unknown_offline", "could not be asked"),
    (carded("unlisted"), "card_unlisted", "no CSMS"),
    (carded("no_place"), "card_without_place", "no place"),
    (replace(EMPTY, card=CardAnswer("refused", NOW_S - 5)), "card_refused", "5 s ago"),
    (replace(EMPTY, card=CardAnswer("refused", NOW_S - 61)), "nothing_plugged", "Nothing is plugged in"),
    (replace(WAITING, stage="timed_out"), "authorisation_timed_out", "time-out"),
    (replace(WAITING, stage="over"), "session_over", "over"),
    (replace(WAITING, stage="over", plug_kept=True), "plug_kept", "kept locked"),
    (replace(WAITING, stage="withdrawn"), "authorisation_withdrawn", "withdrawn"),
    (replace(WAITING, stage="ending"), "session_ending", "ending"),
    (limited("csms profile 7", 5_000, "station"), "limit_profile", "5 A by csms profile 7 (because): a car needs at least 6 A."),
    (limited("csms profile 7", 0, "station", current.TOGETHER), "limit_station", "all EVSEs together"),
    (limited("site fuse", 0, "installer"), "limit_site_fuse", "site fuse"),
    (limited("temperature"), "limit_temperature", "temperature"),
    (limited("failsafe"), "limit_failsafe", "failsafe"),
    (limited("cable"), "limit_cable", "cable"),
    (limited("minimum current"), "limit_minimum", "minimum current"),
    (limited("a limit of another release"), "limit_other", "another release"),
    (limited("self-test"), "self_test_awaited", "self-test"),
    (limited("self-test", resuming=True), "power_loss_resume", "power was cut"),
    (limited("plug lock"), "plug_lock_awaited", "plug lock"),
    (limited("phase switch"), "phase_switch_awaited", "phase switch"),
    (limited("contactor rest"), "contactor_rests", "contactor rest"),
    (limited("control stopping"), "control_stopping", "control stopping"),
    (replace(OFFERED, stage="starting", locking=True), "plug_lock_awaited", "locked"),
    (replace(OFFERED, stage="starting", metered=False), "meter_awaited", "meter"),
    (replace(OFFERED, offered_ma=0), "offer_awaited", "nothing is offered yet"),
    (replace(CHARGING, closed=False, offered_ma=0), "offer_awaited", "nothing is offered yet"),
    (replace(OFFERED, offered_for_s=4.0), "car_awaited", "4 s"),
    (replace(OFFERED, offered_ma=0, waking=True), "car_woken", "woken"),
    (OFFERED, "car_does_not_ask", "16 A have been offered for 1 min 0 s"),
    (replace(OFFERED, charged_wh=7_200), "car_finished", "7.2 kWh"),
    (replace(CHARGING, closed=False), "contactor_open", "contactor is open"),
    (replace(CHARGING, power_w=3, current_ma=100), "car_draws_nothing", "0.00 kW, 0.1 A"),
]


@pytest.mark.parametrize(("facts", "error", "words"), ANSWERS, ids=lambda each: each if isinstance(each, str) else "")
def test_the_answer_names_what_is_missing_and_what_to_do(facts: Facts, error: str, words: str) -> None:
    answer = first(conditions(facts))
    assert answer.holds is False
    assert answer.code == catalogue.of(error).code
    assert words in answer.text
    assert answer.remedy == catalogue.of(error).technician[0]


def test_every_state_of_use_of_the_catalogue_is_the_answer_to_something() -> None:
    assert {each.name for each in use.ENTRIES} - {error for _, error, _ in ANSWERS} == set()


@pytest.mark.parametrize(("facts", "error", "words"), ANSWERS, ids=lambda each: each if isinstance(each, str) else "")
def test_every_condition_says_something_whatever_the_facts(facts: Facts, error: str, words: str) -> None:
    found = conditions(facts)
    assert len({each.name for each in found}) == len(found) == 14
    for each in found:
        assert each.text.endswith(".")
        assert (each.code is None) == (each.remedy == "") == (each.holds is not False)


def test_while_it_charges_everything_holds_and_the_last_says_how_much() -> None:
    found = conditions(CHARGING)
    assert all(each.holds for each in found)
    assert first(found).text == "Charging: 3.68 kW, 16.0 A."
    assert next(each.text for each in found if each.name == "allowance") == "Up to 16 A by evse rating (what this EVSE is built for)."


def test_a_meter_that_tells_no_power_leaves_open_whether_current_flows() -> None:
    answer = first(conditions(replace(CHARGING, power_w=None, current_ma=None)))
    assert (answer.name, answer.holds) == ("flow", None)


def test_what_only_warns_keeps_nobody_from_charging_and_neither_does_what_would_keep_the_next() -> None:
    for facts in (replace(CHARGING, faults=(WORN,)), replace(CHARGING, updating=True, restarting=True)):
        assert all(each.holds for each in conditions(facts))


def test_of_several_limits_the_one_that_lasts_longest_is_named() -> None:
    moments = [Limit(source, 0, "control") for source in ("no permit", "self-test", "contactor rest")]
    lasting = [Limit("site fuse", 0, "installer"), Limit("temperature", 0, "control"), Limit("csms profile 7", 3_000, "station")]
    named = []
    for more in range(len(lasting) + 1):
        found = conditions(replace(OFFERED, limits=(*moments, *lasting[:more])))
        named.append(first(found).code)
    assert named == [catalogue.of(each).code for each in ("self_test_awaited", "limit_site_fuse", "limit_temperature", "limit_profile")]


def test_every_limit_of_controls_own_is_known_here_and_its_word_for_the_whole_station() -> None:
    explained_elsewhere = {"evse rating", "fault", "simplified pilot"}
    assert set(current.ERROR_OF) == limits.OWN - explained_elsewhere
    assert limits.pool(Ceiling("csms profile 1", 0, NOW_S + 10), 63_000, NOW_S)[0].reason == current.TOGETHER
