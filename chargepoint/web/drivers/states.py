"""What a driver reads of the state of an EVSE: a title, a sentence that says what to do now, an icon and a tone. A table.

Where the catalogue has a sentence for what is behind the state, that one is read. Icons differ in shape; tones only underline them.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from chargepoint.domain import catalogue
from chargepoint.inquiry.driver import EvseSight
from chargepoint.texts import marked

Tone = Literal["good", "go", "wait", "bad", "off"]


class State(Struct, frozen=True):
    """One of them. ``coded``: the catalogue's sentence for the code comes before the one here."""

    title: str
    sentence: str
    icon: str
    tone: Tone
    coded: bool = False


def _entry(name: str) -> str:
    return catalogue.of(name).driver


AWAY = State(
    marked("The station does not answer"),
    marked("It may be starting: this page tries again by itself. If it stays like this, call the help line."),
    "away",
    "bad",
)
"""No station process answers."""
START = State(
    marked("Ready to start"),
    marked("Your car is plugged in: tap “Start charging”, or hold your card to the reader."),
    "ready",
    "go",
)
"""The car is there, and the page may start it."""
STATES: Mapping[str, State] = {
    "starting": State(marked("The station is starting"), marked("This takes a moment: please wait."), "starting", "wait"),
    "available": State(marked("Ready"), _entry("nothing_plugged"), "ready", "good"),
    "offline": State(marked("Ready for known cards"), _entry("csms_silent"), "offline", "wait"),
    "authorise": State(marked("Show your card"), _entry("authorisation_awaited"), "card", "go", True),
    "authorising": State(marked("Checking your card"), _entry("card_judged"), "checking", "wait"),
    "accepted": State(marked("Card accepted"), marked("Charging begins as soon as your car is ready."), "accepted", "good"),
    "refused": State(marked("Card refused"), _entry("card_refused"), "refused", "bad", True),
    "plug_in": State(marked("Plug in now"), marked("You may charge here: plug the cable into your car."), "plug_in", "go"),
    "plugged": State(marked("Waiting for your car"), _entry("car_awaited"), "waiting", "go", True),
    "charging": State(marked("Charging"), marked("Your car is charging: to end it, hold your card to the reader again."), "charging", "go"),
    "ev_paused": State(marked("Paused by your car"), _entry("car_does_not_ask"), "ev_paused", "wait", True),
    "paused": State(marked("Paused by the station"), _entry("limit_other"), "paused", "wait", True),
    "finished": State(marked("Finished"), marked("Charging has ended: please unplug and make room for the next."), "finished", "good"),
    "reserved": State(marked("Reserved"), _entry("reserved"), "reserved", "wait"),
    "unavailable": State(marked("Out of service"), _entry("out_of_service_csms"), "unavailable", "off", True),
    "updating": State(marked("Please wait"), _entry("firmware_installing"), "updating", "wait", True),
    "fault": State(marked("Out of order"), _entry("board_other"), "fault", "bad", True),
    "emergency": State(marked("Emergency stop"), _entry("emergency_stop"), "emergency", "bad"),
}
"""By headline."""

STOP_BY_TAP = marked("Your car is charging: to end it, tap “Stop charging”.")
FREE = marked("Plug the cable into your car: charging starts by itself.")
TELLS_CODE = frozenset({"fault", "emergency", "unavailable"})
"""States in which whoever answers the help line wants the code."""


def of(sight: EvseSight | None) -> State:
    """Of what the station says; ``None``: nothing."""
    if sight is None:
        return AWAY
    return START if sight.headline == "authorise" and sight.may_start else STATES[sight.headline]


def sentence(sight: EvseSight | None, *, free: bool, mine: bool) -> str:
    """Its id. ``free``: nobody needs a card here; ``mine``: this browser may stop what runs."""
    state = of(sight)
    if sight is None:
        return state.sentence
    if sight.headline == "charging" and mine:
        return STOP_BY_TAP
    if sight.headline == "available" and free:
        return FREE
    entry = catalogue.by_code(sight.code) if state.coded and sight.code else None
    return entry.driver if entry is not None and entry.driver else state.sentence
