"""One charging session as a play in steps: each step is begun, and either happens in its time or the play ends with its name."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from chargepoint.cli.site import Site
from hal.measured import TokenSeen
from simulators import verbs
from simulators.csms.frames import CALL, CALLRESULT
from simulators.csms.records import Station, Transaction
from simulators.csms.server import Csms
from simulators.wires.line import Device
from simulators.world import World

CARD = "04A1B2C3"
EVSE = 1
LOOK_S = 0.05
ANSWERS = 15
"""A board that has answered so often is in use."""
SLOW = 2
"""A board on a wire may take so many times as long: it tests itself, and tells what happens only when it is asked."""
METER_VALUES = 3
"""How many meter values the play waits for."""


class Step(Struct, frozen=True):
    """What shall happen, what begins it, how one sees that it did, and how long it may take."""

    name: str
    begin: Callable[[], None]
    happened: Callable[[], bool]
    seconds: float


class Performance:
    """The play, seen from outside: the world's side by the world, the CSMS's side by the CSMS."""

    def __init__(
        self, world: World, site: Site, csms: Csms, station: str, say: Callable[[str], None], *, hardware: str = "", card: str = CARD
    ) -> None:
        self._world = world
        self._evse = world.evses[EVSE]
        self._site = site
        self._csms = csms
        self._name = station
        self._say = say
        self._hardware = hardware
        self._card = card
        self._patience = 1 if world.wires is None else SLOW
        self._document: dict[str, Any] = {}
        self._shown = ""

    async def play(self) -> bool:
        """All steps, then the summary. False: one did not happen."""
        for step in self._steps():
            step.begin()
            if not await self._until(step):
                self._say(f"\nFAILED: {step.name}: not within {step.seconds * self._patience:g} s")
                return False
        self._say(self._summary())
        return not self._station.violations

    def _steps(self) -> tuple[Step, ...]:
        return (
            Step("the station boots and the CSMS accepts it", lambda: None, self._accepted, 30),
            Step("the board has been found on its wire", lambda: None, self._found, 20),
            Step("a car is plugged in and the CSMS hears of it", self._plug, self._occupied, 10),
            Step("a card is authorised and a transaction starts", self._swipe, lambda: self._transaction is not None, 15),
            Step("current flows", lambda: None, self._flows, 15),
            Step("the CSMS has answered the start of the transaction", lambda: None, lambda: self._sent, 8),
            Step(f"{METER_VALUES} meter values arrive at the CSMS", lambda: None, self._measured, 20),
            Step("the same card stops it, the contactor opens", self._swipe, lambda: not self._evse.contactor.position, 15),
            Step("the transaction ends at the CSMS and the plug is released", lambda: None, self._ended, 15),
            Step("the car leaves and the connector is available", self._unplug, self._available, 10),
        )

    async def _until(self, step: Step) -> bool:
        end = time.monotonic() + step.seconds * self._patience
        while time.monotonic() < end:
            await self._look()
            if step.happened():
                return True
            await asyncio.sleep(LOOK_S)
        return False

    async def _look(self) -> None:
        """What changed at the EVSE, as a line."""
        self._document = await self._site.station_state() or {}
        self._world.advance(time.monotonic())
        evse = self._evse
        shown = (
            f"pilot {evse.letter} {evse.duty_ppm / 10_000:.1f} %, contactor {'closed' if evse.contactor.position else 'open'}, "
            f"lock {'locked' if evse.locked else 'unlocked'}, status {self._mine.get('status', '?')}"
        )
        if shown != self._shown:
            self._shown = shown
            self._say(f"{datetime.now(UTC).astimezone():%H:%M:%S} EVSE {EVSE} ● {shown}")

    # What begins a step

    def _plug(self) -> None:
        self._do(lambda now: verbs.plug(self._world, self._evse, {}, now))

    def _unplug(self) -> None:
        self._do(lambda now: verbs.unplug(self._world, self._evse, {}, now))

    def _swipe(self) -> None:
        self._do(lambda _: self._world.present(TokenSeen(self._card)))

    def _do(self, verb: Callable[[float], None]) -> None:
        now = time.monotonic()
        self._world.advance(now)
        verb(now)
        self._world.changed(now)

    # How one sees that it happened

    @property
    def _station(self) -> Station:
        return self._csms.stations[self._name]

    @property
    def _mine(self) -> dict[str, Any]:
        return next((evse for evse in self._document.get("evses", ()) if evse["id"] == EVSE), {})

    @property
    def _transaction(self) -> Transaction | None:
        return next((one for one in self._csms.transactions if one.station == self._name), None)

    @property
    def _connector(self) -> str:
        """The last status of the connector that the CSMS heard."""
        return next((word for place, word in self._station.connectors.items() if place in ("1", f"{EVSE}.1")), "")

    @property
    def _sent(self) -> bool:
        return self._mine.get("csms_transaction") is not None and self._document["messages"]["waiting"] == 0

    def _accepted(self) -> bool:
        known = self._csms.stations.get(self._name)
        return known is not None and known.registration == "accepted" and self._connector == "Available"

    def _found(self) -> bool:
        """Its driver has asked it who it is, and told it to offer nothing: until then some boards serve whoever comes."""
        fitted = None if self._world.wires is None else self._world.wires.fitted.get(("board", EVSE))
        return fitted is None or not isinstance(fitted.device, Device) or fitted.device.answers >= ANSWERS

    def _occupied(self) -> bool:
        return self._connector in ("Preparing", "Occupied")

    def _flows(self) -> bool:
        return self._evse.contactor.position and self._world.show(self._evse, time.monotonic()).power_w not in (None, 0)

    def _measured(self) -> bool:
        return self._transaction is not None and len(self._transaction.meter_values) >= METER_VALUES

    def _ended(self) -> bool:
        return self._transaction is not None and not self._transaction.open and not self._evse.locked

    def _available(self) -> bool:
        calls, answers = self._messages()
        return self._connector == "Available" and self._document.get("messages", {}).get("waiting") == 0 and answers == calls.total()

    def _messages(self) -> tuple[Counter[str], int]:
        """What the station has said, by action, and how much of it was answered."""
        frames = [message.frame for message in self._csms.messages.after(0)]
        calls = Counter(frame[2] for frame in frames if _of_kind(frame, CALL))
        return calls, sum(_of_kind(frame, CALLRESULT) for frame in frames)

    # The end

    def _summary(self) -> str:
        transaction, station = self._transaction, self._station
        assert transaction is not None
        start_wh, stop_wh = transaction.meter_start_wh or 0, transaction.meter_stop_wh or 0
        calls, answers = self._messages()
        count = calls.total()
        lines = [
            f"\nTransaction {transaction.id}  OCPP {transaction.version}, card {transaction.token}",
            f"  from {transaction.started_at} to {transaction.stopped_at}, reason {transaction.reason}",
            f"  {stop_wh - start_wh:g} Wh (register {start_wh:g} to {stop_wh:g} Wh), {len(transaction.meter_values)} meter values",
            f"Hardware  {self._hardware}",
            f"OCPP messages  {count}, {'all' if answers == count else answers} answered: "
            + ", ".join(f"{number} {action}" for action, number in sorted(calls.items())),
            f"Breaches of the standard seen by the CSMS  {len(station.violations) or 'none'}",
            *(f"  {violation.rule}: {violation.text}" for violation in station.violations),
        ]
        return "\n".join(lines)


def _of_kind(frame: Any, kind: int) -> bool:
    return isinstance(frame, list) and bool(frame) and frame[0] == kind
