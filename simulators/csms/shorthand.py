"""Short words for the remote commands that people type most, as CALLs of either version. Pure.

Each is a function from the words after the station's name to an action and its payload. Too few or odd words raise ValueError
or IndexError.
"""

import secrets
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from simulators.csms import errands

Request = tuple[str, dict[str, Any]]
Words = list[str]


class Shorthand(Struct, frozen=True):
    """One short word."""

    usage: str
    help: str
    v16: Callable[[Words], Request]
    v201: Callable[[Words], Request]

    def request(self, version: str, words: Words) -> Request:
        """The CALL for a station of this version."""
        return self.v16(words) if version == "1.6" else self.v201(words)


def _start_16(words: Words) -> Request:
    connector, token = words
    return "RemoteStartTransaction", {"idTag": token, "connectorId": int(connector)}


def _start_201(words: Words) -> Request:
    evse, token = words
    id_token = {"idToken": token, "type": "ISO14443"}
    return "RequestStartTransaction", {"idToken": id_token, "evseId": int(evse), "remoteStartId": secrets.randbelow(2**31)}


def _stop_16(words: Words) -> Request:
    (transaction,) = words
    return "RemoteStopTransaction", {"transactionId": int(transaction)}


def _stop_201(words: Words) -> Request:
    (transaction,) = words
    return "RequestStopTransaction", {"transactionId": transaction}


def _reset_16(words: Words) -> Request:
    return "Reset", {"type": _choice(words, {"soft": "Soft", "hard": "Hard"})}


def _reset_201(words: Words) -> Request:
    return "Reset", {"type": _choice(words, {"soft": "OnIdle", "hard": "Immediate"})}


def _unlock_16(words: Words) -> Request:
    (connector,) = words
    return "UnlockConnector", {"connectorId": int(connector)}


def _unlock_201(words: Words) -> Request:
    evse, connector = words if len(words) > 1 else [*words, "1"]
    return "UnlockConnector", {"evseId": int(evse), "connectorId": int(connector)}


def _trigger_16(words: Words) -> Request:
    place = {"connectorId": int(words[1])} if len(words) > 1 else {}
    return "TriggerMessage", {"requestedMessage": words[0], **place}


def _trigger_201(words: Words) -> Request:
    connector = {"connectorId": int(words[2]) if len(words) > 2 else 1} if words[0] == "StatusNotification" else {}
    place = {"evse": {"id": int(words[1]), **connector}} if len(words) > 1 else {}
    return "TriggerMessage", {"requestedMessage": words[0], **place}


def _availability(words: Words) -> tuple[int, str]:
    place, state = words
    return int(place), _choice([state], {"on": "Operative", "off": "Inoperative"})


def _available_16(words: Words) -> Request:
    connector, state = _availability(words)
    return "ChangeAvailability", {"connectorId": connector, "type": state}


def _available_201(words: Words) -> Request:
    evse, state = _availability(words)
    return "ChangeAvailability", {"operationalStatus": state, **({"evse": {"id": evse}} if evse else {})}


def _get_16(words: Words) -> Request:
    return "GetConfiguration", {"key": words} if words else {}


def _get_201(words: Words) -> Request:
    if not words:
        return "GetBaseReport", {"requestId": secrets.randbelow(2**31), "reportBase": "FullInventory"}
    return "GetVariables", {"getVariableData": [_variable(word) for word in words]}


def _set_16(words: Words) -> Request:
    return "ChangeConfiguration", {"key": words[0], "value": " ".join(words[1:])}


def _set_201(words: Words) -> Request:
    return "SetVariables", {"setVariableData": [{**_variable(words[0]), "attributeValue": " ".join(words[1:])}]}


def _variable(word: str) -> dict[str, Any]:
    component, dot, variable = word.partition(".")
    if not dot:
        raise ValueError(f"{word!r}: expected Component.Variable")
    return {"component": {"name": component}, "variable": {"name": variable}}


def _forget(words: Words) -> Request:
    return "ClearCache", {}


def _choice(words: Words, table: dict[str, str]) -> str:
    word = words[0].lower() if words else next(iter(table))
    if word not in table:
        raise ValueError(f"{word!r}: expected {' or '.join(table)}")
    return table[word]


SHORTHANDS: dict[str, Shorthand] = {
    "start": Shorthand("start STATION EVSE TOKEN", "start a transaction", _start_16, _start_201),
    "stop": Shorthand("stop STATION [TRANSACTION]", "stop it; without a transaction, the newest that is open", _stop_16, _stop_201),
    "reset": Shorthand("reset STATION [soft|hard]", "restart the station; soft in 2.x: when idle", _reset_16, _reset_201),
    "unlock": Shorthand("unlock STATION EVSE [CONNECTOR]", "let go of the plug", _unlock_16, _unlock_201),
    "trigger": Shorthand("trigger STATION MESSAGE [EVSE]", "have it send a message now", _trigger_16, _trigger_201),
    "available": Shorthand("available STATION EVSE on|off", "EVSE 0: the whole station", _available_16, _available_201),
    "get": Shorthand("get STATION [NAME ...]", "configuration keys, 2.x Component.Variable; without names all", _get_16, _get_201),
    "set": Shorthand("set STATION NAME VALUE", "change one of them", _set_16, _set_201),
    "forget": Shorthand("forget STATION", "clear its authorisation cache", _forget, _forget),
    "limit": Shorthand("limit STATION EVSE AMPERES", "for all transactions there", errands.limit_16, errands.limit_201),
    "unlimit": Shorthand("unlimit STATION [PROFILE]", "clear charging profiles", errands.unlimit_16, errands.unlimit_201),
    "composite": Shorthand("composite STATION EVSE [SECONDS]", "what will limit it", errands.composite_16, errands.composite_201),
    "reserve": Shorthand("reserve STATION EVSE TOKEN ID UNTIL", "UNTIL: 2030-01-01T12:00:00Z", errands.reserve_16, errands.reserve_201),
    "cancel": Shorthand("cancel STATION ID", "give a reservation up", errands.cancel, errands.cancel),
    "list": Shorthand("list STATION VERSION [TOKEN ...]", "replace its local list", errands.list_16, errands.list_201),
    "firmware": Shorthand("firmware STATION URL", "fetch and install it, unsigned", errands.firmware_16, errands.firmware_201),
    "log": Shorthand("log STATION URL [security|diagnostics]", "have it put a log there", errands.log, errands.log),
    "diagnostics": Shorthand("diagnostics STATION URL", "the same with GetDiagnostics in 1.6", errands.diagnostics_16, errands.log),
    "sign": Shorthand("sign STATION", "have it ask for a new certificate of its own", errands.sign_16, errands.sign_201),
}
