"""Who may charge where while somebody is expected (1.6 §5.13)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.reservation import Promises, Reservation

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER, STRANGER, FAMILY = IdToken("owner"), IdToken("STRANGER"), IdToken("FAMILY")


def reservation(id: int = 1, evse: int | None = None, **more: Any) -> Reservation:
    given: dict[str, Any] = {"id": id, "token": OWNER, "expires": NOON, "evse": evse} | more
    return Reservation(**given)


HERE, ELSEWHERE, ANYWHERE = reservation(1, evse=1), reservation(2, evse=2), reservation(3)
OTHERS = reservation(4, token=IdToken("Z"))


@pytest.mark.parametrize(
    ("reservations", "free", "owner", "stranger"),
    [
        ((), {1}, True, True),
        ((HERE,), {1}, True, False),
        ((HERE,), {1, 2}, True, False),
        ((ELSEWHERE,), {1, 2}, True, True),
        ((ANYWHERE,), {1}, True, False),
        ((ANYWHERE,), {1, 2}, True, True),
        ((ANYWHERE,), set(), True, False),  # a stranger's cable is in the last one
        ((ANYWHERE,), {2}, True, True),  # it is in this one, and another is free
        ((ANYWHERE, ELSEWHERE), {1, 2}, True, False),  # the other free one is somebody's own
        ((ANYWHERE, OTHERS), {1, 2}, True, False),
        ((ANYWHERE, OTHERS), {1, 2, 3}, True, True),
        ((reservation(5, evse=1, token=STRANGER), ANYWHERE), {1}, False, True),
    ],
)
def test_a_place_is_for_whom_it_is_promised_to_and_for_others_while_enough_are_left(
    reservations: tuple[Reservation, ...], free: set[int], owner: bool, stranger: bool
) -> None:
    """H01.FR.07, H03.FR.01, H03.FR.03."""
    promises = Promises(reservations, frozenset(free))
    assert promises.may_use(1, IdToken("OWNER")) == owner
    assert promises.may_use(1, STRANGER) == stranger


def test_whoever_is_of_the_group_is_as_good_as_the_owner_and_a_group_does_not_match_a_token() -> None:
    """H03.FR.04, H03.FR.06."""
    promises = Promises((reservation(1, evse=1, group=FAMILY),), frozenset({1}))
    assert promises.may_use(1, STRANGER, IdToken("family"))
    assert not promises.may_use(1, STRANGER, IdToken("OWNER"))
    assert not promises.may_use(1, FAMILY)
    assert promises.a_group_may_use(1)
    assert not Promises((HERE,), frozenset({1})).a_group_may_use(1)


def test_somebody_of_the_group_may_use_the_type_of_connector_that_was_reserved_and_no_stranger_the_last_of_them() -> None:
    """H03.FR.02, H03.FR.05; H01.FR.09."""
    types = {1: frozenset({"cType2"}), 2: frozenset({"sType2"}), 3: frozenset({"sType2"})}
    promised = (reservation(1, group=FAMILY, connector_type="sType2"),)
    last = Promises(promised, frozenset({1, 2}), types)
    assert last.may_use(2, STRANGER, FAMILY)
    used = last.used_by(2, STRANGER, FAMILY)
    assert used is not None
    assert used.id == 1
    assert last.used_by(1, OWNER) is None, "that is not what was reserved"
    assert (last.may_use(1, STRANGER), last.may_use(2, STRANGER)) == (True, False)
    assert Promises(promised, frozenset({1, 2, 3}), types).may_use(2, STRANGER)


def test_who_has_several_uses_the_one_of_this_place_and_else_the_one_that_ends_first() -> None:
    soon = reservation(6, expires=NOON - timedelta(hours=1))
    promises = Promises((HERE, ANYWHERE, soon), frozenset({1, 2, 3}))
    assert promises.used_by(1, OWNER) == HERE
    assert promises.used_by(2, OWNER) == soon
    assert promises.used_by(2, STRANGER) is None


def test_a_connector_is_kept_if_it_is_reserved_or_if_no_more_are_left_than_are_promised() -> None:
    """H01.FR.20, H01.FR.23."""
    named = Promises((reservation(1, evse=1, connector=2),), frozenset({1, 2}))
    assert [named.keeps(ConnectorId(*place)) for place in ((1, 1), (1, 2), (2, 1))] == [False, True, False]
    whole = Promises((HERE,), frozenset({1, 2}))
    assert whole.keeps(ConnectorId(1, 2))
    assert not Promises((ANYWHERE,), frozenset({1, 2})).keeps(ConnectorId(1))
    assert Promises((ANYWHERE,), frozenset({1})).keeps(ConnectorId(1))
    assert Promises((ANYWHERE, ELSEWHERE), frozenset({1, 2})).keeps(ConnectorId(1))
    assert not Promises((ANYWHERE,), frozenset({2})).keeps(ConnectorId(1)), "somebody is there"
    assert not Promises((), frozenset()).keeps(ConnectorId(1))
