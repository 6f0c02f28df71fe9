"""Names that more than one room speaks of."""

from chargepoint.domain.ids import IdToken


def test_a_token_is_the_same_however_it_is_written_and_whatever_read_it() -> None:
    card = IdToken("04a1b2", "ISO14443")
    assert card.same_as(IdToken("04A1B2", "Local"))
    assert card.key == "04A1B2"
    assert not card.same_as(IdToken("04A1B3"))
    assert not card.same_as(None)
