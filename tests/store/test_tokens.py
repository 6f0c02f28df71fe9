"""Who has to leave when the authorisation cache is full (1.6 §3.5.1)."""

from datetime import UTC, datetime, timedelta

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.ids import IdToken
from chargepoint.store.database import Database
from chargepoint.store.tokens import Tokens

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD, BAD = TokenInfo(AuthorizationStatus.ACCEPTED), TokenInfo(AuthorizationStatus.BLOCKED)


def until(hours: float) -> TokenInfo:
    return TokenInfo(AuthorizationStatus.ACCEPTED, expires=NOON + timedelta(hours=hours))


def who_stays(capacity: int, *seen: tuple[str, TokenInfo]) -> str:
    """One after the other, an hour apart; the last at noon."""
    database = Database(":memory:")
    tokens = Tokens(database, capacity)
    with database.commit():
        for place, (name, info) in enumerate(seen):
            tokens.remember(IdToken(name), info, NOON - timedelta(hours=len(seen) - 1 - place))
    return "".join(name for name, _ in seen if tokens.recall(IdToken(name)) is not None)


def test_the_oldest_of_those_not_valid_goes_first() -> None:
    assert who_stays(3, ("a", GOOD), ("b", BAD), ("c", BAD), ("d", GOOD)) == "acd"


def test_what_has_expired_is_not_valid_and_what_will_is() -> None:
    assert who_stays(3, ("a", until(-1)), ("b", until(1)), ("c", GOOD), ("d", GOOD)) == "bcd"
    assert who_stays(3, ("a", GOOD), ("b", until(1)), ("c", until(-0.5)), ("d", GOOD)) == "abd"


def test_then_the_oldest_goes_and_the_newest_always_stays() -> None:
    assert who_stays(3, ("a", GOOD), ("b", GOOD), ("c", GOOD), ("d", GOOD)) == "bcd"
    assert who_stays(3, ("a", GOOD), ("b", GOOD), ("c", GOOD), ("d", BAD)) == "bcd"


def test_who_is_seen_again_is_new_again() -> None:
    assert who_stays(2, ("a", GOOD), ("b", GOOD), ("a", GOOD), ("c", GOOD)) == "aac"
