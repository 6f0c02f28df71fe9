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
        ("DE-ABC-123", "DE-ABC-123"),
        ("04:a1-b2", "04:a1-b2"),
        ("user@example.com", "user@example.com"),
        ("7", "7"),
    ],
)
def test_numbers_with_and_without_separators_are_one(text: str, value: str) -> None:
    assert card_of(text).value == value


@pytest.mark.parametrize("text", ["", "  ", "x" * 37, "a b", "ä", "04\n05", "\x00"])
def test_what_no_csms_could_be_told_of_is_no_number(text: str) -> None:
    with pytest.raises(BadNumber, match="is no number of a card"):
        card_of(text)
