"""2.x datatypes that several blocks use (OCPP 2.0.1 part 2, section 2): tokens, EVSEs, components, status info."""

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import Outcome
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import IdToken
from chargepoint.ocpp import times
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present, whole_or_none


def id_token(token: IdToken) -> Payload:
    """IdTokenType. The value may be empty (NoAuthorization)."""
    return {"idToken": token.value, "type": token.kind}


def read_token(payload: Payload) -> IdToken:
    """IdTokenType."""
    return IdToken(payload["idToken"], payload["type"])


def token_info(payload: Payload) -> TokenInfo:
    """IdTokenInfoType. A time that cannot be read is none."""
    group, expiry = payload.get("groupIdToken"), payload.get("cacheExpiryDateTime")
    return TokenInfo(
        AuthorizationStatus(payload["status"]),
        read_token(group) if group and group["idToken"] else None,
        times.read(expiry) if expiry else None,
    )


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


def read_key(payload: Payload) -> VariableKey:
    """GetVariableDataType or SetVariableDataType. An empty instance is none (B06.FR.15)."""
    component, variable = payload["component"], payload["variable"]
    evse, connector = read_evse(component.get("evse"))
    return VariableKey(
        component=component["name"],
        component_instance=component.get("instance") or None,
        evse=evse,
        connector=connector,
        variable=variable["name"],
        instance=variable.get("instance") or None,
        attribute=payload.get("attributeType", "Actual"),
    )
