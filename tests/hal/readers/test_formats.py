"""What readers write of a card, and the token that it is."""

import pytest

from hal.readers.formats import Format, UnreadableCard, token


@pytest.mark.parametrize(
    ("text", "written", "expected"),
    [
        ("04a1b2c3", "hex", "04A1B2C3"),
        ("04:A1:B2:C3:D4:E5:80", "hex", "04A1B2C3D4E580"),
        ("0011223344556677AABB", "hex", "0011223344556677AABB"),
        ("0077705923", "dec", "04A1B2C3"),
        ("77705923", "dec", "04A1B2C3"),
        ("3283263748", "dec_le", "04A1B2C3"),
        ("4294967295", "dec", "FFFFFFFF"),
        ("1303563019249024", "dec", "04A1956AB46580"),
        ("0000000001", "dec", "00000001"),
    ],
)
def test_a_card_is_the_same_token_however_it_is_written(text: str, written: Format, expected: str) -> None:
    assert token(text, written) == expected


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", "hex"),
        ("04A1B2C", "hex"),
        ("04A1", "hex"),
        ("04A1B2C3G4", "hex"),
        ("04" * 11, "hex"),
        ("04A1B2C3", "dec"),
        ("0000000000", "dec"),
        ("9" * 30, "dec"),
        ("²³45678", "dec"),
    ],
)
def test_what_is_no_card_is_refused_without_its_number_in_the_message(text: str, written: Format) -> None:
    with pytest.raises(UnreadableCard, match="expected") as caught:
        token(text, written)
    assert not text or text not in str(caught.value)
