"""What a story has to hand: the site, the CSMS, chance, and what the CSMS may rely on since the station accepted it."""

import asyncio
from random import Random

from simulators.csms.errors import CallRefused, CsmsError
from simulators.csms.frames import Payload
from tests.campaigns import orders
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

    @property
    def version(self) -> str:
        """What is spoken."""
        return self.central.version

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
        return LOST if answer is None else orders.result(answer)

    async def back(self) -> bool:
        """Wait until the station is connected again; false: there is no network."""
        for _ in range(int(READY_S / 0.5)):
            await asyncio.sleep(0.5)
            if self.site.up.is_set() and self.connected:
                return True
        return False

    async def remembers(self) -> None:
        """At the end: what was accepted still holds."""
        told = await self.status(*orders.get_interval(self.version))
        if told not in self.intervals:
            self.wrong.append(f"interval {told}; accepted was {self.intervals}")
        answer = await self.call("GetLocalListVersion", {}) or {}
        number = answer.get("listVersion", answer.get("versionNumber"))
        if number not in self.lists:
            self.wrong.append(f"list {answer}; accepted was {self.lists}")

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
