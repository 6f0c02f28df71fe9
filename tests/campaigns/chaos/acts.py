"""What happens in a story: people, cars, the network, the CSMS's orders, cuts. One row each, with how often and when it makes sense."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

from msgspec import Struct

from chargepoint.domain.notifications import SecurityEvent
from hal.measured import TokenSeen
from simulators.csms.errors import CallRefused, CsmsError
from simulators.csms.frames import Payload
from tests.campaigns.chaos.central import STATION, Central, now
from tests.campaigns.chaos.site import Site

CARDS = ("CARD0", "CARD1", "CARD2")
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


class Act(Struct, frozen=True):
    """One row."""

    name: str
    weight: float
    possible: Callable[[Scene], bool]
    do: Callable[[Scene], Awaitable[None]]


async def plug(scene: Scene) -> None:
    """A car comes."""
    scene.site.car.arrive()


async def unplug(scene: Scene) -> None:
    """It goes."""
    scene.site.car.leave()


async def card(scene: Scene) -> None:
    """To start, or to stop."""
    scene.site.game.reader.present(TokenSeen(scene.random.choice(CARDS)))


async def remote_start(scene: Scene) -> None:
    """From an app."""
    await scene.status("RemoteStartTransaction", {"connectorId": 1, "idTag": scene.random.choice(CARDS)})


async def remote_stop(scene: Scene) -> None:
    """By the id that the CSMS gave last."""
    await scene.status("RemoteStopTransaction", {"transactionId": int(scene.central.transactions[-1].id)})


async def wait(scene: Scene) -> None:
    """Time passes."""
    await asyncio.sleep(scene.random.uniform(5, 60))


async def network(scene: Scene) -> None:
    """Gone, or back."""
    if scene.central.network.is_set():
        scene.central.unplug_network()
    else:
        scene.central.network.set()


async def drop(scene: Scene) -> None:
    """The CSMS cuts the line."""
    scene.central.drop()


async def cut(scene: Scene) -> None:
    """Station or power, now."""
    scene.site.cut(power=scene.random.random() < 0.5, stays=scene.random.random() < 0.7)


async def interval(scene: Scene) -> None:
    """How often meter values are told."""
    wanted = str(scene.random.randint(5, 30))
    answer = await scene.status("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": wanted})
    scene.intervals = {wanted} if answer == "Accepted" else scene.intervals | ({wanted} if answer == LOST else set())


async def local_list(scene: Scene) -> None:
    """All cards, under a new version."""
    scene.numbers += 1
    entries = [{"idTag": name, "idTagInfo": {"status": "Accepted"}} for name in CARDS]
    order = {"listVersion": scene.numbers, "updateType": "Full", "localAuthorizationList": entries}
    answer = await scene.status("SendLocalList", order)
    scene.lists = {scene.numbers} if answer == "Accepted" else scene.lists | ({scene.numbers} if answer == LOST else set())


async def reservation(scene: Scene) -> None:
    """Kept over a cut, until it is cancelled."""
    scene.numbers += 1
    expires = (now() + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    order = {"connectorId": 1, "expiryDate": expires, "idTag": "NOBODY", "reservationId": scene.numbers}
    answer, cancel = await scene.status("ReserveNow", order), ("CancelReservation", {"reservationId": scene.numbers})
    if answer == "Accepted":
        await scene.survives_a_cut("reservation", cancel, "Accepted")
    if answer in ("Accepted", LOST):
        await _until_not_lost(scene, *cancel)


async def profile(scene: Scene) -> None:
    """Kept over a cut, until it is cleared."""
    scene.numbers += 1
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}]}
    order = {
        "connectorId": 0,
        "csChargingProfiles": {
            "chargingProfileId": scene.numbers,
            "stackLevel": 0,
            "chargingProfilePurpose": "ChargePointMaxProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {**schedule, "startSchedule": "2026-02-01T00:00:00Z"},
        },
    }
    if await scene.status("SetChargingProfile", order) == "Accepted":
        await scene.survives_a_cut("profile", ("ClearChargingProfile", {"id": scene.numbers}), "Accepted")


async def availability(scene: Scene) -> None:
    """Out of operation, over a cut, and back."""
    order = {"connectorId": 1, "type": "Inoperative"}
    if await scene.status("ChangeAvailability", order) == "Accepted":
        await scene.survives_a_cut("availability", ("ChangeAvailability", order), "Accepted")
    await _until_not_lost(scene, "ChangeAvailability", {"connectorId": 1, "type": "Operative"})


async def _until_not_lost(scene: Scene, action: str, payload: Payload) -> None:
    for _ in range(20):
        scene.central.network.set()
        if scene.connected and await scene.status(action, payload) != LOST:
            return
        await asyncio.sleep(5)
    scene.wrong.append(f"{action} {payload}: no answer in 20 tries")


async def alarm(scene: Scene) -> None:
    """Something for the security log."""
    with scene.site.store.commit():
        scene.site.store.outbox.put(str(uuid4()), SecurityEvent("TamperDetectionActivated", now(), f"number {len(scene.lines)}"))
    scene.site.game.station.delivery.nudge()


async def reset(scene: Scene) -> None:
    """The station starts anew."""
    await scene.status("Reset", {"type": scene.random.choice(("Soft", "Hard"))})


def _here(scene: Scene) -> bool:
    return scene.site.car.here


def _connected(scene: Scene) -> bool:
    return scene.connected


def _nobody(scene: Scene) -> bool:
    """Nor a card that waits for its car: 1.6 knows no way from Preparing to Unavailable."""
    return scene.connected and not scene.site.car.here and scene.site.game.station.transacting.sessions[1].free


ACTS = (
    Act("plug", 8, lambda scene: not _here(scene), plug),
    Act("unplug", 3, _here, unplug),
    Act("card", 9, lambda scene: True, card),
    Act("remote start", 2, _connected, remote_start),
    Act("remote stop", 2, lambda scene: scene.connected and bool(scene.central.transactions), remote_stop),
    Act("wait", 6, lambda scene: True, wait),
    Act("network", 3, lambda scene: True, network),
    Act("network back", 4, lambda scene: not scene.central.network.is_set(), network),
    Act("drop", 1.5, _connected, drop),
    Act("cut", 1.5, lambda scene: True, cut),
    Act("interval", 0.7, _connected, interval),
    Act("local list", 0.7, _connected, local_list),
    Act("reservation", 0.7, _nobody, reservation),
    Act("profile", 0.7, _connected, profile),
    Act("availability", 0.7, _nobody, availability),
    Act("alarm", 2, lambda scene: True, alarm),
    Act("reset", 0.5, _connected, reset),
)
