"""What people type is the card that the reader tells of."""

import pytest

from chargepoint.domain.card_numbers import BadNumber, card_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("04A1B2C3", "04A1B2C3"),
        (" 04:a1:b2:c3 ", "04A1B2C3"),
        ("04 a1 b2 c3", "04A1B2C3"),
        ("04-A1-B2-C3", "04A1B2C3"),
        ("04a1b2c3d4e5f6", "04A1B2C3D4E5F6"),
        ("04:A1:B2:C3:D4:E5:F6:07:18:29", "04A1B2C3D4E5F6071829"),
        ("e0 04 01 50 12 34 56 78", "E004015012345678"),
        ("0012345678", "0012345678"),
        ("1234567", "1234567"),
        ("DE-8AA-CA2B3C4D5-L", "DE-8AA-CA2B3C4D5-L"),
        ("fr8aaXA2B3C4D5", "fr8aaXA2B3C4D5"),
    ],
)
def test_numbers_with_and_without_separators_are_one(text: str, value: str) -> None:
    assert card_of(text).value == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "x" * 37,
        "a b",
        "ä",
        "04\n05",
        "\x00",
        "7",
        "Anna",
        "04A1B2C3D4E5F607182930",
        "04A1B2C3D",
        "04:a1-b2:c3",
        "user@example.com",
        "DE-8AACA2B3C4D5",
        "04A1B2C3,Anna",
        "123",
        "1" * 21,
        "٠١٢٣٤",
        "=1+1",
    ],
)
def test_what_no_reader_says_is_no_number(text: str) -> None:
    with pytest.raises(BadNumber, match="is no number of a card"):
        card_of(text)
