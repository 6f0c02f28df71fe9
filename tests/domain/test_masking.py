"""No token and no secret of a frame is shown, wherever a message has it."""

import json
from typing import Any

import pytest

from chargepoint.domain.masking import masked_payload

TOKEN, SECRET = "04A1B2C3D4", "hunter2hunter2"


@pytest.mark.parametrize(
    "payload",
    [
        {"idTag": TOKEN},
        {"idTagInfo": {"status": "Accepted", "parentIdTag": TOKEN}},
        {"idToken": {"idToken": TOKEN, "type": "ISO14443", "additionalInfo": [{"additionalIdToken": TOKEN, "type": "x"}]}},
        {"idTokenInfo": {"groupIdToken": {"idToken": TOKEN, "type": "Central"}}},
        {"localAuthorizationList": [{"idTag": TOKEN, "idTagInfo": {"status": "Accepted"}}]},
        {"vendorId": "org.openchargealliance.costmsg", "data": json.dumps({"idToken": TOKEN, "priceText": "1"})},
        {"vendorId": "x", "data": {"id_token": TOKEN}},
    ],
)
def test_tokens_are_shown_by_their_end_only(payload: dict[str, Any]) -> None:
    shown = json.dumps(masked_payload(payload))
    assert TOKEN not in shown
    assert "***C3D4" in shown


@pytest.mark.parametrize(
    "payload",
    [
        {"key": "AuthorizationKey", "value": SECRET},
        {"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": SECRET}]},
        {
            "setVariableData": [
                {
                    "attributeValue": SECRET,
                    "component": {"name": "SecurityCtrlr"},
                    "variable": {"name": "BasicAuthPassword"},
                }
            ]
        },
        {"connectionData": {"basicAuthPassword": SECRET, "apn": {"apnPassword": SECRET, "simPin": SECRET}}},
        {"requestId": 1, "generatedAt": "2026-03-01T12:00:00Z", "seqNo": 0, "data": f"transaction 1: {SECRET}"},
        {"connectionData": {"vpn": {"server": "x", "user": SECRET, "password": SECRET, "key": SECRET, "type": "IKEv2"}}},
        {"location": f"ftp://user:{SECRET}@host/file"},
        {"log": {"remoteLocation": f"https://host/file?X-Amz-Signature={SECRET}&a=b"}},
        {"customerIdentifier": SECRET},
        {"data": f'{{"password": "{SECRET}"'},
    ],
)
def test_secrets_are_not_shown_at_all(payload: dict[str, Any]) -> None:
    shown = json.dumps(masked_payload(payload))
    assert SECRET not in shown
    assert "***" in shown


def test_everything_else_stays_as_it_is() -> None:
    payload = {
        "connectorId": 1,
        "meterValue": [{"timestamp": "2026-03-01T00:00:00Z", "sampledValue": [{"value": "16.0", "measurand": "Current.Import"}]}],
        "configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}],
        "key": ["AuthorizationKey"],
        "location": "https://host/file.bin",
        "nothing": None,
    }
    assert masked_payload(payload) == payload


def test_what_is_too_deep_is_masked_and_breaks_nothing() -> None:
    deep: Any = TOKEN
    for _ in range(500):
        deep = [deep]
    assert TOKEN not in json.dumps(masked_payload(deep))
