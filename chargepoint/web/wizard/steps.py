"""The steps in their order, and which entries of the file belong to which."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from chargepoint.inquiry.trial import What
from chargepoint.web.wizard import access
from chargepoint.web.wizard.csms import BY_OCPP
from chargepoint.web.wizard.draft import Draft


class Step(Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    title: str
    owns: str
    """Regular expression for the beginning of an entry's path; ``{}``: the EVSE's place in the list."""
    each: bool = False
    """For every EVSE."""
    tries: What | None = None


STEPS: tuple[Step, ...] = (
    Step(name="station", title="Station and site", owns=r"(station|site|public\.label)\b"),
    Step(name="board", title="Board", owns=r"evses\[{}\]\.(board|wake_up)\b", each=True, tries="board"),
    Step(name="meter", title="Meter", owns=r"evses\[{}\]\.meter\b", each=True, tries="meter"),
    Step(name="socket", title="Socket or cable", owns=r"evses\[{}\]\.(?!board|wake_up|meter)", each=True),
    Step(name="access", title="Who may charge", owns=r"(readers|authorization)\b", tries="reader"),
    Step(name="csms", title="CSMS", owns=r"(ocpp|security)\b"),
    Step(name="public", title="For drivers", owns=r"public\b(?!\.label)"),
)
LAST = "summary"
COUNT = len(STEPS) + 1


class Place(Struct, frozen=True):
    """A step, of one EVSE or of the station (0)."""

    step: Step
    evse: int = 0

    @property
    def key(self) -> str:
        """In the draft, and the end of its address."""
        return f"{self.step.name}/{self.evse}" if self.evse else self.step.name

    @property
    def path(self) -> str:
        """Its address."""
        return f"/wizard/{self.key}"

    @property
    def title(self) -> str:
        """For people."""
        return f"{self.step.title} of EVSE {self.evse}" if self.evse else self.step.title

    @property
    def number(self) -> int:
        """Of its step, from 1."""
        return STEPS.index(self.step) + 1

    def owns(self, error: str) -> bool:
        """Is it this place that has to mend it?"""
        return re.match(self.step.owns.replace("{}", str(self.evse - 1)), error) is not None


def places(draft: Draft) -> Iterator[Place]:
    """Where everything is asked, in order."""
    for step in STEPS:
        yield from (Place(step, number) for number in range(1, draft.evses + 1)) if step.each else (Place(step),)


def find(draft: Draft, name: str, evse: int = 0) -> Place | None:
    """The place with that address."""
    return next((place for place in places(draft) if (place.step.name, place.evse) == (name, evse)), None)


def after(draft: Draft, place: Place) -> str:
    """The address of what comes next."""
    every = list(places(draft))
    at = every.index(place) + 1
    return every[at].path if at < len(every) else f"/wizard/{LAST}"


def before(draft: Draft, place: Place) -> str:
    """The address of what came before; empty: nothing did."""
    every = list(places(draft))
    at = every.index(place)
    return every[at - 1].path if at else ""


def first_open(draft: Draft) -> str:
    """Where to go on."""
    return next((place.path for place in places(draft) if not settled(draft, place)), f"/wizard/{LAST}")


def tries(draft: Draft, place: Place) -> bool:
    """Is there anything to be tried?"""
    if place.step.name == "access":
        return access.has_reader(draft.of(place.key))
    if place.step.name == "csms":
        return draft.of(place.key).get("uses") == BY_OCPP
    return place.step.tries is not None


def settled(draft: Draft, place: Place) -> bool:
    """Answered, and tried or passed over."""
    return draft.has(place.key) and (not tries(draft, place) or draft.trial(place.key) is not None)


def state(draft: Draft, place: Place) -> Literal["open", "untried", "good"]:
    """For a summary."""
    tried = draft.trial(place.key)
    if not settled(draft, place):
        return "open"
    return "good" if not tries(draft, place) or (tried is not None and tried.good) else "untried"


def errors_of(place: Place, errors: Sequence[str]) -> tuple[str, ...]:
    """Those that this place has to mend."""
    return tuple(error for error in errors if place.owns(error))


def untried(draft: Draft) -> tuple[str, ...]:
    """What goes into the file without having been seen to work."""
    found = []
    for place in places(draft):
        tried = draft.trial(place.key)
        if tries(draft, place) and (tried is None or not tried.good):
            found.append(f"{place.title}: {'not tried' if tried is None else tried.text}")
    return tuple(found)
