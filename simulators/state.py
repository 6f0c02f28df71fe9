"""The state document: what is physically so comes from the world, what somebody made of it from the station process."""

from collections.abc import Mapping
from typing import Any

from hal.measured import MeterReading
from simulators.electrics import Electrics
from simulators.lamp import lamp_entry
from simulators.site import Site
from simulators.wires.harness import Fitted
from simulators.world import World

Document = Mapping[str, Any]


class StateDocument:
    """``GET /v1/state``. Remembers the last OCPP version that it heard of."""

    def __init__(self, world: World, site: Site, configured_version: str) -> None:
        self._world = world
        self._site = site
        self._version = configured_version

    async def whole(self, now: float) -> dict[str, Any]:
        """Everything."""
        document = await self._site.station_state()
        return {
            "ready": self._ready(document),
            "network": "up" if self._world.network_up else "down",
            "power": "on" if self._world.powered else "off",
            "ocpp": self._ocpp(document),
            "evses": [self._entry(evse, document, now) for evse in self._world.evses.values()],
        }

    async def of_evse(self, evse: Electrics, now: float) -> dict[str, Any]:
        """One EVSE's entry."""
        return self._entry(evse, await self._site.station_state(), now)

    def _ready(self, document: Document | None) -> bool:
        running = self._site.control_running() and self._site.station_running()
        return running and document is not None and bool(document.get("ready")) and bool(document.get("link"))

    def _ocpp(self, document: Document | None) -> dict[str, Any]:
        known = (document or {}).get("ocpp") or {}
        self._version = known.get("version", self._version)
        return {
            "version": self._version,
            "connected": bool(known.get("connected", False)),
            "registration": known.get("registration", "none"),
        }

    def _entry(self, evse: Electrics, document: Document | None, now: float) -> dict[str, Any]:
        reading = self._world.show(evse, now)
        known: Document = next((one for one in (document or {}).get("evses", ()) if one.get("id") == evse.plan.id), {})
        return {
            "id": evse.plan.id,
            "cp": evse.letter,
            "duty_percent": round(evse.duty_ppm / 10_000, 1),
            "contactor": "closed" if evse.contacts.closed else "open",
            "ev": None if evse.ev is None else {"connector": evse.ev.connector},
            "lock": LOCK[evse.locked],
            "faults": list(dict.fromkeys([*evse.faults, *known.get("faults", ())])),
            "limit_a": known.get("offered_a", round(evse.advertised_ma / 1000, 1)),
            "limit_source": known.get("limit_source", "pilot" if evse.advertised_ma else None),
            "meter": meter_entry(reading),
            "indicator": lamp_entry(evse.lamp),
            "transaction": known.get("transaction"),
            "csms_transaction": known.get("csms_transaction"),
            "status": known.get("status", "Unavailable"),
        }


LOCK = {True: "locked", False: "unlocked", None: None}


def meter_entry(reading: MeterReading) -> dict[str, Any]:
    """What the meter shows, in the units of the contract; a phase that it does not measure is 0."""
    return {
        "energy_wh": reading.energy_wh,
        "power_w": reading.power_w,
        "current_a": [(current_ma or 0) / 1000 for current_ma in reading.current_ma],
    }


def world_entry(evse: Electrics) -> dict[str, Any]:
    """What is set in the world beyond the contract's document: for the page, and for whoever wonders why."""
    ev, override, plateaus = evse.ev, evse.meter.override, evse.plateaus
    demand = None if ev is None else ev.demand
    return {
        "id": evse.plan.id,
        "connectors": [{"id": one.id, "cable": one.cable} for one in evse.plan.connectors],
        "phases": evse.plan.phases,
        "cp_high_mv": plateaus.high_mv,
        "cp_low_mv": plateaus.low_mv,
        "cable": evse.outlet.cable,
        "cable_ohm": evse.outlet.cable_ohm,
        "demand": demand,
        "condition": None if ev is None else ev.condition,
        "soc_percent": None if ev is None or ev.soc_percent is None else round(ev.soc_percent, 2),
        "hardware": evse.hardware,
        "meter_override": override,
        "faults": list(evse.faults.values()),
        "violations": evse.violations,
    }


def wire_entry(fitted: Fitted) -> dict[str, Any]:
    """A device on a wire: for the page."""
    wanted = fitted.wanted
    where = wanted.entries.get("host") or wanted.entries.get("port")
    return {"part": wanted.part, "number": wanted.number, "driver": wanted.driver, "where": where, "fault": fitted.fault}
