"""Nothing secret leaves: by structure, by value, by form."""

from base64 import b64encode

import pytest

from chargepoint.cli.bundle.masking import Masker, telling

TREE = {
    "station": {"id": "cp001"},
    "ocpp": {
        "csms_url": "wss://someone:urlsecret77@csms.example.com/x?key=querysecret99",
        "basic_auth_password": 'passwörd"17x',
        "keys": {"AuthorizationKey": "abcdef0123456789"},
        "variables": [{"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": "variablesecret5"}],
    },
    "firmware": {"argv": ["/opt/x", "--token=argumentsecret1", "--password", "argumentsecret2", "API_KEY=argumentsecret3", "--secret"]},
    "security": {"key_password": "four", "trust": {"csms": "root.pem"}},
    "authorization": {"cards": ["04A1B2C3D4"], "free_id_tag": "freecard123"},
    "evses": [{"board": {"driver": "x", "pin": "998877", "public_key": "MFkw", "port": "/dev/ttyUSB0"}}],
}
ARGUMENTS = ("argumentsecret1", "argumentsecret2", "argumentsecret3")
HIDDEN = (
    *ARGUMENTS,
    "urlsecret77",
    "querysecret99",
    'passwörd"17x',
    "abcdef0123456789",
    "variablesecret5",
    "04A1B2C3D4",
    "freecard123",
    "998877",
)


def test_the_configuration_keeps_its_shape_and_loses_its_secrets() -> None:
    shown = Masker(TREE).tree(TREE)
    assert not any(word in str(shown) for word in (*HIDDEN, "four"))
    assert shown["ocpp"]["basic_auth_password"] == shown["security"]["key_password"] == "***"
    assert shown["ocpp"]["variables"][0] == {"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": "***"}
    assert shown["authorization"]["cards"] == ["***C3D4"]
    assert shown["ocpp"]["csms_url"] == "wss://***@csms.example.com/x?key=***"
    assert shown["evses"][0]["board"] == {"driver": "x", "pin": "***", "public_key": "MFkw", "port": "/dev/ttyUSB0"}


@pytest.mark.parametrize("secret", HIDDEN)
def test_what_is_known_is_found_wherever_it_turns_up(secret: str) -> None:
    assert secret.lower() not in Masker(TREE).text(f"somebody said {secret} and {secret.upper()}.").lower()


def test_a_password_is_found_in_base64_as_basic_authentication_sends_it() -> None:
    for plain in (b"cp001:" + TREE["ocpp"]["basic_auth_password"].encode(), b"cp001:" + bytes.fromhex("abcdef0123456789")):  # type: ignore[index]
        sent = b64encode(plain).decode()
        assert sent not in Masker(TREE).text(f"x {sent} y")


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic aGlkZGVuOmhpZGRlbg==",
        "authorization=hidden-hidden event=x",
        "url=wss://user:hidden-hidden@host/x",
        "-----BEGIN EC PRIVATE KEY-----\nhidden-hidden\n-----END EC PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nhidden-hidden",
        '{"idTag":"hidden-hidden"}',
        '"text":"{\\"idToken\\":\\"hidden-hidden\\"}"',
        "https://host/x?token=hidden-hidden&y=1",
    ],
)
def test_what_looks_secret_is_masked_though_nobody_knows_it(text: str) -> None:
    shown = Masker().text(text)
    assert "hidden-hidden" not in shown
    assert "aGlkZGVuOmhpZGRlbg" not in shown
    assert "***" in shown


def test_a_file_that_is_no_toml_still_tells_what_is_secret_in_it() -> None:
    masker = Masker(text='[ocpp\nbasic_auth_pasword = "misspelt-secret"\nkey_password="k3y-pass"\ncsms_url = "ws://x"\n')
    assert masker.text("misspelt-secret k3y-pass ws://x") == "*** *** ws://x"


def test_names_tell_and_ordinary_ones_do_not() -> None:
    assert all(map(telling, ("basic_auth_pasword", "passwd", "AuthorizationKey", "pin", "api_key", "psk", "key_pasword")))
    assert not any(map(telling, ("public_key", "port", "driver", "pins_used", "csms_url", "station", "authorization", "keep_world")))


def test_in_a_broken_file_values_that_do_not_end_and_inline_tables_are_found_as_well() -> None:
    text = 'board = { driver = "x", password = "inline-secret" }\n"key_password": "of-json",\nbasic_auth_password = "not-ended\n'
    masker = Masker(text=text)
    assert masker.text("inline-secret of-json not-ended") == "*** *** ***"
