"""How what is too much, and what has no name, is answered on the wire (OCPP 2.0.1 B06, B08)."""

from typing import Any

import pytest

from chargepoint.domain.commands import GetReport, GetVariables, TooMuch
from chargepoint.ocpp.errors import Refusal, RpcError
from tests.ocpp.rig import dialect

V201 = dialect("2.0.1")


@pytest.mark.parametrize(("action", "command"), [("GetVariables", GetVariables(())), ("GetReport", GetReport(1))])
@pytest.mark.parametrize(("what", "error"), [("items", RpcError.OCCURRENCE), ("bytes", RpcError.FORMAT)])
def test_too_much_is_a_callerror(action: str, command: Any, what: Any, error: RpcError) -> None:
    with pytest.raises(Refusal, match=r"101 .* are too much; the maximum is 100") as refusal:
        V201.encode_reply(action, command, TooMuch(what, 101, 100))
    assert refusal.value.error is error


@pytest.mark.parametrize(("action", "field"), [("GetVariables", "getVariableData"), ("SetVariables", "setVariableData")])
def test_a_component_without_a_name_is_no_key_of_16(action: str, field: str) -> None:
    entry = {"component": {"name": ""}, "variable": {"name": "HeartbeatInterval"}}
    with pytest.raises(Refusal) as refusal:
        V201.decode_command(action, {field: [entry | ({"attributeValue": "1"} if action == "SetVariables" else {})]})
    assert refusal.value.error is RpcError.PROPERTY
