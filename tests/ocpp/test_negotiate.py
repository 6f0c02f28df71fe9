from base64 import b64decode

import pytest

from chargepoint.ocpp.negotiate import NotAgreed, agreed, authorization, connection_url, offer, without_user


@pytest.mark.parametrize(
    ("url", "identity", "profile", "expected"),
    [
        ("ws://csms.example.com/ocpp", "CP001", 0, "ws://csms.example.com/ocpp/CP001"),
        ("ws://csms.example.com/ocpp/", "CP001", 1, "ws://csms.example.com/ocpp/CP001"),
        ("ws://csms.example.com", "CP001", 0, "ws://csms.example.com/CP001"),
        ("wss://csms.example.com/ocppj", "RDAM 123", 2, "wss://csms.example.com/ocppj/RDAM%20123"),
        ("ws://csms.example.com:9000/a?token=1", "x/y?z#ü", 3, "wss://csms.example.com:9000/a/x%2Fy%3Fz%23%C3%BC?token=1"),
        ("wss://csms.example.com/a", "CP001", 0, "ws://csms.example.com/a/CP001"),
        ("ws://user:pass@csms.example.com/a", "CP001", 1, "ws://csms.example.com/a/CP001"),
        ("ws://[::1]:9000", "CP001", 0, "ws://[::1]:9000/CP001"),
    ],
)
def test_the_identity_is_the_last_segment_and_the_scheme_follows_the_profile(url: str, identity: str, profile: int, expected: str) -> None:
    assert connection_url(url, identity, profile) == expected


@pytest.mark.parametrize(
    ("password", "version", "secret"),
    [
        ("0001020304050607FFFFFFFFCCCCCCCCCCCCCCCC", "1.6", bytes.fromhex("0001020304050607FFFFFFFFCCCCCCCCCCCCCCCC")),
        ("0001020304050607FFFFFFFFCCCCCCCCCCCCCCCC", "2.0.1", b"0001020304050607FFFFFFFFCCCCCCCCCCCCCCCC"),
        ("text:00010203", "1.6", b"00010203"),
        ("text:00010203", "2.0.1", b"text:00010203"),
        ("abc", "1.6", b"abc"),
        ("correct horse", "1.6", b"correct horse"),
        ("pässword", "2.0.1", "pässword".encode()),
    ],
)
def test_a_password_is_hex_or_text_as_the_version_says(password: str, version: str, secret: bytes) -> None:
    """OCPP 2.0.1 A00.FR.202, A00.FR.203, A00.FR.204."""
    header = authorization("AL1000", password, version, 1)["Authorization"]
    assert b64decode(header.removeprefix("Basic ")) == b"AL1000:" + secret


@pytest.mark.parametrize(("profile", "has_header"), [(0, False), (1, True), (2, True), (3, False)])
def test_only_profiles_1_and_2_send_a_password(profile: int, has_header: bool) -> None:
    """OCPP 2.0.1 A00.FR.202, A00.FR.301, A00.FR.302, A00.FR.303."""
    assert bool(authorization("cp", "secret", "2.0.1", profile)) is has_header
    assert authorization("cp", None, "2.0.1", profile) == {}


def test_a_password_in_the_url_stays_out_of_the_log() -> None:
    assert without_user("ws://user:secret@csms:9000/x") == "ws://csms:9000/x"


def test_versions_are_offered_in_their_order_and_the_choice_is_taken() -> None:
    assert offer(("2.0.1", "1.6")) == ["ocpp2.0.1", "ocpp1.6"]
    assert agreed("ocpp1.6", ("2.0.1", "1.6"), assume=False) == "1.6"


def test_no_choice_is_a_failure_unless_the_one_version_may_be_assumed() -> None:
    assert agreed(None, ("1.6",), assume=True) == "1.6"
    for subprotocol, versions, assume in [(None, ("1.6",), False), (None, ("1.6", "2.0.1"), True), ("ocpp1.5", ("1.6",), True)]:
        with pytest.raises(NotAgreed):
            agreed(subprotocol, versions, assume)
