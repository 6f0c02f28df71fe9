"""After a case: the station as it was. What both versions have in common; only what the case has touched is put back."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from simulators.csms.behaviour import KIND
from simulators.csms.errors import CallRefused
from tests.campaigns.bench import CampaignError, Json, until_true
from tests.conformance.lab import LabError, Laboratory

L = TypeVar("L", bound=Laboratory)

LOOK_S = 0.01
IDLE_S = 10.0
"""For a station that has been left alone to have nothing to do. It takes 0.1 s; an authorisation without a car 30."""
SOUND = {
    "lock": "ok",
    "contactor": "ok",
    "rcd": "ok",
    "meter": "ok",
    "board": "ok",
    "temperature_c": "ok",
    "pp_ohm": "ok",
    "emergency_stop": "ok",
}
REGISTERS = {"energy_wh": "ok", "voltage_v": "ok", "current_a": "ok", "frequency_hz": "ok"}
UNKNOWN = ("NotImplemented", "NotSupported")


async def put_back(lab: L, steps: Iterable[Callable[[L], Awaitable[None]]]) -> None:
    """Raises LabError where that does not succeed."""
    lab.csms.behaviour = KIND
    lab.csms.tokens.replace(None)
    if lab.traces.spoilt:
        raise LabError("the case has changed what cannot be put back")
    await supply(lab)
    await world(lab)
    for step in steps:
        await step(lab)
    await idle(lab)


async def supply(lab: Laboratory) -> None:
    """Power and network."""
    if lab.traces.cut:
        await lab.ask("POST", "/power", state="on")
        await lab.ask("PUT", "/network", state="up")
    await lab.online()


async def world(lab: Laboratory) -> None:
    """What sensors and meters report."""
    for evse in tuple(lab.traces.broken):
        await lab.ask("PATCH", f"/evses/{evse}/hardware", **SOUND)
    for evse in tuple(lab.traces.metered):
        await lab.ask("PATCH", f"/evses/{evse}/meter", **REGISTERS)
    for evse, name in tuple(lab.traces.faults):
        await lab.ask("DELETE", f"/evses/{evse}/faults/{name}")


async def unplugged(lab: Laboratory) -> None:
    """No car is left."""
    for evse in sorted(lab.traces.evses):
        await lab.ask("POST", f"/evses/{evse}/ev/unplug", side="station")


async def told(lab: Laboratory, action: str, **payload: object) -> Json:
    """A CALL whose answer does not matter."""
    try:
        return await lab.call(action, **payload)
    except CallRefused as refusal:
        if refusal.error_code in UNKNOWN:
            return {}
        raise


async def idle(lab: Laboratory) -> None:
    """Wait until nothing is left to be told, nobody charges, nothing is wrong, and the CSMS knows all of that."""
    seen: list[str] = []

    async def rests() -> bool:
        seen[:] = _busy(await lab.document())
        return not seen

    try:
        await until_true(rests, IDLE_S, lambda: ", ".join(seen), LOOK_S)
        await lab.csms.until(lambda: set(lab.station.connectors.values()) == {"Available"}, IDLE_S)
    except (CampaignError, TimeoutError) as error:
        raise LabError(f"the station does not come to rest: {error or lab.station.connectors}") from None


def _busy(document: Json) -> list[str]:
    """What keeps it from being idle."""
    ocpp = document["ocpp"]
    wrong = {
        "not ready": not document["ready"],
        "not registered": not ocpp["connected"] or ocpp["registration"] != "accepted",
        "messages wait": document["messages"]["waiting"] > 0,
        "reserved": bool(document["reservations"]),
        "faults": bool(document["faults"]),
    }
    for evse in document["evses"]:
        wrong[f"EVSE {evse['id']} {evse['status']}"] = evse["status"] != "Available"
        wrong[f"EVSE {evse['id']} charges"] = evse["transaction"] is not None
        wrong[f"EVSE {evse['id']} faults {evse['faults']}"] = bool(evse["faults"])
    return [name for name, holds in wrong.items() if holds]
