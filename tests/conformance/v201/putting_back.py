"""After a case: the station as it was. Only what the case has touched; what a station does not know yet has nothing to be put back."""

from collections.abc import Awaitable, Callable

from tests.campaigns.bench import Json
from tests.conformance import putting_back
from tests.conformance.lab import LabError
from tests.conformance.putting_back import told, unplugged
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.naming import read

PROFILES = ("TxDefaultProfile", "ChargingStationMaxProfile", "TxProfile")


async def put_back(lab: Lab) -> None:
    """Raises LabError where that does not succeed."""
    await putting_back.put_back(lab, STEPS)


async def _variables(lab: Lab) -> None:
    values = {name: lab.factory[name] for name in lab.traces.settings if name in lab.factory}
    if not values:
        return
    data = [{**read(name), "attributeValue": value} for name, value in values.items()]
    answer = await lab.call("SetVariables", setVariableData=data)
    statuses = {result["attributeStatus"] for result in answer["setVariableResult"]}
    if "RebootRequired" in statuses:
        raise LabError("variables that take effect at the next start")


async def _cars(lab: Lab) -> None:
    await unplugged(lab)
    for transaction in [transaction for transaction in lab.transactions if transaction.open]:
        await told(lab, "RequestStopTransaction", transactionId=transaction.id)


async def _available(lab: Lab) -> None:
    """Only what is out of operation: nothing is told of what is not, when the next case may have begun."""
    last: list[Json] = []
    for payload in lab.traces.said("ChangeAvailability"):
        last = [*(each for each in last if each.get("evse") != payload.get("evse")), payload]
    for payload in last:
        if payload.get("operationalStatus") != "Operative":
            await told(lab, "ChangeAvailability", **{**payload, "operationalStatus": "Operative"})


async def _profiles(lab: Lab) -> None:
    started = any("chargingProfile" in payload for payload in lab.traces.said("RequestStartTransaction"))
    if started or lab.traces.said("SetChargingProfile"):
        for purpose in PROFILES:
            await told(lab, "ClearChargingProfile", chargingProfileCriteria={"chargingProfilePurpose": purpose})


async def _known(lab: Lab) -> None:
    if lab.heard("Authorize") or any("idToken" in event.payload for event in lab.heard("TransactionEvent")):
        await told(lab, "ClearCache")
    if lab.traces.said("SendLocalList"):
        await told(lab, "SendLocalList", versionNumber=1, updateType="Full")


async def _reserved(lab: Lab) -> None:
    for payload in lab.traces.said("ReserveNow"):
        await told(lab, "CancelReservation", reservationId=payload["id"])


async def _displayed(lab: Lab) -> None:
    for payload in lab.traces.said("SetDisplayMessage"):
        await told(lab, "ClearDisplayMessage", id=payload["message"]["id"])


async def _monitored(lab: Lab) -> None:
    if lab.traces.said("SetVariableMonitoring", "SetMonitoringBase", "ClearVariableMonitoring", "SetMonitoringLevel"):
        await told(lab, "SetMonitoringBase", monitoringBase="FactoryDefault")
        await told(lab, "SetMonitoringLevel", severity=9)


STEPS: tuple[Callable[[Lab], Awaitable[None]], ...] = (
    *(_variables, _cars, _available),
    *(_profiles, _known, _reserved, _displayed, _monitored),
)
