"""Names that more than one room speaks of."""

import pytest

from chargepoint.domain.ids import ANY, AdditionalInfo, IdToken, spelt, spoken


def test_a_token_is_the_same_however_it_is_written() -> None:
    card = IdToken("04a1b2", "ISO14443")
    assert card.same_as(IdToken("04A1B2", "ISO14443"))
    assert card.key == "04A1B2"
    assert not card.same_as(IdToken("04A1B3"))
    assert not card.same_as(None)


def test_its_type_counts_where_both_have_one_and_what_goes_with_it_does_not() -> None:
    """OCPP 2.0.1 C01.FR.25; 1.6 has no types."""
    card = IdToken("04A1B2", "ISO14443")
    assert not card.same_as(IdToken("04A1B2", "Central"))
    assert card.same_as(IdToken("04A1B2", ANY))
    assert IdToken("04A1B2", ANY).same_as(card)
    assert card.same_as(IdToken("04A1B2", "ISO14443", (AdditionalInfo("17", "milk"),)))


@pytest.mark.parametrize(
    ("token", "text"),
    [
        (IdToken("04a1b2"), "04A1B2 ISO14443"),
        (IdToken("A B", "Central"), "A B Central"),
        (IdToken("A B", ANY), "A B"),
    ],
)
def test_a_file_holds_it_with_its_type(token: IdToken, text: str) -> None:
    assert spelt(token) == text
    assert spoken(text).same_as(token)
