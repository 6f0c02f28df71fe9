"""What a driver reads of the state of an EVSE: a title, a sentence that says what to do now, an icon and a tone. Tables.

    headline ──▶ STATES                       what displays and lamps say as well
    code ──────▶ BEHIND, OVER, AFTER, READER  what is behind it, where that is another thing to do

Where the catalogue has a sentence for what is behind the state, that one is read. Icons differ in shape; tones only underline them.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain import catalogue
from chargepoint.inquiry.driver import Ends, EvseSight
from chargepoint.texts import marked

Tone = Literal["good", "go", "wait", "bad", "off"]


class State(Struct, frozen=True):
    """One of them. ``codes``: the catalogue's sentence for a code that begins so comes before the one here."""

    title: str
    sentence: str
    icon: str
    tone: Tone
    codes: str | None = None


class Here(Struct, frozen=True):
    """What else the sentence goes by. ``free``: nobody needs a card; ``reads``: there is a card reader; ``afar``: there is a CSMS, whose
    app may start; ``starts``: the page may start what is plugged in; ``mine``: this browser may stop what runs."""

    free: bool = False
    reads: bool = True
    afar: bool = True
    starts: bool = False
    mine: bool = False


def _entry(name: str) -> str:
    return catalogue.of(name).driver


def _told_by(state: State, *names: str) -> dict[str, State]:
    """The same state in the words of each of these entries, by its code."""
    return {catalogue.of(name).code: replace(state, sentence=_entry(name), codes=None) for name in names}


AWAY = State(
    marked("The station does not answer"),
    marked("It may be starting: this page tries again by itself. If it stays like this, call the help line."),
    "away",
    "bad",
)
"""No station process answers."""
STATES: Mapping[str, State] = {
    "starting": State(marked("The station is starting"), marked("This takes a moment: please wait."), "starting", "wait"),
    "available": State(marked("Ready"), _entry("nothing_plugged"), "ready", "good", "CP-91"),
    "offline": State(marked("Ready for known cards"), _entry("csms_silent"), "offline", "wait"),
    "authorise": State(marked("Show your card"), _entry("authorisation_awaited"), "card", "go", "CP-"),
    "authorising": State(marked("Checking your card"), _entry("card_judged"), "checking", "wait"),
    "accepted": State(marked("Card accepted"), marked("Charging begins as soon as your car is ready."), "accepted", "good"),
    "refused": State(marked("Card refused"), _entry("card_refused"), "refused", "bad", "CP-92"),
    "plug_in": State(marked("Plug in now"), marked("You may charge here: plug the cable into your car."), "plug_in", "go"),
    "plugged": State(marked("Waiting for your car"), _entry("car_awaited"), "waiting", "go"),
    "charging": State(marked("Charging"), marked("Your car is charging: to end it, hold your card to the reader again."), "charging", "go"),
    "ev_paused": State(marked("Paused by your car"), _entry("car_does_not_ask"), "ev_paused", "wait"),
    "paused": State(marked("Paused by the station"), _entry("limit_other"), "paused", "wait"),
    "finished": State(marked("Finished"), marked("Charging has ended: please unplug and make room for the next."), "finished", "good"),
    "reserved": State(marked("Reserved"), _entry("reserved"), "reserved", "wait"),
    "unavailable": State(marked("Out of service"), _entry("out_of_service_csms"), "unavailable", "off", "CP-90"),
    "updating": State(marked("Please wait"), _entry("firmware_installing"), "updating", "wait", "CP-90"),
    "fault": State(marked("Out of order"), _entry("board_other"), "fault", "bad", "CP-"),
    "emergency": State(marked("Emergency stop"), _entry("emergency_stop"), "emergency", "bad"),
}
"""By headline."""

_WAIT = State(marked("Please wait"), "", "starting", "wait")
BEHIND: Mapping[str, State] = {
    **_told_by(_WAIT, "meter_awaited", "self_test_awaited", "phase_switch_awaited", "contactor_rests", "offer_awaited", "contactor_open"),
    **_told_by(_WAIT, "power_loss_resume", "control_stopping", "record_awaited", "plug_lock_awaited"),
    **_told_by(STATES["paused"], "limit_profile", "limit_station", "limit_site_fuse", "limit_temperature", "limit_failsafe"),
    **_told_by(STATES["paused"], "limit_cable", "limit_minimum", "limit_other"),
    **_told_by(STATES["plugged"], "car_awaited", "car_woken", "car_draws_nothing"),
    **_told_by(STATES["ev_paused"], "car_does_not_ask", "car_finished"),
    **_told_by(STATES["refused"], "authorisation_withdrawn"),
}
"""By code, of a session that runs, whatever it looks like from outside."""
OVER: Mapping[str, State] = {
    **_told_by(_WAIT, "session_ending"),
    catalogue.of("session_over").code: STATES["finished"],
}
"""By code: even a card that was accepted just now was the one that ended it."""
AFTER: Mapping[str, State] = {
    **_told_by(State(marked("Plug locked"), "", "card", "go"), "plug_kept"),
    **_told_by(STATES["refused"], "authorisation_withdrawn"),
}
"""By code, of a session that was ended by whoever issued the card."""
READER: Mapping[str, State] = _told_by(
    State(marked("Cards cannot be read"), "", "refused", "wait"), "reader_silent", "board_reader_failure"
)
RUNNING = frozenset({"plugged", "charging", "ev_paused", "paused"})

APP = State(marked("Start charging"), marked("Your car is plugged in: start with the app or on the operator's website."), "mobile", "go")
"""There is no reader."""
UNREACHED = State(
    marked("Please wait"),
    marked("The operator cannot be reached at the moment: try again later, or use another station."),
    "offline",
    "wait",
)
"""Nor can anybody start from afar."""
CALL = State(
    marked("Plug locked"),
    marked("Your session was refused, and your plug is locked: call the help line to have it released."),
    "phone",
    "bad",
)
"""Nor is there anything to hold a card to."""
START = State(
    marked("Ready to start"),
    marked("Your car is plugged in: tap “Start charging”, or hold your card to the reader."),
    "ready",
    "go",
)
"""The car is there, and the page may start it."""
CARD = marked("Hold your card to the reader.")
TAP = marked("Your car is plugged in: tap “Start charging”.")
STOP_BY_TAP = marked("Your car is charging: to end it, tap “Stop charging”.")
ENDS: Mapping[Ends, str] = {
    "card": STATES["charging"].sentence,
    "app": marked("Your car is charging: to end it, use the app that you started it with."),
    "plug": marked("Your car is charging: to end it, unlock the car and pull the plug there."),
}
FREE = marked("Plug the cable into your car: charging starts by itself.")
PLUG, AWAITED, UNREACHABLE, KEPT = (
    catalogue.of(name).code for name in ("nothing_plugged", "authorisation_awaited", "csms_silent", "plug_kept")
)
NO_CURRENT, GETTING_READY = catalogue.of("car_draws_nothing").code, catalogue.of("car_awaited").code
PREPARES_S = 60
"""So long after its beginning a car that draws nothing gets ready."""
BROKEN = marked("This charging place is out of order: please use another one.")
"""To who has not plugged in: what the catalogue says is for who has."""
KEEP_OFF = frozenset(
    catalogue.of(name).code
    for name in ("contactor_welded", "board_power_switch_failure", "tilted", "enclosure_open", "earth_lost", "lock_stuck")
)
"""What everybody before the station has to know."""
OUT = frozenset({"fault", "emergency", "unavailable"})
"""Nobody can charge: whoever answers the help line wants the code, and nobody the price."""


def of(sight: EvseSight, here: Here) -> State:
    """Of what the station says, with the sentence that holds here and now."""
    state = STATES[sight.headline]
    if sight.headline in RUNNING or sight.headline == "accepted":
        return _session(sight, state, here)
    if sight.headline == "finished":
        return CALL if sight.code == KEPT and not here.reads else AFTER.get(sight.code, state)
    if sight.headline == "authorise":
        return _begins(sight, state, here)
    if sight.headline == "offline" and not here.reads:
        return STATES["available"] if here.starts else UNREACHED
    if sight.headline == "available" and here.free and sight.code in (PLUG, ""):
        return replace(state, sentence=FREE)
    if sight.headline == "fault" and not sight.plugged and sight.code not in KEEP_OFF:
        return replace(state, sentence=BROKEN)
    return _worded(state, sight.code)


def _session(sight: EvseSight, state: State, here: Here) -> State:
    """It runs, or a card has just begun or ended it."""
    if sight.code in OVER:
        return OVER[sight.code]
    prepares = sight.code == NO_CURRENT and (sight.lasted_s or 0) < PREPARES_S
    code = GETTING_READY if prepares else sight.code
    if sight.headline in RUNNING and code in BEHIND:
        return BEHIND[code]
    return replace(state, sentence=STOP_BY_TAP if here.mine else ENDS[sight.ends]) if sight.headline == "charging" else state


def _begins(sight: EvseSight, state: State, here: Here) -> State:
    """A car is there, and nobody has said who pays."""
    if sight.may_start:
        return START if here.reads and sight.code not in READER else replace(START, sentence=TAP)
    if not here.reads:
        return UNREACHED if sight.code == UNREACHABLE else APP
    if not here.afar and sight.code in (AWAITED, ""):
        return replace(state, sentence=CARD)
    return READER.get(sight.code) or _worded(state, sight.code)


def code(sight: EvseSight) -> str:
    """For the help line; empty where it is no help."""
    return sight.code if sight.headline in OUT or (sight.headline == "authorise" and sight.code in READER) else ""


def _worded(state: State, code: str) -> State:
    entry = catalogue.by_code(code) if state.codes is not None and code.startswith(state.codes) else None
    return replace(state, sentence=entry.driver) if entry is not None and entry.driver else state
