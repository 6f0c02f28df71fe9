"""The stage of a story: one bench, one CSMS, and the ledger of what was done between them. Everything is written down as it happens."""

import asyncio
from pathlib import Path
from typing import Any

from simulators.csms.behaviour import KIND
from simulators.csms.errors import CsmsError
from simulators.csms.records import Station, Transaction, Violation
from simulators.csms.server import Csms
from tests.campaigns import orders
from tests.campaigns.bench import Bench, CampaignError, Json, until_true
from tests.campaigns.configuration import EVSES, STATION, tree
from tests.campaigns.ledger import Ledger, Place
from tests.campaigns.orders import Order
from tests.campaigns.verdict import Register, differences

SETTLE_S = 150.0
"""For the end of a story: reconnecting, everything that waits sent, statuses told; one that was refused is tried again after a minute."""
GOES_ON_S = 20.0
"""For a car that was charging before a cut to be charging again: self-tests, permit, its own reaction."""


class Stage:
    """``version`` of OCPP; ``keep_world``: the car survives a power cut of the whole site."""

    def __init__(self, version: str, folder: Path, *, keep_world: bool = False, after_power_loss: str = "resume") -> None:
        self.version = version
        self.keep_world = keep_world
        self.csms = Csms(versions=(version,))
        self.ledger = Ledger(EVSES)
        self.lines: list[str] = []
        self.registers: dict[int, Register] = {}
        self.dark: set[str] = set()
        """Processes that have been dead since the station was last seen to be ready."""
        self.powerless = False
        self.network_up = True
        self.interval: str | None = None
        """Of the meter values, as the station accepted it last; ``None``: nobody knows."""
        self._folder = folder
        self._after_power_loss = after_power_loss
        self.bench: Bench
        self._began_s = 0.0

    def note(self, text: str) -> None:
        """Write it down, with the seconds since the beginning."""
        self.lines.append(f"{asyncio.get_running_loop().time() - self._began_s:8.3f}  {text}")

    async def open(self) -> None:
        """Everything up, nobody there."""
        self._began_s = asyncio.get_running_loop().time()
        await self.csms.start()
        document = tree(self.version, self.csms.url, keep_world=self.keep_world, after_power_loss=self._after_power_loss)
        self.bench = Bench(self._folder, document)
        await self.bench.start()
        state = await self.ready()
        self.registers = {evse: Register(_register_wh(state, evse), 0) for evse in EVSES}

    async def close(self) -> None:
        """Nothing is left running."""
        await self.bench.leave()
        await self.csms.stop()

    @property
    def station(self) -> Station:
        """As the CSMS knows it."""
        return self.csms.stations[STATION]

    @property
    def violations(self) -> list[Violation]:
        """What the CSMS has found wrong so far."""
        return [violation for station in self.csms.stations.values() for violation in station.violations]

    @property
    def transactions(self) -> list[Transaction]:
        """All that the CSMS knows."""
        return self.csms.transactions

    @property
    def connected(self) -> bool:
        """Can the CSMS call the station?"""
        return STATION in self.csms.stations and self.station.connected

    # What is done

    async def verb(self, method: str, path: str, body: Json | None = None) -> Json | None:
        """A verb of the bench. ``None``: the bench died over it, and nobody knows whether it was carried out."""
        try:
            answer = await self.bench.ask(method, path, body)
        except (ConnectionError, TimeoutError) as error:
            self.note(f"{method} {path}: no answer ({error})")
            return None
        return answer

    async def call(self, order: Order) -> str:
        """A CALL of the CSMS; what its answer says, or ``lost``."""
        action, payload = order
        try:
            answer = orders.result(await self.csms.call(STATION, action, payload, timeout_s=5.0))
        except CsmsError as error:
            answer = "lost"
            self.note(f"{action}: {error}")
        self.note(f"{action} {payload}: {answer}")
        return answer

    # What is seen

    async def ready(self) -> Json:
        """Wait until the station is there; what is plugged in then is what is true."""
        state = await self.bench.ready()
        await until_true(lambda: self._measured(state), SETTLE_S, lambda: f"control has not measured what is there: {state}")
        self.dark.clear()
        self.network_up = state["network"] == "up"
        for entry in state["evses"]:
            self.ledger.places[entry["id"]].plugged = entry["ev"] is not None
        return state

    async def _measured(self, state: Json) -> bool:
        """Does the station know by now what is plugged in?"""
        document = await self.bench.document() or {}
        state |= await self.bench.ask("GET", "/state")
        known = {entry["id"]: entry["cp"] for entry in document.get("evses", ())}
        return all(known.get(entry["id"]) == entry["cp"] for entry in state["evses"])

    async def look(self) -> None:
        """Wait for the station's document, and hold its transactions against the ledger."""
        document: Json = {}

        async def answered() -> bool:
            document.update(await self.bench.document() or {})
            return bool(document)

        await until_true(answered, SETTLE_S, lambda: "the station process does not answer")
        for entry in document["evses"]:
            place = self.ledger.places[entry["id"]]
            if entry["transaction"] != place.running:
                self.note(f"EVSE {place.evse}: transaction {entry['transaction']}")
            wrong = self.ledger.see(place, entry)
            if wrong:
                raise CampaignError(wrong)

    async def shows(self, evse: int, **wanted: Any) -> Json:
        """Wait until the state document shows this of an EVSE."""
        seen: Json = {}

        async def shown() -> bool:
            state = await self.bench.ask("GET", "/state")
            seen.update(next(entry for entry in state["evses"] if entry["id"] == evse))
            return all(seen[name] == value for name, value in wanted.items())

        await until_true(shown, GOES_ON_S, lambda: f"EVSE {evse} does not show {wanted}: {seen}")
        return seen

    async def goes_on(self) -> None:
        """Every transaction that nothing has ended charges again."""
        for place in self.ledger.places.values():
            if place.unended and place.plugged and not place.paused:
                await self.shows(place.evse, transaction=place.running, contactor="closed")

    # The end

    async def settle(self) -> list[str]:
        """Everybody leaves, everything is restored, everything is told; then the differences."""
        self.csms.behaviour = KIND
        await self.ready()
        self.note("the end: everybody leaves")
        for place in self.ledger.places.values():
            if place.plugged:
                await self.unplug(place)
            if not place.operative:
                await self._operative_again(place)
        await self.verb("PUT", "/network", {"state": "up"})
        seen: Json = {}
        await until_true(lambda: self._settled(seen), SETTLE_S, lambda: f"not settled: {seen}")
        await self.look()
        state = await self.bench.ask("GET", "/state")
        interval = await self.call(orders.get_interval(self.version))
        if self.interval not in (None, interval):
            return [f"interval of the meter values: {interval}, though {self.interval} had been accepted"]
        for evse, register in self.registers.items():
            self.registers[evse] = Register(register.before_wh, _register_wh(state, evse))
        return differences(self.ledger.cards, self.transactions, self.registers, self.station, self.csms.messages)

    async def unplug(self, place: Place) -> None:
        """The car leaves."""
        self.note(f"EVSE {place.evse}: unplug")
        place.plugged = False
        self.ledger.end_may_follow(place, *self._reasons_of_leaving())
        await self.verb("POST", f"/evses/{place.evse}/ev/unplug")

    def _reasons_of_leaving(self) -> tuple[str, ...]:
        if self.powerless:
            return ("PowerLoss",)
        return ("EVDisconnected", "PowerLoss") if {"control", "station"} <= self.dark else ("EVDisconnected",)

    async def _operative_again(self, place: Place) -> None:
        async def accepted() -> bool:
            return self.connected and await self.call(orders.availability(self.version, place.evse, operative=True)) == "Accepted"

        await self.verb("PUT", "/network", {"state": "up"})
        await until_true(accepted, SETTLE_S, lambda: f"EVSE {place.evse} does not become operative")
        place.operative = True

    async def _settled(self, seen: Json) -> bool:
        document = await self.bench.document() or {}
        seen |= {
            "messages": document.get("messages"),
            "ocpp": document.get("ocpp"),
            "transactions": [entry["transaction"] for entry in document.get("evses", ())],
            "statuses": dict(self.station.connectors),
        }
        return self._all_told(seen)

    def _all_told(self, seen: Json) -> bool:
        """Nothing waits, nothing was given up, nothing runs, and the CSMS knows that everything is free."""
        quiet = seen["messages"] == {"waiting": 0, "given_up": 0} and not any(seen["transactions"])
        return quiet and seen["ocpp"]["connected"] and set(seen["statuses"].values()) == {"Available"}


def _register_wh(state: Json, evse: int) -> int:
    return next(int(entry["meter"]["energy_wh"]) for entry in state["evses"] if entry["id"] == evse)
