"""After a case: the station as it was. Only what the case has touched; what a station does not know yet has nothing to be put back."""

from collections.abc import Awaitable, Callable

from simulators.csms.behaviour import KIND
from simulators.csms.errors import CallRefused
from tests.campaigns.bench import CampaignError, Json, until_true
from tests.conformance.lab import LabError
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.naming import read

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
PROFILES = ("TxDefaultProfile", "ChargingStationMaxProfile", "TxProfile")


async def put_back(lab: Lab) -> None:
    """Raises LabError where that does not succeed."""
    lab.csms.behaviour = KIND
    lab.csms.tokens.replace(None)
    if lab.traces.spoilt:
        raise LabError("the case has changed what cannot be put back")
    for step in STEPS:
        await step(lab)
    await idle(lab)


async def _supply(lab: Lab) -> None:
    if lab.traces.cut:
        await lab.ask("POST", "/power", state="on")
        await lab.ask("PUT", "/network", state="up")
    await lab.online()


async def _world(lab: Lab) -> None:
    for evse in tuple(lab.traces.broken):
        await lab.ask("PATCH", f"/evses/{evse}/hardware", **SOUND)
    for evse in tuple(lab.traces.metered):
        await lab.ask("PATCH", f"/evses/{evse}/meter", **REGISTERS)
    for evse, name in tuple(lab.traces.faults):
        await lab.ask("DELETE", f"/evses/{evse}/faults/{name}")


async def _variables(lab: Lab) -> None:
    values = {name: lab.factory[name] for name in lab.traces.variables if name in lab.factory}
    if not values:
        return
    data = [{**read(name), "attributeValue": value} for name, value in values.items()]
    answer = await lab.call("SetVariables", setVariableData=data)
    statuses = {result["attributeStatus"] for result in answer["setVariableResult"]}
    if "RebootRequired" in statuses:
        raise LabError("variables that take effect at the next start")


async def _cars(lab: Lab) -> None:
    for evse in sorted(lab.traces.evses):
        await lab.ask("POST", f"/evses/{evse}/ev/unplug", side="station")
    for transaction in [transaction for transaction in lab.transactions if transaction.open]:
        await _told(lab, "RequestStopTransaction", transactionId=transaction.id)


async def _available(lab: Lab) -> None:
    """Only what is out of operation: nothing is told of what is not, when the next case may have begun."""
    last: list[Json] = []
    for payload in lab.traces.said("ChangeAvailability"):
        last = [*(each for each in last if each.get("evse") != payload.get("evse")), payload]
    for payload in last:
        if payload.get("operationalStatus") != "Operative":
            await _told(lab, "ChangeAvailability", **{**payload, "operationalStatus": "Operative"})


async def _profiles(lab: Lab) -> None:
    started = any("chargingProfile" in payload for payload in lab.traces.said("RequestStartTransaction"))
    if started or lab.traces.said("SetChargingProfile"):
        for purpose in PROFILES:
            await _told(lab, "ClearChargingProfile", chargingProfileCriteria={"chargingProfilePurpose": purpose})


async def _known(lab: Lab) -> None:
    if lab.heard("Authorize") or any("idToken" in event.payload for event in lab.heard("TransactionEvent")):
        await _told(lab, "ClearCache")
    if lab.traces.said("SendLocalList"):
        await _told(lab, "SendLocalList", versionNumber=1, updateType="Full")


async def _reserved(lab: Lab) -> None:
    for payload in lab.traces.said("ReserveNow"):
        await _told(lab, "CancelReservation", reservationId=payload["id"])


async def _displayed(lab: Lab) -> None:
    for payload in lab.traces.said("SetDisplayMessage"):
        await _told(lab, "ClearDisplayMessage", id=payload["message"]["id"])


async def _monitored(lab: Lab) -> None:
    if lab.traces.said("SetVariableMonitoring", "SetMonitoringBase", "ClearVariableMonitoring", "SetMonitoringLevel"):
        await _told(lab, "SetMonitoringBase", monitoringBase="FactoryDefault")
        await _told(lab, "SetMonitoringLevel", severity=9)


STEPS: tuple[Callable[[Lab], Awaitable[None]], ...] = (
    *(_supply, _world, _variables, _cars, _available),
    *(_profiles, _known, _reserved, _displayed, _monitored),
)


async def _told(lab: Lab, action: str, **payload: object) -> Json:
    """A CALL whose answer does not matter."""
    try:
        return await lab.call(action, **payload)
    except CallRefused as refusal:
        if refusal.error_code in UNKNOWN:
            return {}
        raise


async def idle(lab: Lab) -> None:
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
