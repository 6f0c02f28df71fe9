"""One EVSE as it is seen at a moment: what control tells of it, what is wrong with it, whether somebody is there."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.inquiry.hardware import Shown, ShowSignals
from chargepoint.link.messages import Signals
from hal.api import Abilities

T = TypeVar("T")

LOOK_S = 6.0
SLACK_S = 0.3
"""Signals come four times a second, and the board is not read at the same moment."""
CAR = ("B1", "B2", "C1", "C2", "D1", "D2", "stopping", "waking", "woken")
"""States in which one is there."""
METER_S = 5.0
"""A meter that is older is not heard."""


class Ask(Protocol):
    """A question to the station. Raises InquiryError."""

    async def __call__(self, question: msgspec.Struct | None, answer: type[T], timeout_s: float = ..., /) -> T: ...


class Bench(Struct, frozen=True, kw_only=True):
    """What a test needs of the world."""

    ask: Ask
    configuration: Configuration
    abilities: Callable[[EvsePart], Abilities]
    monotonic: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]


class Trouble(Struct, frozen=True, kw_only=True):
    """An active fault, as the document of the station has it."""

    name: str
    code: str = ""
    title: str = ""
    info: str = ""
    remedy: str = ""

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.title or self.name}{f': {self.info}' if self.info else ''}"


class Sight(Struct, frozen=True, kw_only=True):
    """One EVSE."""

    part: EvsePart
    abilities: Abilities
    voltage_v: float
    """Nominal, of the site."""
    connected: bool
    """Is control there?"""
    signals: Signals | None
    troubles: tuple[Trouble, ...] = ()
    session: bool = False
    """Does a transaction run?"""
    state: str = "A"
    """As the station has heard it last: signals may be older by a second."""

    @property
    def heard(self) -> bool:
        """Does the board say something about now?"""
        signals = self.signals
        return signals is not None and signals.inputs is not None and self.board_age_s <= self.abilities.silent_s + SLACK_S

    @property
    def board_age_s(self) -> float:
        """Infinite: it was never heard."""
        signals = self.signals
        return float("inf") if signals is None or signals.inputs is None else max(0.0, signals.at_s - signals.inputs.at_s)

    @property
    def meter_age_s(self) -> float:
        """The same of the meter."""
        signals = self.signals
        return float("inf") if signals is None or signals.reading is None else max(0.0, signals.at_s - signals.reading.at_s)

    @property
    def on_socket(self) -> bool:
        """Is the pilot's connector a socket?"""
        inputs = None if self.signals is None else self.signals.inputs
        connector = self.part.connectors[0].id if inputs is None else inputs.connector
        return any(each.id == connector and each.cable == "socket" for each in self.part.connectors)

    @property
    def somebody(self) -> str:
        """Why nothing may be moved: who or what is there. Empty: nobody."""
        signals = self.signals
        if self.session:
            return "a session runs"
        if self.state in CAR or (signals is not None and signals.cp in ("B", "C", "D")):
            return f"a car is plugged in (state {self.state if self.state in CAR or signals is None else signals.cp})"
        if signals is not None and self.on_socket and signals.inputs is not None and signals.inputs.pp_ohm is not None:
            return "a cable is in the socket"
        return ""


async def look(bench: Bench, part: EvsePart) -> Sight:
    """As it is now. Raises InquiryError."""
    shown = await bench.ask(ShowSignals(), Shown, LOOK_S)
    document: dict[str, Any] = await bench.ask(None, dict[str, Any], LOOK_S)
    return of(bench, part, shown, document)


def of(bench: Bench, part: EvsePart, shown: Shown, document: Mapping[str, Any]) -> Sight:
    """Out of both answers."""
    entry: Mapping[str, Any] = next((each for each in document["evses"] if each["id"] == part.id), {})
    return Sight(
        part=part,
        abilities=bench.abilities(part),
        voltage_v=bench.configuration.site.voltage_v,
        connected=shown.connected,
        signals=next((each for each in shown.evses if each.evse == part.id), None),
        troubles=tuple(map(trouble, entry.get("fault_details", ()))),
        session=bool(entry.get("transaction")),
        state=entry.get("state") or "A",
    )


def trouble(entry: Mapping[str, Any]) -> Trouble:
    """Of an entry of ``fault_details``."""
    steps = entry.get("technician") or ("",)
    return Trouble(
        name=entry["name"], code=entry.get("code") or "", title=entry.get("title") or "", info=entry.get("info") or "", remedy=steps[0]
    )
