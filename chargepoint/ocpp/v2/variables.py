"""2.x block B: SetVariables (B05) and GetVariables (B06). Every entry asked for is answered, in its order."""

from chargepoint.domain.commands import GetVariables, SetVariables, TooMuch
from chargepoint.domain.device_model import GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.domain.variables.device_data import LONGEST_TOLD
from chargepoint.ocpp.dialect import Obeyed
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present
from chargepoint.ocpp.v2.values import component_variable, read_key, size, status_info, too_much


def _entry(key: VariableKey, status: VariableStatus, reason_code: str, info: str = "") -> Payload:
    """The attribute is always named (B05.FR.03, B05.FR.12, B06.FR.03, B06.FR.11), the reason only where something went wrong."""
    reason = None if status is VariableStatus.ACCEPTED else status_info(reason_code, info)
    return (
        component_variable(key)
        | {"attributeType": key.attribute, "attributeStatus": status.value}
        | present(
            attributeStatusInfo=reason,
        )
    )


def _get(payload: Payload) -> GetVariables:
    return GetVariables(tuple(read_key(entry) for entry in payload["getVariableData"]), size(payload))


def _got(_: GetVariables, reply: tuple[GetResult, ...] | TooMuch) -> Payload:
    if isinstance(reply, TooMuch):
        raise too_much(reply)
    return {"getVariableResult": [_result(result) for result in reply]}


def _result(result: GetResult) -> Payload:
    """A variable without a value has an empty one (B06.FR.13)."""
    entry = _entry(result.key, result.status, result.reason_code)
    if result.status is VariableStatus.ACCEPTED:
        entry["attributeValue"] = (result.value or "")[:LONGEST_TOLD]
    return entry


def _set(payload: Payload) -> SetVariables:
    return SetVariables(tuple((read_key(entry), entry["attributeValue"]) for entry in payload["setVariableData"]), size(payload))


def _were_set(_: SetVariables, reply: tuple[SetResult, ...]) -> Payload:
    return {"setVariableResult": [_entry(result.key, result.status, result.reason_code, result.info) for result in reply]}


OBEYED: dict[str, Obeyed] = {
    "GetVariables": Obeyed(_get, _got),
    "SetVariables": Obeyed(_set, _were_set),
}
