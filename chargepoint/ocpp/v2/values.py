"""2.x datatypes that several blocks use (OCPP 2.0.1 part 2, section 2): tokens, EVSEs, components, status info."""

from decimal import Decimal

import msgspec

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.commands import Outcome, TooMuch
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import ANY, NO_AUTHORIZATION, AdditionalInfo, IdToken
from chargepoint.domain.money import BadAmount, amount
from chargepoint.domain.variables.authorization import MOST_ADDITIONAL
from chargepoint.ocpp import times
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present, token_status, whole_or_none

HIGHEST_PRIORITY = 9
"""Of chargingPriority; the lowest is its negative."""
MOST_EVSES = 200
"""So many may be named for a token; no station has more."""
SHOWABLE = frozenset({"ASCII", "UTF8"})
"""MessageFormatEnumType, what can be shown as it is."""
UNTYPED = "ISO14443"
"""What a token is said to be that 1.6 has named without a type."""


def id_token(token: IdToken) -> Payload:
    """IdTokenType. Of who needs no authorisation nothing is said (C02.FR.01)."""
    more: list[Payload] = [{"additionalIdToken": each.value, "type": each.kind} for each in token.additional]
    said = {"idToken": "" if token.kind == NO_AUTHORIZATION else token.value}
    return said | {"type": UNTYPED if token.kind == ANY else token.kind} | present(additionalInfo=more)


def read_token(payload: Payload) -> IdToken:
    """IdTokenType."""
    more = payload.get("additionalInfo", ())[:MOST_ADDITIONAL]
    additional = tuple(AdditionalInfo(each["additionalIdToken"], each["type"]) for each in more)
    return IdToken(payload["idToken"], payload["type"], additional)


def token_info(payload: Payload) -> TokenInfo:
    """IdTokenInfoType. A time that cannot be read is none; a message in HTML, or somewhere else, is none either. Raises Refusal for a
    status that cannot be read."""
    status = token_status(payload)
    group, expiry, message = payload.get("groupIdToken"), payload.get("cacheExpiryDateTime"), payload.get("personalMessage")
    return TokenInfo(
        status,
        read_token(group) if group and group["idToken"] else None,
        times.read(expiry) if expiry else None,
        _evses(payload),
        tuple(language for name in ("language1", "language2") if (language := payload.get(name))),
        shown_text(message),
        priority(payload),
    )


def _evses(payload: Payload) -> tuple[int, ...]:
    """evseId: EVSEs are numbered 1, 2, 3 ..., so what is beyond is none of ours, and a list of nothing else names none that there is."""
    named = {int(evse) for evse in payload.get("evseId", ())}
    return tuple(sorted(evse for evse in named if 0 < evse <= MOST_EVSES)) or ((0,) if named else ())


def priority(payload: Payload) -> int | None:
    """chargingPriority: -9 to 9, what is beyond counts as the end of that."""
    said = payload.get("chargingPriority")
    return None if said is None else max(-HIGHEST_PRIORITY, min(HIGHEST_PRIORITY, int(said)))


def shown_text(message: Payload | None) -> str:
    """MessageContentType, where it can be shown as it is."""
    return message["content"] if message and message["format"] in SHOWABLE else ""


def read_amount(value: float) -> Decimal:
    """Money, digit by digit as it was written. Raises Refusal."""
    try:
        return amount(Decimal(str(value)), "totalCost")
    except BadAmount as error:
        raise Refusal(RpcError.PROPERTY, str(error)) from error


def read_transaction_id(payload: Payload) -> str | None:
    """The field ``transactionId``. An identifierString has no case (part 2 §2.1.4); ours are written in small letters."""
    said = payload.get("transactionId")
    return None if said is None else str(said).lower()


def status_info(reason_code: str, info: str = "") -> Payload | None:
    """StatusInfoType, where there is a reason to tell."""
    if not reason_code:
        return None
    return {"reasonCode": reason_code[:20]} | present(additionalInfo=info[:512])


def answered(status: str, reply: Outcome) -> Payload:
    """A response of a status and, perhaps, its reason."""
    return {"status": status} | present(statusInfo=status_info(reply.reason_code, reply.info))


def read_evse(payload: Payload | None) -> tuple[int | None, int | None]:
    """EVSEType: the EVSE and, if named, the connector."""
    if payload is None:
        return None, None
    return whole_or_none(payload, "id"), whole_or_none(payload, "connectorId")


def component_variable(key: VariableKey) -> Payload:
    """The fields ``component`` and ``variable``."""
    evse = None if key.evse is None else {"id": key.evse} | present(connectorId=key.connector)
    return {
        "component": {"name": key.component} | present(instance=key.component_instance, evse=evse),
        "variable": {"name": key.variable} | present(instance=key.instance),
    }


def size(payload: Payload) -> int:
    """Bytes of a message, but for its id and its spaces."""
    return len(msgspec.json.encode(payload))


def too_much(reply: TooMuch) -> Refusal:
    """B06.FR.16, B06.FR.17, B08.FR.17, B08.FR.18."""
    error = RpcError.OCCURRENCE if reply.what == "items" else RpcError.FORMAT
    return Refusal(error, f"{reply.found} {reply.what} are too much; the maximum is {reply.most}")


def read_key(payload: Payload) -> VariableKey:
    """GetVariableDataType or SetVariableDataType. An empty instance is none (B06.FR.15). Raises Refusal for a component without a name."""
    component, variable = payload["component"], payload["variable"]
    evse, connector = read_evse(component.get("evse"))
    if not component["name"]:
        raise Refusal(RpcError.PROPERTY, "a component has no name")
    return VariableKey(
        component=component["name"],
        component_instance=component.get("instance") or None,
        evse=evse,
        connector=connector,
        variable=variable["name"],
        instance=variable.get("instance") or None,
        attribute=payload.get("attributeType", "Actual"),
    )
