"""After a case: the station as it was. Only what the case has touched; what a station does not know yet has nothing to be put back."""

from collections.abc import Awaitable, Callable

from tests.campaigns.bench import Json
from tests.conformance import putting_back
from tests.conformance.lab import LabError
from tests.conformance.putting_back import idle, told, unplugged
from tests.conformance.v16.lab import Lab

ROOTS = ("ManufacturerRootCertificate", "CentralSystemRootCertificate")


async def put_back(lab: Lab) -> None:
    """Raises LabError where that does not succeed."""
    await putting_back.put_back(lab, STEPS)


async def _cars(lab: Lab) -> None:
    await unplugged(lab)
    for transaction in [transaction for transaction in lab.transactions if transaction.open]:
        await told(lab, "RemoteStopTransaction", transactionId=int(transaction.id))


async def _available(lab: Lab) -> None:
    """Only what is out of operation: nothing is told of what is not, when the next case may have begun."""
    last: dict[int, Json] = {payload["connectorId"]: payload for payload in lab.traces.said("ChangeAvailability")}
    for connector, payload in last.items():
        if payload["type"] != "Operative":
            await told(lab, "ChangeAvailability", connectorId=connector, type="Operative")


async def _profiles(lab: Lab) -> None:
    started = any("chargingProfile" in payload for payload in lab.traces.said("RemoteStartTransaction"))
    if started or lab.traces.said("SetChargingProfile"):
        await told(lab, "ClearChargingProfile")


async def _reserved(lab: Lab) -> None:
    for payload in lab.traces.said("ReserveNow"):
        await told(lab, "CancelReservation", reservationId=payload["reservationId"])


async def _known(lab: Lab) -> None:
    """While the cache is as the case wanted it: one that is off is not cleared."""
    if lab.heard("Authorize") or lab.heard("StartTransaction") or lab.heard("StopTransaction"):
        await told(lab, "ClearCache")
    if lab.traces.said("SendLocalList"):
        await told(lab, "SendLocalList", listVersion=1, updateType="Full", localAuthorizationList=[])


async def _roots(lab: Lab) -> None:
    """A station of the lab has none at first."""
    for kind in ROOTS if lab.traces.said("InstallCertificate") else ():
        answer = await lab.call("GetInstalledCertificateIds", certificateType=kind)
        for root in answer.get("certificateHashData", ()):
            await lab.says("Accepted", "DeleteCertificate", certificateHashData=root)


async def _keys(lab: Lab) -> None:
    for key in tuple(lab.traces.settings):
        if key in lab.factory:
            answer = await lab.call("ChangeConfiguration", key=key, value=lab.factory[key])
            if answer["status"] == "RebootRequired":
                raise LabError(f"key {key} takes effect at the next start")


STEPS: tuple[Callable[[Lab], Awaitable[None]], ...] = (_cars, _available, _profiles, _reserved, idle, _known, _roots, _keys)
