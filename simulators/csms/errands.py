"""Short words for what a CSMS asks beside starting and stopping: limits, reservations, lists, files. Pure; see ``shorthand``."""

import secrets
from typing import Any

Request = tuple[str, dict[str, Any]]
Words = list[str]

LIMIT_ID = 1
"""Of the profile that ``limit`` sets: the same each time, so that it replaces itself."""
AT_ONCE = "2000-01-01T00:00:00Z"
"""A time to fetch something that is past."""
COMPOSITE_S = "3600"


def limit_16(words: Words) -> Request:
    """A default for transactions at one connector, 0: at all of them."""
    connector, amperes = words
    schedule = _schedule(amperes)
    return "SetChargingProfile", {"connectorId": int(connector), "csChargingProfiles": _profile("chargingProfileId", schedule)}


def limit_201(words: Words) -> Request:
    """The same in 2.x."""
    evse, amperes = words
    return "SetChargingProfile", {"evseId": int(evse), "chargingProfile": _profile("id", [{"id": LIMIT_ID, **_schedule(amperes)}])}


def _schedule(amperes: str) -> dict[str, Any]:
    return {"startSchedule": AT_ONCE, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": float(amperes)}]}


def _profile(identity: str, schedule: Any) -> dict[str, Any]:
    kind = {"chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Absolute"}
    return {identity: LIMIT_ID, "stackLevel": 0, **kind, "chargingSchedule": schedule}


def unlimit_16(words: Words) -> Request:
    """All profiles, or one of them."""
    return "ClearChargingProfile", {"id": int(words[0])} if words else {}


def unlimit_201(words: Words) -> Request:
    """The same in 2.x."""
    return "ClearChargingProfile", {"chargingProfileId": int(words[0])} if words else {}


def composite_16(words: Words) -> Request:
    """What will limit one connector."""
    connector, duration, *_ = [*words, COMPOSITE_S]
    return "GetCompositeSchedule", {"connectorId": int(connector), "duration": int(duration)}


def composite_201(words: Words) -> Request:
    """The same in 2.x."""
    evse, duration, *_ = [*words, COMPOSITE_S]
    return "GetCompositeSchedule", {"evseId": int(evse), "duration": int(duration)}


def reserve_16(words: Words) -> Request:
    """Keep a connector, 0: any, for a token until a time."""
    connector, token, number, expires = words
    return "ReserveNow", {"connectorId": int(connector), "idTag": token, "reservationId": int(number), "expiryDate": expires}


def reserve_201(words: Words) -> Request:
    """The same in 2.x."""
    evse, token, number, expires = words
    place = {"evseId": int(evse)} if int(evse) else {}
    return "ReserveNow", {"id": int(number), "expiryDateTime": expires, "idToken": {"idToken": token, "type": "ISO14443"}, **place}


def cancel(words: Words) -> Request:
    """Give a reservation up."""
    (number,) = words
    return "CancelReservation", {"reservationId": int(number)}


def list_16(words: Words) -> Request:
    """Replace the local list by these tokens, all accepted; without tokens it is emptied."""
    version, *tokens = words
    entries = [{"idTag": token, "idTagInfo": {"status": "Accepted"}} for token in tokens]
    return "SendLocalList", {"listVersion": int(version), "updateType": "Full", "localAuthorizationList": entries}


def list_201(words: Words) -> Request:
    """The same in 2.x."""
    version, *tokens = words
    entries = [{"idToken": {"idToken": token, "type": "ISO14443"}, "idTokenInfo": {"status": "Accepted"}} for token in tokens]
    given = {"localAuthorizationList": entries} if entries else {}
    return "SendLocalList", {"versionNumber": int(version), "updateType": "Full", **given}


def firmware_16(words: Words) -> Request:
    """Fetch firmware there, and install it."""
    (location,) = words
    return "UpdateFirmware", {"location": location, "retrieveDate": AT_ONCE}


def firmware_201(words: Words) -> Request:
    """The same in 2.x."""
    (location,) = words
    return "UpdateFirmware", {"requestId": _number(), "firmware": {"location": location, "retrieveDateTime": AT_ONCE}}


def log(words: Words) -> Request:
    """Put a log there: ``diagnostics`` or ``security``."""
    location, kind, *_ = [*words, "diagnostics"]
    kinds = {"diagnostics": "DiagnosticsLog", "security": "SecurityLog"}
    if kind.lower() not in kinds:
        raise ValueError(f"{kind!r}: expected {' or '.join(kinds)}")
    return "GetLog", {"logType": kinds[kind.lower()], "requestId": _number(), "log": {"remoteLocation": location}}


def diagnostics_16(words: Words) -> Request:
    """The older way of 1.6."""
    (location,) = words
    return "GetDiagnostics", {"location": location}


def sign_16(words: Words) -> Request:
    """Have it ask for a new certificate of its own."""
    return "ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}


def sign_201(words: Words) -> Request:
    """The same in 2.x."""
    return "TriggerMessage", {"requestedMessage": "SignChargingStationCertificate"}


def _number() -> int:
    return secrets.randbelow(2**31)
