"""Every verb of the bench: its path, its entries, and what it does to the world. The contract's table, one row each.

A verb is called with the world advanced to ``now``; what follows from it (contacts, currents) follows when it has returned.
"""

from collections.abc import Callable
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from hal.measured import BoardFault, FaultKind, TokenSeen
from simulators.electrics import Electrics
from simulators.entries import Rules, exactly, flag, number, one_of, or_null, restorable, some, text, three, whole
from simulators.ev import Demand, Ev
from simulators.garage import GARAGE, Car
from simulators.manners import Manners
from simulators.parts import GLITCH, PARTS, broken
from simulators.refusal import bad_request, conflict, unknown_connector, unknown_evse, unknown_fault
from simulators.wires.face import OF_STATION, WireFault
from simulators.world import World

Entries = dict[str, Any]

MAX_FAULTS = 64
"""Faults that one EVSE can have raised by verb at a time."""
MAX_NAME = 64
AMPERE = number(0, 500)
PLAIN = Car("As the contract has it where no car is named.", "contract 3", Demand())


class EvseVerb(Struct, frozen=True):
    """A verb on one EVSE; the answer is that EVSE's entry of the state."""

    method: str
    path: str
    apply: Callable[[World, Electrics, Entries, float], None]
    rules: Rules = {}
    required: tuple[str, ...] = ()


class SiteVerb(Struct, frozen=True):
    """A verb on the whole site; the answer is the whole state."""

    method: str
    path: str
    apply: Callable[[World, Entries], None]
    rules: Rules
    required: tuple[str, ...]


def plug(world: World, evse: Electrics, entries: Entries, now: float) -> None:
    """A car arrives."""
    number_ = entries.get("connector", evse.plan.connectors[0].id)
    connector = evse.plan.connector(number_)
    if connector is None:
        raise unknown_connector(evse.plan.id, number_, [one.id for one in evse.plan.connectors])
    if evse.ev is not None:
        raise conflict(f"evse {evse.plan.id}: a car is plugged in at connector {evse.ev.connector} already; unplug it first")
    car = GARAGE[entries["car"]] if "car" in entries else PLAIN
    demand = replace(car.demand, **_demand_changes(entries))
    ev = Ev(connector.id, demand, _manners(car, entries), entries.get("soc_percent"), world.speed)
    evse.outlet.arrive(ev, entries.get("cable_ohm", car.cable_ohm), now)


def _manners(car: Car, entries: Entries) -> Manners:
    reaction_s = entries.get("reaction_s")
    if car is PLAIN:
        return Manners.reacting_in(Manners().reaction_s if reaction_s is None else float(reaction_s))
    return car.manners if reaction_s is None else replace(car.manners, reaction_s=float(reaction_s))


def unplug(world: World, evse: Electrics, entries: Entries, now: float) -> None:
    """The car leaves; the cable too, unless it is pulled at the car. A lock that holds it is forced."""
    evse.outlet.leave(now, with_cable=entries.get("side", "station") == "station")


def patch_ev(world: World, evse: Electrics, entries: Entries, now: float) -> None:
    """The car, or its driver, wants something else."""
    ev = evse.ev
    if ev is None:
        raise conflict(f"evse {evse.plan.id}: no car is plugged in; plug one in first")
    original = ev.arrived_with
    restored = {FIELDS[name]: getattr(original, FIELDS[name]) for name, value in entries.items() if value is None}
    wanted = _demand_changes({name: value for name, value in entries.items() if value is not None})
    ev.change(**restored, **wanted)


FIELDS = {
    "request": "request",
    "current_a": "current_ma",
    "phases": "phases",
    "ventilation": "ventilation",
    "diode": "diode_failed",
    "pilot": "pilot_shorted",
}
"""Entry of a body -> field of a Demand."""


def _demand_changes(entries: Entries) -> dict[str, Any]:
    return {FIELDS[name]: _converted(name, value) for name, value in entries.items() if name in FIELDS}


def _converted(name: str, value: Any) -> Any:
    match name:
        case "current_a":
            return round(value * 1000)
        case "diode" | "pilot":
            return True
        case _:
            return value


def raise_fault(world: World, evse: Electrics, entries: Entries, now: float) -> None:
    """The board diagnoses something; a fault of the same name is replaced."""
    name = entries["name"]
    if len(name) > MAX_NAME:
        raise bad_request(f"name: a fault name of {len(name)} characters is not allowed; a text of 1 to {MAX_NAME} characters")
    if name not in evse.faults and len(evse.faults) >= MAX_FAULTS:
        raise bad_request(f"fault {name} of evse {evse.plan.id}: {MAX_FAULTS} are raised already; clear one first")
    evse.faults[name] = BoardFault(name, entries["kind"], entries.get("vendor_code", ""), entries.get("info", ""))


def clear_fault(world: World, evse: Electrics, entries: Entries, now: float) -> None:
    """It is gone again."""
    if evse.faults.pop(entries["name"], None) is None:
        raise unknown_fault(evse.plan.id, entries["name"], list(evse.faults))


def patch_hardware(world: World, evse: Electrics, entries: Entries, now: float) -> None:
    """Parts break, or are mended. Noise on the pilot comes once, from now on."""
    lasting = {name: value for name, value in entries.items() if name != GLITCH}
    if glitch := entries.get(GLITCH):
        volts, lasts_ms = glitch
        evse.disturb(round(volts * 1000), lasts_ms / 1000, now)
    evse.fit(broken(evse.hardware, lasting), now)


def patch_meter(world: World, evse: Electrics, entries: Entries, now: float) -> None:
    """The meter shows something else than it measures."""
    milli = {"voltage_v": "voltage_mv", "current_a": "current_ma"}
    changes = {milli.get(name, name): _in_milli(value) if name in milli else value for name, value in entries.items()}
    evse.meter.override = replace(evse.meter.override, **changes)


def _in_milli(values: list[float] | None) -> tuple[int, ...] | None:
    return None if values is None else tuple(round(value * 1000) for value in values)


def patch_wires(world: World, evse: Electrics, entries: Entries, now: float) -> None:
    """Wires to the devices of an EVSE break, or are mended."""
    for part, fault in entries.items():
        _spoil(world, part, evse.plan.id, fault)


def patch_reader(world: World, entries: Entries) -> None:
    """The same for a reader or a display, by its place in the configuration, from 1."""
    number_ = entries["number"]
    for part in OF_STATION:
        if part in entries:
            _spoil(world, part, int(number_) if number_.isascii() and number_.isdecimal() and len(number_) < 10 else 0, entries[part])


def _spoil(world: World, part: str, number_: int, fault: WireFault | None) -> None:
    if world.wires is None:
        raise conflict(
            'there are no wires: everything is simulated in memory; start the bench with --wires, or with [hal] backend = "wires"'
        )
    try:
        world.wires.spoil(part, number_, fault)
    except KeyError:
        there = ", ".join(f"{part} {number}" for part, number in world.wires.fitted) or "none"
        raise bad_request(f"{part} {number_}: not on a wire; there are {there}") from None


def present_card(world: World, entries: Entries) -> None:
    """Somebody holds a card to a reader."""
    evses = entries.get("evses")
    for evse in evses or ():
        if evse not in world.evses:
            raise unknown_evse(str(evse), list(world.evses))
    world.present(TokenSeen(entries["token"], entries.get("type", "ISO14443"), None if evses is None else tuple(evses)))


def set_network(world: World, entries: Entries) -> None:
    """The uplink is cut, or restored."""
    world.network_up = entries["state"] == "up"


def set_power(world: World, entries: Entries) -> None:
    """The controller's supply. The processes are the site's business."""
    world.switch_power(entries["state"] == "on")


def set_clock(world: World, entries: Entries) -> None:
    """The time of day, as the station reads it."""
    world.clock_offset_s = float(entries["offset_s"])


WIRE = one_of(*get_args(WireFault))
DEMAND: Rules = {"current_a": AMPERE, "phases": exactly(1, 2, 3), "request": flag()}

EVSE_VERBS = (
    EvseVerb(
        "POST",
        "/evses/{evse}/ev/plug",
        plug,
        {
            "connector": whole(1, 99),
            "car": one_of(*GARAGE),
            "reaction_s": number(0, 86_400),
            "soc_percent": or_null(number(0, 100)),
            "cable_ohm": whole(0, 1_000_000),
            **DEMAND,
        },
    ),
    EvseVerb("POST", "/evses/{evse}/ev/unplug", unplug, {"side": one_of("station", "ev")}),
    EvseVerb("PATCH", "/evses/{evse}/ev", patch_ev, restorable(**DEMAND, ventilation=flag(), diode=one_of("failed"), pilot=one_of("E"))),
    EvseVerb(
        "PUT",
        "/evses/{evse}/faults/{name}",
        raise_fault,
        {"kind": one_of(*get_args(FaultKind)), "vendor_code": text(0, 64), "info": text(0, 255)},
        ("kind",),
    ),
    EvseVerb("DELETE", "/evses/{evse}/faults/{name}", clear_fault),
    EvseVerb("PATCH", "/evses/{evse}/hardware", patch_hardware, restorable(**PARTS)),
    EvseVerb(
        "PATCH",
        "/evses/{evse}/meter",
        patch_meter,
        restorable(energy_wh=whole(0, 10**12), voltage_v=three(number(0, 1_000)), current_a=three(AMPERE), frequency_hz=number(0, 1_000)),
    ),
    EvseVerb(  # an addition to the contract
        "PATCH", "/evses/{evse}/wires", patch_wires, restorable(board=WIRE, meter=WIRE, indicator=WIRE)
    ),
)

POWER = SiteVerb("POST", "/power", set_power, {"state": one_of("on", "off")}, ("state",))

SITE_VERBS = (
    SiteVerb(
        "POST", "/rfid", present_card, {"token": text(1, 64), "type": text(1, 20), "evses": or_null(some(whole(1, 9_999)))}, ("token",)
    ),
    SiteVerb("PATCH", "/readers/{number}/wires", patch_reader, restorable(reader=WIRE), ()),  # these two are additions to the contract
    SiteVerb("PATCH", "/displays/{number}/wires", patch_reader, restorable(display=WIRE), ()),
    SiteVerb("PUT", "/network", set_network, {"state": one_of("up", "down")}, ("state",)),
    SiteVerb("POST", "/clock", set_clock, {"offset_s": number(-1e10, 1e10)}, ("offset_s",)),
    POWER,
)
