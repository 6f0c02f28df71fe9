"""The reusable and memory states of part 6 (2.18, 2.19), tables 422 to 446: each brings the station there, with the tool's validations.

Whether a step tells a TransactionEvent depends on TxStartPoint and TxStopPoint; a state looks at what the station has (``points``). States
that say that another one comes first do not bring it about: a case names them in its order, as its scenario does.
"""

from simulators.csms.message_log import Message
from tests.campaigns.bench import Json
from tests.conformance.v201.lab import CARD, WAIT_S, Lab, LabError
from tests.conformance.v201.sites import SOCKET

START, STOP = "TxCtrlr.TxStartPoint", "TxCtrlr.TxStopPoint"
CARD_TYPE = "ISO14443"
REMOTE_START_ID = 4711


def token(text: str = CARD, kind: str = CARD_TYPE) -> Json:
    """An idToken."""
    return {"idToken": text, "type": kind}


async def points(lab: Lab, name: str) -> set[str]:
    """What TxStartPoint or TxStopPoint (``START``, ``STOP``) holds now."""
    return set((await lab.variable(name)).split(","))


def transaction_of(event: Message) -> str:
    """The id of the transaction that an event is of."""
    identity: str = event.payload["transactionInfo"]["transactionId"]
    return identity


def ongoing(lab: Lab, evse: int = SOCKET) -> str | None:
    """The transaction of an EVSE that the CSMS knows of and that has not ended."""
    return next((each.id for each in reversed(lab.transactions) if each.open and each.evse in (evse, None)), None)


# 422, 423


async def booting(lab: Lab) -> None:
    """The station restarts; nothing is waited for."""
    await lab.says("Accepted", "Reset", type="Immediate")


async def booted(lab: Lab, *, by_power: bool = False, kind: str = "Immediate") -> Message:
    """It has started again, by a reset or a power cut, and told all of it; the BootNotification."""
    lab.passed()
    if by_power:
        await lab.power("off")
        await lab.offline()
        await lab.power("on")
    else:
        await lab.says("Accepted", "Reset", type=kind)
    boot = await lab.booted()
    event = await lab.hears("SecurityEventNotification")
    assert event.payload["type"] in ("StartupOfTheDevice", "ResetOrReboot"), event.payload
    return boot


# 424, 425


async def reserved(
    lab: Lab, *, evse: int | None = SOCKET, id_token: Json | None = None, number: int = 1, within_s: int = 300, **more: object
) -> None:
    """An EVSE is reserved; ``evse=None``: any."""
    place = {} if evse is None else {"evseId": evse}
    body = {"id": number, "expiryDateTime": lab.in_s(within_s), "idToken": id_token or token(), **place, **more}
    await lab.says("Accepted", "ReserveNow", **body)
    if evse is not None:
        await lab.status("Reserved", evse=evse)


async def unavailable(lab: Lab, *, evse: int | None = None, connector: int | None = None) -> None:
    """The station, an EVSE, or a connector is out of service."""
    place: Json = {} if evse is None else {"evse": {"id": evse} | ({} if connector is None else {"connectorId": connector})}
    await lab.says("Accepted", "ChangeAvailability", operationalStatus="Inoperative", **place)
    for each in [each["id"] for each in lab.tree["evses"]] if evse is None else [evse]:
        await lab.status("Unavailable", evse=each, connector=connector or 1)


# 427 to 434


async def ev_connected_pre_session(lab: Lab, *, evse: int = SOCKET, paid: bool = False, **car: object) -> Message | None:
    """A car (what is special about it: as ``plug`` of the bench has it) is plugged in; the event, if a transaction runs then. ``paid``: it
    is authorised already."""
    tells = ongoing(lab, evse) is not None
    await lab.plug(evse, **car)
    await lab.status("Occupied", evse=evse)
    if not tells and ({"EVConnected", "PowerPathClosed"} if paid else {"EVConnected"}).isdisjoint(await points(lab, START)):
        return None
    reasons = {"CablePluggedIn", "ChargingStateChanged", "RemoteStart"}
    states = {"EVConnected", "SuspendedEVSE", "Charging"}
    return await lab.event("Updated" if tells else "Started", triggerReason=reasons, chargingState=states, evse=evse, connector=1)


async def authorized(lab: Lab, *, evse: int = SOCKET, text: str = CARD, asks: bool = True, plugged: bool = False) -> Message | None:
    """By card; the event, if a transaction runs then. ``asks``: with an Authorize; ``plugged``: the car is there already."""
    tells = ongoing(lab, evse) is not None
    await lab.card(text, evse=evse)
    if asks:
        await lab.hears("Authorize", idToken=token(text))
    start = await points(lab, START)
    if not tells and "Authorized" not in start and not (plugged and "PowerPathClosed" in start):
        return None
    event = await lab.event("Updated" if tells else "Started", triggerReason="Authorized", idToken=text)
    assert event.payload["idToken"] == token(text), event.payload
    return event


async def authorized_remotely(
    lab: Lab, *, evse: int = SOCKET, text: str = CARD, asks: bool = False, plugged: bool = False, number: int = REMOTE_START_ID
) -> Message | None:
    """By RequestStartTransaction. ``asks``: AuthorizeRemoteStart is on."""
    running = ongoing(lab, evse)
    answer = await lab.says("Accepted", "RequestStartTransaction", idToken=token(text), evseId=evse, remoteStartId=number)
    assert answer.get("transactionId") == running or running is None, f"expected transaction {running}, got {answer}"
    if asks:
        await lab.hears("Authorize", idToken=token(text))
    start = await points(lab, START)
    if running is None and "Authorized" not in start and not (plugged and "PowerPathClosed" in start):
        return None
    kind = "Started" if running is None else "Updated"
    event = await lab.event(kind, triggerReason="RemoteStart", remoteStartId=number, idToken=text)
    assert event.payload["idToken"] == token(text), event.payload
    return event


async def energy_transfer_started(lab: Lab, *, evse: int = SOCKET, plugged: bool = False) -> Message:
    """The car draws current (it is plugged in now, unless it is already); the event that says Charging."""
    if not plugged:
        tells = ongoing(lab, evse) is not None or "EVConnected" in await points(lab, START)
        await lab.plug(evse)
        await lab.status("Occupied", evse=evse)
        if tells:
            await lab.event({"Started", "Updated"}, triggerReason="CablePluggedIn", chargingState="EVConnected", evse=evse, connector=1)
    event = await lab.event({"Started", "Updated"}, chargingState="Charging", evse=evse)
    kind, reason = event.payload["eventType"], event.payload["triggerReason"]
    assert reason == "ChargingStateChanged" or (kind, reason) == ("Started", "RemoteStart"), event.payload  # F02.FR.05
    return event


async def charging(lab: Lab, *, evse: int = SOCKET, text: str = CARD) -> str:
    """427, 428 A, 430 in one go: the id of the transaction."""
    await ev_connected_pre_session(lab, evse=evse)
    await authorized(lab, evse=evse, text=text, plugged=True)
    return transaction_of(await energy_transfer_started(lab, evse=evse, plugged=True))


async def energy_transfer_suspended(lab: Lab, *, evse: int = SOCKET) -> Message:
    """The car pauses."""
    await lab.ask("PATCH", f"/evses/{evse}/ev", request=False)
    event = await lab.event(
        {"Updated", "Ended"}, triggerReason="ChargingStateChanged", chargingState={"SuspendedEV", "EVConnected"}, evse=evse
    )
    reason = event.payload["transactionInfo"].get("stoppedReason")
    assert reason == ("StoppedByEV" if event.payload["eventType"] == "Ended" else None), event.payload
    return event


async def stop_authorized(lab: Lab, *, evse: int = SOCKET, text: str = CARD) -> Message:
    """By the card that began it, or another of its group."""
    ends = await _stopping_ends(lab)
    await lab.card(text, evse=evse)
    event = await lab.event({"Updated", "Ended"}, triggerReason="StopAuthorized", evse=evse, stoppedReason={"Local", None})
    assert event.payload.get("idToken", token(text)) == token(text), event.payload
    await _stopped(lab, event, ends, {"Local", None})
    return event


async def stop_authorized_remotely(lab: Lab, transaction: str) -> Message:
    """By RequestStopTransaction."""
    ends = await _stopping_ends(lab)
    await lab.says("Accepted", "RequestStopTransaction", transactionId=transaction)
    event = await lab.event({"Updated", "Ended"}, triggerReason="RemoteStop", transactionId=transaction)
    await _stopped(lab, event, ends, {"Remote"})
    return event


async def _stopping_ends(lab: Lab) -> bool:
    """Does a transaction end with its authorisation, or with the energy that stops then (errata 6.2.117)?"""
    return not {"Authorized", "PowerPathClosed", "EnergyTransfer"}.isdisjoint(await points(lab, STOP))


async def _stopped(lab: Lab, event: Message, ends: bool, reasons: set[str | None]) -> None:
    """It is over, for one of these reasons, or it goes on."""
    if not ends:
        assert event.payload["eventType"] == "Updated", event.payload
        return

    def last() -> Message | None:
        return next(
            (each for each in lab.heard("TransactionEvent", eventType="Ended") if transaction_of(each) == transaction_of(event)), None
        )

    await lab.csms.until(lambda: last() is not None, WAIT_S)
    end = last()
    assert end is not None, "waited for"
    assert end.payload["transactionInfo"].get("stoppedReason") in reasons, end.payload


async def ev_connected_post_session(lab: Lab, *, evse: int = SOCKET) -> Message | None:
    """Nothing flows any more; the event, if the transaction still runs."""
    if ongoing(lab, evse) is None:
        return None
    return await lab.event({"Updated", "Ended"}, triggerReason="ChargingStateChanged", chargingState="EVConnected", evse=evse)


async def ev_disconnected(lab: Lab, *, evse: int = SOCKET) -> Message | None:
    """The plug is pulled; the event, if the transaction still ran."""
    runs = ongoing(lab, evse) is not None
    await lab.unplug(evse)
    await lab.status("Available", evse=evse)
    if not runs:
        return None
    return await lab.event(triggerReason="EVCommunicationLost", chargingState="Idle", evse=evse)


# 438


async def installed_certificates(lab: Lab, *kinds: str) -> list[Json]:
    """GetInstalledCertificateIds; the chains."""
    wanted = {"certificateType": list(kinds)} if kinds else {}
    answer = await lab.says("Accepted", "GetInstalledCertificateIds", **wanted)
    chains: list[Json] = answer["certificateHashDataChain"]
    assert not kinds or {chain["certificateType"] for chain in chains} <= set(kinds), chains
    return chains


# 441 to 446


async def events_in_queue_ended(lab: Lab, *, evse: int = SOCKET, text: str = CARD) -> None:
    """A whole transaction while the connection is down; it stays down."""
    await lab.network("down")
    await lab.plug(evse)
    await lab.shows(evse, status="Occupied")
    await lab.card(text, evse=evse)
    await lab.shows(evse, contactor="closed")
    await lab.card(text, evse=evse)
    await lab.shows(evse, contactor="open")
    await lab.unplug(evse)
    await lab.shows(evse, status="Available")


async def certificate_installed(lab: Lab, kind: str, pem: str) -> None:
    """A root is installed."""
    await lab.says("Accepted", "InstallCertificate", certificateType=kind, certificate=pem)


async def id_token_cached(lab: Lab, *, text: str = CARD, evse: int = SOCKET) -> None:
    """A card that was used once, in a session that is over."""
    await charging(lab, evse=evse, text=text)
    await stop_authorized(lab, evse=evse, text=text)
    await ev_disconnected(lab, evse=evse)


async def id_token_in_local_list(lab: Lab, *texts: str, version: int = 1, status: str = "Accepted", **info: object) -> None:
    """Tokens in the local list, and nothing else."""
    entries = [{"idToken": token(text), "idTokenInfo": {"status": status, **info}} for text in texts or (CARD,)]
    await lab.says("Accepted", "SendLocalList", versionNumber=version, updateType="Full", localAuthorizationList=entries)


async def charging_profile_set(lab: Lab, evse: int, profile: Json) -> None:
    """A charging profile is installed."""
    await lab.says("Accepted", "SetChargingProfile", evseId=evse, chargingProfile=profile)


async def certificate_renewed(lab: Lab, sign: object, kind: str = "ChargingStationCertificate") -> str:
    """The station asks for a certificate when it is told to, and gets one; the request. ``sign(csr)`` makes the chain."""
    if not callable(sign):
        raise LabError("sign: expected a function of the request")
    await lab.says("Accepted", "TriggerMessage", requestedMessage=f"Sign{kind}")
    request = await lab.hears("SignCertificate")
    csr: str = request.payload["csr"]
    await lab.says("Accepted", "CertificateSigned", certificateChain=sign(csr), certificateType=kind)
    return csr
