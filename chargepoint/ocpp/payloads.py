"""Small helps for codecs of every version."""

import base64
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from chargepoint.domain.authorization import AuthorizationStatus
from chargepoint.domain.metering import SignedValue
from chargepoint.domain.notifications import Registration
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload

log = logging.getLogger(__name__)

T = TypeVar("T")

LONGEST_INTERVAL_S = 366 * 24 * 3600
"""A longer interval from a CSMS is taken as this one."""

_INT64 = 1 << 63

_STATUSES = {status.lower(): status for status in AuthorizationStatus}


def present(**fields: Any) -> Payload:
    """The fields that have something to say: no null, no [], no "" (2.0.1 part 4 §4.1.5)."""
    return {name: value for name, value in fields.items() if value is not None and value != "" and value != [] and value != {}}


def readable(payload: Payload, name: str, read: Callable[[Any], T]) -> T | None:
    """A field of an answer to what has been taken, whatever it says. None where it is absent or cannot be read, which is logged."""
    try:
        return read(payload[name]) if name in payload else None
    except Refusal as refusal:
        log.warning("event=answer_field_unreadable field=%s cause=%s", name, refusal)
        return None


def token_status(info: Any) -> AuthorizationStatus:
    """The status in IdTokenInfoType or IdTagInfo, of which this is all that may break its schema: in any letters, or in a word that only
    another version has. Raises Refusal where it cannot be read."""
    said = info.get("status") if isinstance(info, dict) else info
    status = _STATUSES.get(said.strip().lower()) if isinstance(said, str) and isinstance(info, dict) else None
    if status is None:
        raise Refusal(RpcError.PROPERTY, f"the status of a token is {said!r:.40}; expected {', '.join(AuthorizationStatus)}")
    return status


def registration(payload: Payload) -> Registration:
    """The status in the answer to BootNotification. Raises Refusal where it is missing, or could not be read."""
    if "status" not in payload:
        raise Refusal(RpcError.OCCURRENCE, "status: no word that is known; expected Accepted, Pending or Rejected")
    return Registration(payload["status"].lower())


def signed_value(signed: SignedValue) -> Payload:
    """SignedMeterValueType of 2.0.1, which 1.6 borrows; nothing in it may be left out. A method that the data tell themselves is empty."""
    return {
        "signedMeterData": base64.b64encode(signed.data).decode(),
        "signingMethod": signed.method,
        "encodingMethod": signed.encoding,
        "publicKey": signed.public_key,
    }


def whole(value: float, what: str) -> int:
    """A whole number of the schema's type integer, which has no bounds there. Raises Refusal beyond 64 bits."""
    number = int(value)
    if not -_INT64 <= number < _INT64:
        raise Refusal(RpcError.PROPERTY, f"{what}: beyond 64 bits")
    return number


def whole_or_none(payload: Payload, name: str) -> int | None:
    """The same for an optional field."""
    value = payload.get(name)
    return None if value is None else whole(value, name)


def interval_s(value: float) -> int:
    """An interval that somebody else chose, within reason."""
    return min(max(int(value), 0), LONGEST_INTERVAL_S)


def decimal(value: float) -> int | float:
    """A measured value with at most three decimals, and none where they say nothing."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def decimal_text(value: float) -> str:
    """The same as text."""
    return str(value) if type(value) is int else f"{value:.3f}".rstrip("0").rstrip(".")
