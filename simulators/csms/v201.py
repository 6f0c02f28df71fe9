"""OCPP 2.0.1: what is written into the book and answered, action by action."""

from collections.abc import Callable

from simulators.csms.book import Account, Seen, digest
from simulators.csms.frames import Payload
from simulators.csms.hearing import Hearing
from simulators.csms.notices import data_transfer, notice, security_event, sign_certificate
from simulators.csms.records import Event, Transaction
from simulators.csms.reports import notify_report
from simulators.csms.samples import read_meter_values, runs_backwards


def _empty(hearing: Hearing, payload: Payload) -> Payload:
    return {}


def _heartbeat(hearing: Hearing, payload: Payload) -> Payload:
    return {"currentTime": hearing.timestamp()}


def _boot(hearing: Hearing, payload: Payload) -> Payload:
    hearing.station.boot = payload
    behaviour = hearing.behaviour
    return {"currentTime": hearing.timestamp(), "interval": behaviour.interval_s, "status": behaviour.boot}


def _says(**answer: str) -> Callable[[Hearing, Payload], Payload]:
    def fixed(hearing: Hearing, payload: Payload) -> Payload:
        return dict(answer)

    return fixed


def _id_token_info(hearing: Hearing, token: Payload) -> Payload:
    if token["type"] == "NoAuthorization":
        return {"status": "Accepted"}
    entry = hearing.book.tokens.look_up(token["idToken"], hearing.now)
    info: Payload = {"status": entry.status}
    if entry.group is not None:
        info["groupIdToken"] = {"idToken": entry.group, "type": "Central"}
    if entry.expires is not None:
        info["cacheExpiryDateTime"] = entry.expires.isoformat()
    return info


def _authorize(hearing: Hearing, payload: Payload) -> Payload:
    return {"idTokenInfo": _id_token_info(hearing, payload["idToken"])}


def _status(hearing: Hearing, payload: Payload) -> Payload:
    hearing.station.connectors[f"{payload['evseId']}.{payload['connectorId']}"] = payload["connectorStatus"]
    return {}


def _event(hearing: Hearing, payload: Payload) -> Payload:
    """A connector's status may come as an event of the device model (G01.FR.08, N07). An id is of one event for ever (EventDataType)."""
    for entry in payload["eventData"]:
        if hearing.memory.other_event(entry["eventId"], digest("NotifyEvent", entry)):
            hearing.report("event", f"eventId {entry['eventId']} names another event than before")
        evse = entry["component"].get("evse", {})
        if (entry["component"]["name"], entry["variable"]["name"]) == ("Connector", "AvailabilityState") and "connectorId" in evse:
            hearing.station.connectors[f"{evse['id']}.{evse['connectorId']}"] = entry["actualValue"]
    return {}


def _transaction_event(hearing: Hearing, payload: Payload) -> Payload:
    account = hearing.book.account(hearing.station, payload["transactionInfo"]["transactionId"])
    if account is None:
        account = _open(hearing, payload)
    _judge_event(hearing, account, payload)
    _meter(hearing, account, payload)
    _write_down(hearing, account.transaction, payload)
    answer = {"idTokenInfo": _id_token_info(hearing, payload["idToken"])} if "idToken" in payload else {}
    account.events[payload["seqNo"]] = Seen(_content(payload), hearing.number, answer)
    account.next_seq = max(account.next_seq or 0, payload["seqNo"] + 1)
    return answer


def _open(hearing: Hearing, payload: Payload) -> Account:
    identity = payload["transactionInfo"]["transactionId"]
    evse = payload.get("evse", {}).get("id")
    for account in hearing.book.accounts(hearing.station):
        other = account.transaction
        if other.open and evse is not None and other.evse == evse and not account.excused:
            hearing.report("transaction", f"transaction {identity} on EVSE {evse}, where {other.id} is still open (E01.FR.14)")
    transaction = Transaction(id=identity, station=hearing.station.id, version="2.0.1", started_at=payload["timestamp"])
    return hearing.book.enter(Account(transaction=transaction, excused=identity in hearing.memory.refused_transactions))


def _judge_event(hearing: Hearing, account: Account, payload: Payload) -> None:
    seq_no, kind, transaction = payload["seqNo"], payload["eventType"], account.transaction
    name = f"transaction {transaction.id} event {seq_no}"
    first = account.next_seq is None
    if not transaction.open:
        hearing.report("transaction", f"{name} {kind} after the transaction has ended")
    if not account.excused and first and kind != "Started":
        hearing.report("seq_no", f"{name} is the first one and {kind}; expected Started")
    if not first and kind == "Started" and seq_no not in account.refused:
        hearing.report("seq_no", f"{name} is Started, though the transaction had begun")
    if seq_no in account.refused:
        account.refused.discard(seq_no)
    elif not first and seq_no != account.next_seq:
        hearing.report("seq_no", f"{name} {kind}; expected event {account.next_seq}")


def _meter(hearing: Hearing, account: Account, payload: Payload) -> None:
    values = read_meter_values(payload.get("meterValue", []), hearing.number)
    transaction = account.transaction
    fault = runs_backwards(values, transaction.meter_start_wh, account.last_wh, closing=payload["eventType"] == "Ended")
    if fault:
        hearing.report("meter", f"transaction {transaction.id} event {payload['seqNo']}: {fault}")
    transaction.meter_values += values
    energies = [value.energy_wh for value in values if value.energy_wh is not None]
    if energies:
        account.last_wh = max(energies)
        if transaction.meter_start_wh is None:
            transaction.meter_start_wh = min(energies)


def _write_down(hearing: Hearing, transaction: Transaction, payload: Payload) -> None:
    info, evse = payload["transactionInfo"], payload.get("evse", {})
    transaction.evse = evse.get("id", transaction.evse)
    transaction.connector = evse.get("connectorId", transaction.connector)
    transaction.token = transaction.token or payload.get("idToken", {}).get("idToken")
    event = Event(
        seq_no=payload["seqNo"],
        type=payload["eventType"],
        trigger=payload["triggerReason"],
        at=payload["timestamp"],
        message=hearing.number,
        charging_state=info.get("chargingState"),
        offline=payload.get("offline", False),
    )
    transaction.events.append(event)
    if payload["eventType"] == "Ended" and transaction.open:
        _end(hearing, transaction, payload)


def _end(hearing: Hearing, transaction: Transaction, payload: Payload) -> None:
    account = hearing.book.account(hearing.station, transaction.id)
    transaction.open = False
    transaction.stopped_at = payload["timestamp"]
    transaction.reason = payload["transactionInfo"].get("stoppedReason", "Local")
    transaction.meter_stop_wh = account.last_wh if account is not None else None


ANSWERS: dict[str, Callable[[Hearing, Payload], Payload]] = {
    "Authorize": _authorize,
    "BootNotification": _boot,
    "ClearedChargingLimit": _empty,
    "DataTransfer": data_transfer,
    "FirmwareStatusNotification": notice,
    "Get15118EVCertificate": _says(status="Failed", exiResponse=""),
    "GetCertificateStatus": _says(status="Failed"),
    "Heartbeat": _heartbeat,
    "LogStatusNotification": notice,
    "MeterValues": _empty,
    "NotifyChargingLimit": _empty,
    "NotifyCustomerInformation": _empty,
    "NotifyDisplayMessages": _empty,
    "NotifyEVChargingNeeds": _says(status="Rejected"),
    "NotifyEVChargingSchedule": _says(status="Rejected"),
    "NotifyEvent": _event,
    "NotifyMonitoringReport": _empty,
    "NotifyReport": notify_report,
    "PublishFirmwareStatusNotification": notice,
    "ReportChargingProfiles": _empty,
    "ReservationStatusUpdate": _empty,
    "SecurityEventNotification": security_event,
    "SignCertificate": sign_certificate,
    "StatusNotification": _status,
    "TransactionEvent": _transaction_event,
}

ONCE = frozenset({"TransactionEvent"})
"""Actions that must not be carried out twice."""


def resent(hearing: Hearing, payload: Payload) -> Payload | None:
    """The answer to an event that was processed before: same transaction, same seqNo, same content."""
    if hearing.call.action != "TransactionEvent":
        return None
    identity, seq_no = payload["transactionInfo"]["transactionId"], payload["seqNo"]
    account = hearing.book.account(hearing.station, identity)
    before = account.events.get(seq_no) if account is not None else None
    if account is None or before is None:
        return None
    if before.digest != _content(payload):
        hearing.report("seq_no", f"transaction {identity} event {seq_no} again, with other content than message {before.message}")
    account.transaction.duplicates.append(hearing.duplicate(before.message, identity, seq_no))
    return before.answer


def _content(payload: Payload) -> bytes:
    """What makes an event; whether it waits for a connection (``offline``) may change while it does."""
    return digest("TransactionEvent", {name: value for name, value in payload.items() if name != "offline"})


def refused(hearing: Hearing, payload: Payload) -> None:
    """We refuse this message: excuse what follows from it."""
    if hearing.call.action != "TransactionEvent":
        return
    account = hearing.book.account(hearing.station, payload["transactionInfo"]["transactionId"])
    if account is None:
        hearing.memory.refused_transactions.add(payload["transactionInfo"]["transactionId"])
        return
    account.refused.add(payload["seqNo"])
    account.next_seq = max(account.next_seq or 0, payload["seqNo"] + 1)
    account.excused = account.excused or payload["eventType"] == "Ended"


def transaction_of(payload: Payload, answer: Payload) -> str | None:
    """The id of the transaction that a message is about."""
    info = payload.get("transactionInfo")
    return info["transactionId"] if info else None


def delivered(hearing: Hearing, answer: Payload) -> None:
    """A proper answer has left; nothing follows from it in 2.x."""
