"""Codes and letters of operators, in the forms that are about."""

import pytest

from chargepoint.web.wizard.qr import Access, read

ALL = Access("wss://csms.example.com/ocpp", "CP1", "s:e=c ret/&")


@pytest.mark.parametrize(
    "text",
    [
        '{"url": "wss://csms.example.com/ocpp", "identity": "CP1", "password": "s:e=c ret/&"}',
        '{"CSMS-URL": "wss://csms.example.com/ocpp", "chargePointId": "CP1", "AuthorizationKey": "s:e=c ret/&"}',
        "wss://CP1:s%3Ae%3Dc%20ret%2F%26@csms.example.com/ocpp",
        "URL: wss://csms.example.com/ocpp\nIdentity: CP1\nPassword: s:e=c ret/&\n",
        "endpoint=wss://csms.example.com/ocpp\r\nid=CP1\r\npassword=s:e=c ret/&",
        "url=wss%3A%2F%2Fcsms.example.com%2Focpp&id=CP1&password=s%3Ae%3Dc+ret%2F%26",
        "https://x.example/setup?url=wss%3A%2F%2Fcsms.example.com%2Focpp&id=CP1&password=s%3Ae%3Dc+ret%2F%26",
    ],
)
def test_each_form_says_all_three(text: str) -> None:
    assert read(text) == ALL


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Access()),
        ("hello", Access()),
        ("[" * 4000, Access()),
        ("please use ws://10.0.0.1:9000/x, thanks", Access(url="ws://10.0.0.1:9000/x")),
        ("wss://[", Access(url="wss://[")),
        ('{"url": null, "identity": 7}', Access(id="7")),
    ],
)
def test_less_and_nonsense(text: str, found: Access) -> None:
    assert read(text) == found
