"""Records out of which somebody is taken."""

import msgspec

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.ids import AdditionalInfo, IdToken
from chargepoint.store.anonymous import names, needle, without

ANNA = IdToken("04a1", additional=(AdditionalInfo("1", "x"),))
BERT = IdToken('0"B', "ISO15693")
RECORD = msgspec.json.encode([Authorization(ANNA, Origin.LOCAL, group=BERT), {"value": 5, "kind": "x"}]).decode()


def test_a_token_is_found_however_it_is_written_and_only_in_its_own_type() -> None:
    for token in (IdToken("04A1"), IdToken("04A1", ""), BERT):
        assert names(RECORD, token)
        assert needle(token) in RECORD.upper()
    assert not names(RECORD, IdToken("04A1", "Central"))
    assert not names(RECORD, IdToken("5", "x"))


def test_a_record_without_it_is_still_what_it_was() -> None:
    kept = without(RECORD, IdToken("04A1"))
    assert not names(kept, ANNA)
    assert names(kept, BERT)
    authorization = msgspec.convert(msgspec.json.decode(kept)[0], Authorization)
    assert authorization == Authorization(IdToken(""), Origin.LOCAL, group=BERT)
