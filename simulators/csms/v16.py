"""OCPP 1.6: what is written into the book and answered, action by action."""

from collections.abc import Callable

from simulators.csms.book import Account
from simulators.csms.frames import Payload
from simulators.csms.hearing import Hearing
from simulators.csms.notices import data_transfer, notice, security_event, sign_certificate
from simulators.csms.records import Transaction
from simulators.csms.samples import not_numbers, read_meter_values, runs_backwards
from simulators.csms.status import forbidden_step
from simulators.csms.tokens import STATUSES_16

UNKNOWN_ID = -1
"""transactionId of a station that never got one (1.6 errata 3.18)."""


def _heartbeat(hearing: Hearing, payload: Payload) -> Payload:
    return {"currentTime": hearing.timestamp()}


def _boot(hearing: Hearing, payload: Payload) -> Payload:
    hearing.station.boot = payload
    behaviour = hearing.behaviour
    return {"currentTime": hearing.timestamp(), "interval": behaviour.interval_s, "status": behaviour.boot}


def _id_tag_info(hearing: Hearing, token: str) -> Payload:
    entry = hearing.book.tokens.look_up(token, hearing.now)
    info: Payload = {"status": entry.status if entry.status in STATUSES_16 else "Invalid"}
    if entry.group is not None:
        info["parentIdTag"] = entry.group[:20]
    if entry.expires is not None:
        info["expiryDate"] = entry.expires.isoformat()
    return info


def _authorize(hearing: Hearing, payload: Payload) -> Payload:
    return {"idTagInfo": _id_tag_info(hearing, payload["idTag"])}


def _start(hearing: Hearing, payload: Payload) -> Payload:
    connector = payload["connectorId"]
    _judge_one_at_a_time(hearing, connector)
    transaction = Transaction(
        id=str(hearing.book.next_number()),
        station=hearing.station.id,
        version="1.6",
        connector=connector,
        token=payload["idTag"],
        started_at=payload["timestamp"],
        meter_start_wh=payload["meterStart"],
    )
    hearing.book.enter(Account(transaction=transaction, last_wh=payload["meterStart"], id_known=False))
    return {"transactionId": int(transaction.id), "idTagInfo": _id_tag_info(hearing, payload["idTag"])}


def _judge_one_at_a_time(hearing: Hearing, connector: int) -> None:
    for account in hearing.book.accounts(hearing.station):
        other = account.transaction
        if other.open and other.connector == connector and not account.excused:
            hearing.report("transaction", f"StartTransaction on connector {connector}, where transaction {other.id} is still open")


def _stop(hearing: Hearing, payload: Payload) -> Payload:
    account = _account(hearing, payload["transactionId"])
    if account is not None and _still_open(hearing, account):
        _close(hearing, account, payload)
    if "idTag" not in payload:
        return {}
    return {"idTagInfo": _id_tag_info(hearing, payload["idTag"])}


def _close(hearing: Hearing, account: Account, payload: Payload) -> None:
    transaction = account.transaction
    transaction.open = False
    transaction.stopped_at = payload["timestamp"]
    transaction.reason = payload.get("reason", "Local")
    transaction.meter_stop_wh = payload["meterStop"]
    _meter(hearing, account, payload.get("transactionData", []), closing=True)
    if account.last_wh is not None and payload["meterStop"] <= account.last_wh - 1:
        hearing.report("meter", f"transaction {transaction.id}: meterStop {payload['meterStop']} Wh after {account.last_wh:g} Wh")


def _meter_values(hearing: Hearing, payload: Payload) -> Payload:
    entries = payload["meterValue"]
    if "transactionId" not in payload:
        _judge_numbers(hearing, entries)
        return {}
    account = _account(hearing, payload["transactionId"])
    if account is not None and _still_open(hearing, account):
        _meter(hearing, account, entries, closing=False)
    return {}


def _meter(hearing: Hearing, account: Account, entries: list[Payload], *, closing: bool) -> None:
    values = read_meter_values(entries, hearing.number)
    _judge_numbers(hearing, entries)
    transaction = account.transaction
    fault = runs_backwards(values, transaction.meter_start_wh, account.last_wh, closing=closing)
    if fault:
        hearing.report("meter", f"transaction {transaction.id}: {fault}")
    transaction.meter_values += values
    energies = [value.energy_wh for value in values if value.energy_wh is not None]
    account.last_wh = max([*energies, account.last_wh or 0] if closing else energies, default=account.last_wh)


def _judge_numbers(hearing: Hearing, entries: list[Payload]) -> None:
    for text in not_numbers(read_meter_values(entries, hearing.number), entries):
        hearing.report("meter", f"{text} is no number")


def _account(hearing: Hearing, number: int) -> Account | None:
    """The transaction of this id; of -1, the oldest open one whose id the station cannot know."""
    if number != UNKNOWN_ID:
        account = hearing.book.account(hearing.station, str(number))
        if account is None:
            hearing.report("transaction", f"{hearing.call.action} of transaction {number}, which this station never had")
        return account
    nameless = (a for a in hearing.book.accounts(hearing.station) if a.transaction.open and not a.id_known)
    account = next(nameless, None)
    if account is None and not hearing.memory.refused_starts:
        hearing.report("transaction", f"{hearing.call.action} of transaction -1, though every StartTransaction was answered")
    return account


def _still_open(hearing: Hearing, account: Account) -> bool:
    if not account.transaction.open:
        hearing.report("transaction", f"{hearing.call.action} of transaction {account.transaction.id}, which has ended")
    return account.transaction.open


def _status(hearing: Hearing, payload: Payload) -> Payload:
    connector, status = str(payload["connectorId"]), payload["status"]
    fault = forbidden_step(payload["connectorId"], hearing.conversation.statuses.get(connector), status)
    if fault:
        hearing.report("status", fault)
    hearing.conversation.statuses[connector] = status
    hearing.station.connectors[connector] = status
    return {}


ANSWERS: dict[str, Callable[[Hearing, Payload], Payload]] = {
    "Authorize": _authorize,
    "BootNotification": _boot,
    "DataTransfer": data_transfer,
    "DiagnosticsStatusNotification": notice,
    "FirmwareStatusNotification": notice,
    "Heartbeat": _heartbeat,
    "LogStatusNotification": notice,
    "MeterValues": _meter_values,
    "SecurityEventNotification": security_event,
    "SignCertificate": sign_certificate,
    "SignedFirmwareStatusNotification": notice,
    "StartTransaction": _start,
    "StatusNotification": _status,
    "StopTransaction": _stop,
}

ONCE = frozenset({"MeterValues", "SecurityEventNotification", "SignCertificate", "StartTransaction", "StopTransaction"})
"""Actions that must not be carried out twice."""


def resent(hearing: Hearing, payload: Payload) -> Payload | None:
    """1.6 has nothing but the message id to recognise a resent message by."""
    return None


def refused(hearing: Hearing, payload: Payload) -> None:
    """We refuse this message: excuse what follows from it."""
    match hearing.call.action:
        case "StartTransaction":
            hearing.memory.refused_starts += 1
        case "StopTransaction":
            account = hearing.book.account(hearing.station, str(payload["transactionId"]))
            if account is not None:
                account.excused = True


def transaction_of(payload: Payload, answer: Payload) -> str | None:
    """The id of the transaction that a message is about."""
    number = payload.get("transactionId", answer.get("transactionId"))
    return None if number is None else str(number)


def delivered(hearing: Hearing, answer: Payload) -> None:
    """A proper answer has left."""
    if hearing.call.action == "StartTransaction":
        account = hearing.book.account(hearing.station, str(answer["transactionId"]))
        if account is not None:
            account.id_known = True
