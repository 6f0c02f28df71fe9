"""The way through the steps: on to what is open, back to what was before, and to the summary when nothing is open any more."""

from chargepoint.cli.setting_up import looking, questions
from chargepoint.cli.setting_up.screen import Back, Screen
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.inquiry.trial import Sight, Try
from chargepoint.web.wizard import steps
from chargepoint.web.wizard.climbing import climbed
from chargepoint.web.wizard.fields import Option
from chargepoint.web.wizard.steps import Place

SECONDS = 300.0
NOT_NOW = "passed over without a test"
RUNS = "The station runs and has its hardware, so this is not tried apart. Once it is saved: chargepoint hardware."
INTROS = {
    "station": "Who the station is, and what the feed gives it: the CSMS knows it by its identity, and the fuse is never exceeded.",
    "board": "What makes the pilot signal and switches the contactor of this EVSE. It is only looked at: nothing is switched on.",
    "meter": "What measures the energy of this EVSE. Nothing charges meanwhile, so it has to show no current.",
    "socket": "What the driver plugs in, and what fuse, wires and contactor of this EVSE carry.",
    "access": "Who may begin to charge, and how cards are read.",
    "csms": "The central system that the station reports to. The way there is climbed rung by rung, each with a remedy.",
    "public": "What drivers are told. A station for strangers needs a help line.",
}
AGAIN, CHANGE, ON = "again", "change", "on"
AFTER = (
    Option(AGAIN, "Try it once more"),
    Option(CHANGE, "Change the answers"),
    Option(ON, "Go on without a test", "It is named in the summary, and can be tried there later."),
)


def walk(sitting: Sitting, begin: Place | None = None) -> None:
    """Until every step is done; ``begin``: this one first, done or not. Raises Leave."""
    at = begin or _open(sitting)
    asks = begin is not None
    while (place := at) is not None:
        try:
            step(sitting, place, asks=asks or not sitting.draft.has(place.key) or place.key in sitting.kept.typed)
            at, asks = _open(sitting, place), False
        except Back:
            at, asks = _before(sitting, place), True


def _open(sitting: Sitting, after: Place | None = None) -> Place | None:
    """The next that is not done, behind this one first."""
    every = list(steps.places(sitting.draft))
    at = next((number for number, each in enumerate(every) if after is not None and each.key == after.key), -1)
    errors = sitting.checked().errors
    behind = [*every[at + 1 :], *every[: at + 1]]
    return next((each for each in behind if not sitting.done(each) or steps.errors_of(each, errors)), None)


def _before(sitting: Sitting, place: Place) -> Place:
    every = list(steps.places(sitting.draft))
    at = [each.key for each in every].index(place.key)
    if at == 0:
        sitting.screen.say("This is the first step.", indent=2)
    return every[max(at - 1, 0)]


def step(sitting: Sitting, place: Place, *, asks: bool = True) -> None:
    """Asked, and tried. ``asks``: false where it was answered already, and only has to be tried. Raises Back, Leave."""
    screen = sitting.screen
    screen.heading(place.title, f"Step {place.number} of {steps.COUNT}")
    screen.say(INTROS[place.step.name], indent=2)
    while True:
        if asks or sitting.errors(place):
            questions.ask(sitting, place)
        asks = True
        if sitting.running and place.step.tries is not None and steps.tries(sitting.draft, place) and sitting.changed(place):
            screen.say(RUNS, indent=2)
        if not sitting.tries(place) or _tried(sitting, place):
            return


def _tried(sitting: Sitting, place: Place) -> bool:
    """May one go on? Else the answers are to be changed. Raises Leave."""
    try:
        return _try(sitting, place)
    except Back:
        return False


def _try(sitting: Sitting, place: Place) -> bool:
    screen, mark = sitting.screen, sitting.draft.mark(place.key)
    first = sitting.draft.trial(place.key) is None
    if not screen.sure("Try it now?" if first else "Try it once more?", default=first):
        if first:
            sitting.keep(sitting.draft.seen(place.key, mark, NOT_NOW, good=False))
        return True
    while True:
        sight = trial(screen, sitting, place)
        good = sight is not None and sight.state == "good"
        sitting.keep(sitting.draft.seen(place.key, mark, NOT_NOW if sight is None else sight.text, good=good))
        if good:
            return True
        chosen = screen.choose("It has not been seen to work. What now?", AFTER, AGAIN)
        if chosen != AGAIN:
            return chosen == ON


def trial(screen: Screen, sitting: Sitting, place: Place) -> Sight | None:
    """With live values. Raises Leave."""
    tree = sitting.tree()
    if place.step.tries is None:
        return looking.look(screen, lambda: climbed(sitting.ports, tree), ends_by_itself=True)
    asked = Try(what=place.step.tries, configuration=tree, number=place.evse or 1, seconds=SECONDS)
    return looking.look(screen, lambda: sitting.ports.attempt(asked), once=asked.what == "reader")
