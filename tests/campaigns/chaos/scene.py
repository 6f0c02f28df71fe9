"""What a story has to hand: the site, the CSMS, chance, and what the CSMS may rely on since the station accepted it."""

import asyncio
from random import Random
from typing import Any

from simulators.csms.errors import CallRefused, CsmsError
from simulators.csms.frames import Payload
from tests.campaigns.chaos.central import STATION, Central
from tests.campaigns.chaos.site import Site

READY_S = 30.0
LOST = "lost"
"""The answer of a CALL that nobody knows the outcome of."""
UNSUPPORTED = ("NotImplemented", "NotSupported")


class Scene:
    """Everything that an act needs, and what the CSMS may rely on since the station accepted it."""

    def __init__(self, site: Site, central: Central, random: Random) -> None:
        self.site = site
        self.central = central
        self.random = random
        self.lines: list[str] = []
        self.wrong: list[str] = []
        self.intervals = {"15"}
        """Any of these may hold now."""
        self.lists = {0}
        self.numbers = 0

    def note(self, text: str) -> None:
        """Write it down."""
        self.lines.append(f"{asyncio.get_running_loop().time():9.3f}  {text}")

    async def call(self, action: str, payload: Payload) -> Payload | None:
        """A CALL of the CSMS; ``None``: nobody knows whether it was carried out. Raises CallRefused."""
        try:
            answer = await self.central.call(STATION, action, payload, timeout_s=8.0)
        except CallRefused:
            raise
        except CsmsError as error:
            self.note(f"{action}: {error}")
            return None
        self.note(f"{action} {payload}: {answer}")
        return answer

    async def status(self, action: str, payload: Payload) -> str:
        """The status in the answer, or ``lost``; an order that is not supported counts as rejected."""
        try:
            answer = await self.call(action, payload)
        except CallRefused as refused:
            if refused.error_code not in UNSUPPORTED:
                self.wrong.append(f"{action} {payload}: {refused}")
            return "Rejected"
        return LOST if answer is None else str(answer.get("status", "Accepted"))

    async def back(self) -> bool:
        """Wait until the station is connected again; false: there is no network."""
        for _ in range(int(READY_S / 0.5)):
            await asyncio.sleep(0.5)
            if self.site.up.is_set() and self.connected:
                return True
        return False

    async def remembers(self) -> None:
        """At the end: what was accepted still holds."""
        for held, action, question, place in (
            (self.intervals, "GetConfiguration", {"key": ["MeterValueSampleInterval"]}, ("configurationKey", 0, "value")),
            (self.lists, "GetLocalListVersion", {}, ("listVersion",)),
        ):
            answer: Any = await self.call(action, question)
            for step in place if answer is not None else ():
                answer = answer[step]
            if answer not in held:
                self.wrong.append(f"{action}: {answer}; accepted was {held}")

    @property
    def connected(self) -> bool:
        """Can the CSMS call?"""
        station = self.central.stations.get(STATION)
        return station is not None and station.connected and station.registration == "accepted"

    async def survives_a_cut(self, what: str, question: tuple[str, Payload], wanted: str) -> None:
        """Cut everything; what was accepted must still be there."""
        self.site.cut(power=self.random.random() < 0.5)
        if await self.back():
            answer = await self.status(*question)
            if answer not in (wanted, LOST):
                self.wrong.append(f"{what}: {question[0]} after a cut: {answer}; expected {wanted}")
