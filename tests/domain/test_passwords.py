"""What a password may be, and what is sent for it."""

import pytest

from chargepoint.domain.passwords import in_bytes, key_objection, password_objection, usable


@pytest.mark.parametrize("value", ["0" * 32, "0123456789abcdefABCDEF0123456789", "f" * 40, "4F43415F4F4354545F61646D696E5F74657374"])
def test_16_to_20_bytes_in_hex_are_an_authorization_key(value: str) -> None:
    assert key_objection(value) is None


@pytest.mark.parametrize("value", ["", "0" * 31, "0" * 33, "0" * 42, "g" * 32, "0" * 32 + "\n", "\uff10" * 32, "text:0123456789abcdef"])
def test_nothing_else_is_and_it_is_never_shown(value: str) -> None:
    said = key_objection(value)
    assert said == f"{len(value)} characters; expected 32 to 40 hex digits, an even number"


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("a" * 16, True),
        ("a" * 64, True),
        ("aA0*-_=:+|@.aaaaa", True),
        ("ä€ 😀" * 4, True),
        (" correct horse battery ", True),
        ("a" * 15, False),
        ("a" * 65, False),
        ("a" * 16 + "\n", False),
        ("a" * 16 + "\x7f", False),
    ],
)
def test_2x_takes_16_to_64_characters_of_any_kind(value: str, good: bool) -> None:
    """A00.FR.205, A00.FR.304, with the errata of 2025-01."""
    assert (password_objection(value) is None) is good


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("00ff", b"\x00\xff"),
        ("00f", b"00f"),
        ("geheim", b"geheim"),
        ("text:00ff", b"00ff"),
        ("00 ff", b"00 ff"),
        ("", b""),
        ("\uff10" * 4, "\uff10\uff10\uff10\uff10".encode()),
    ],
)
def test_hex_is_sent_as_bytes_and_anything_else_as_text(value: str, sent: bytes) -> None:
    assert in_bytes(value) == sent


def test_a_profile_wants_16_bytes() -> None:
    """In 2.x hex digits are characters like any other."""
    values = ("", "0" * 15, "0" * 30, "0" * 32, "text:short", "a phrase of many words", "x" * 64, "x" * 65)
    assert [usable(value, "1.6") for value in values] == [False, False, False, True, False, True, True, False]
    assert [usable(value, "2.0.1") for value in values] == [False, False, True, True, False, True, True, False]
