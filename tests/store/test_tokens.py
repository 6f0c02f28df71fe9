"""Who has to leave when the authorisation cache is full (1.6 §3.5.1)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.ids import ANY, IdToken
from chargepoint.store.database import Database
from chargepoint.store.tokens import Policy, Tokens

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


@pytest.mark.parametrize(
    ("policy", "stays"),
    [(Policy.LRU, "ac"), (Policy.LFU, "bc"), (Policy.FIFO, "bc"), (Policy.CUSTOM, "ac")],
)
def test_the_policy_says_who_leaves(policy: Policy, stays: str) -> None:
    """C10.FR.07. a came first and is used last, b is used most often and is not valid."""
    database = Database(":memory:")
    tokens = Tokens(database, 2)
    with database.commit():
        tokens.remember(IdToken("a"), GOOD, NOON)
        tokens.remember(IdToken("b"), BAD, NOON + timedelta(hours=1))
        tokens.used(IdToken("b"), NOON + timedelta(hours=2))
        tokens.used(IdToken("b"), NOON + timedelta(hours=3))
        tokens.used(IdToken("a"), NOON + timedelta(hours=4))
        tokens.remember(IdToken("c"), GOOD, NOON + timedelta(hours=5), policy=policy)
    assert "".join(name for name in "abc" if tokens.recall(IdToken(name)) is not None) == stays


def test_types_keep_tokens_apart_and_one_without_a_type_is_all_of_them() -> None:
    database = Database(":memory:")
    tokens = Tokens(database)
    card, fob, of_16 = IdToken("A", "ISO14443"), IdToken("a", "ISO15693"), IdToken("a", ANY)
    with database.commit():
        tokens.remember(card, GOOD, NOON)
        assert tokens.recall(fob) is None
        tokens.remember(fob, BAD, NOON + timedelta(hours=1))
        newest = tokens.recall(of_16)
        assert (newest and newest.info, tokens.recall(card) is not None) == (BAD, True)
        tokens.remember(of_16, GOOD, NOON + timedelta(hours=2))
    assert [found and found.info for found in map(tokens.recall, (card, fob, of_16))] == [GOOD, GOOD, GOOD]
    assert tokens.storage() > 0


def test_whoever_gets_hold_of_the_file_finds_no_token_in_it_and_two_stations_write_different_things(tmp_path: Path) -> None:
    """C10.FR.12."""
    token, written = IdToken("04A1B2C3D4E5F6"), set()
    for name in ("one", "other"):
        database = Database(tmp_path / name)
        tokens = Tokens(database)
        with database.commit():
            tokens.remember(token, GOOD, NOON)
        written.add(tuple(database.rows("SELECT token FROM tokens")))
        database.close()
        assert b"04A1B2" not in (tmp_path / name).read_bytes().upper()
        database = Database(tmp_path / name)
        known = Tokens(database).recall(IdToken("04a1b2c3d4e5f6"))
        assert known is not None, "after a restart"
        database.close()
    assert len(written) == 2
