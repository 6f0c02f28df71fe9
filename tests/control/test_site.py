"""Sharing the site fuse: fair, never above it, and only what is really free."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.control.site import FOLLOW_S, Claim, Share, allot, committed_ma, fair_ma

A = 1_000
LONG_AGO = float("-inf")


def claims(*wants_a: int, granted_a: tuple[int, ...] = ()) -> list[Claim]:
    """Claims in the order of their coming."""
    granted = [*granted_a, *([0] * len(wants_a))]
    return [Claim(want * A, Share(granted[rank] * A, LONG_AGO), granted[rank] > 0, rank) for rank, want in enumerate(wants_a)]


@pytest.mark.parametrize(
    ("wants_a", "granted_a", "fuse_a", "fair_a"),
    [
        ((), (), 40, []),
        ((0, 0), (), 40, [0, 0]),
        ((32,), (), 40, [32]),
        ((32, 32), (), 40, [20, 20]),
        ((10, 32), (), 40, [10, 30]),
        ((10, 32, 32), (), 40, [10, 15, 15]),
        ((6, 6, 80), (), 40, [6, 6, 28]),
        ((32, 32), (), 11, [11, 0]),
        ((32, 32), (0, 11), 11, [0, 11]),
        ((32, 32, 32), (0, 0, 6), 17, [8, 0, 8]),
        ((32,), (), 5, [0]),
        ((32, 0), (20, 20), 40, [20, 0]),
        ((32, 0), (20, 38), 40, [0, 0]),
    ],
)
def test_water_filling(wants_a: tuple[int, ...], granted_a: tuple[int, ...], fuse_a: int, fair_a: list[int]) -> None:
    assert [ma // A for ma in fair_ma(claims(*wants_a, granted_a=granted_a), fuse_a * A, now=100.0)] == fair_a


def test_a_lower_grant_stays_committed_until_the_ev_has_followed() -> None:
    share = Share(10 * A, 100.0, 32 * A)
    assert committed_ma(share, True, 104.9) == 32 * A
    assert committed_ma(share, True, 100.01 + FOLLOW_S) == 10 * A


def test_what_an_open_contactor_once_drew_is_no_room_for_one_that_welds_later() -> None:
    """With the fuse in use elsewhere: another EV has been told to draw less, and has not followed yet."""
    gone = Claim(0, Share(0, 90.0, 32 * A), closed=False, rank=1)
    other = Claim(20 * A, Share(8 * A, 100.0, 32 * A), closed=True, rank=0)
    share, _ = allot([gone, other], [0, 8 * A], 40 * A, now=100.0)
    welded = Claim(20 * A, share, closed=True, rank=1)
    shares = allot([welded, other], [20 * A, 20 * A], 40 * A, now=100.2)
    assert sum(committed_ma(each, True, 100.2) for each in shares) <= 40 * A


def test_a_stopped_ev_is_committed_as_long_as_its_contactor_is_closed() -> None:
    share = Share(0, 100.0, 32 * A)
    assert committed_ma(share, True, 200.0) == 32 * A
    assert committed_ma(share, False, 100.1) == 0


@dataclass
class Site:
    """EVs at one fuse. Each draws whatever it was offered at any time during the last 5 s, while its contactor is closed."""

    fuse_ma: int
    count: int
    now: float = 0.0
    shares: list[Share] = field(init=False)
    closed: list[bool] = field(init=False)
    draws: list[list[tuple[float, int]]] = field(init=False)

    def __post_init__(self) -> None:
        self.shares = [Share() for _ in range(self.count)]
        self.closed = [False] * self.count
        self.draws = [[] for _ in range(self.count)]

    def turn(self, wants_ma: list[int], after_s: float, priorities: Sequence[int] = ()) -> None:
        """One scan of the sharing; a stopped EV's contactor opens when its want has been 0 for a scan."""
        self.now += after_s
        asked = [
            Claim(want, share, closed, rank, priority=priority)
            for rank, (want, share, closed, priority) in enumerate(
                zip(wants_ma, self.shares, self.closed, priorities or [0] * self.count, strict=True)
            )
        ]
        before = self.shares
        self.shares = allot(asked, fair_ma(asked, self.fuse_ma, self.now), self.fuse_ma, self.now)
        for old, new, want in zip(before, self.shares, wants_ma, strict=True):
            assert new.granted_ma == 0 or new.granted_ma >= 6 * A
            assert new.granted_ma <= want or self.now - old.changed_s < FOLLOW_S
            assert new.granted_ma in (0, old.granted_ma) or self.now - old.changed_s >= FOLLOW_S
        self.check(before)

    def check(self, before: list[Share]) -> None:
        """What the EVs may draw now, at worst, is within the fuse. A stopped EV may ignore that until its contactor opens."""
        for i, (old, new) in enumerate(zip(before, self.shares, strict=True)):
            if old.granted_ma:
                self.draws[i] = [(at, ma) for at, ma in self.draws[i] if self.now - at < FOLLOW_S]
            if old.granted_ma == 0 and not self.closed[i]:
                self.draws[i] = []
            self.draws[i] += [(self.now, old.granted_ma), (self.now, new.granted_ma)]
            self.closed[i] = new.granted_ma > 0
        assert sum(max((ma for _, ma in draws), default=0) for draws in self.draws) <= self.fuse_ma


WANTS = st.sampled_from([0, 0, 6 * A, 10 * A, 16 * A, 32 * A, 63 * A])
PRIORITIES = st.sampled_from([0, 0, -9, 1, 9])


@given(
    st.integers(6 * A, 100 * A),
    st.lists(
        st.tuples(
            st.lists(WANTS, min_size=4, max_size=4),
            st.sampled_from([0.01, 0.5, 2.0, 4.99, 5.0, 6.0]),
            st.lists(PRIORITIES, min_size=4, max_size=4),
        ),
        max_size=40,
    ),
)
def test_the_sum_of_what_evs_may_draw_never_exceeds_the_fuse(fuse_ma: int, turns: list[tuple[list[int], float, list[int]]]) -> None:
    site = Site(fuse_ma, 4)
    for wants_ma, after_s, priorities in turns:
        site.turn(wants_ma, after_s, priorities)


@given(st.integers(0, 100 * A), st.lists(st.tuples(WANTS, PRIORITIES, st.sampled_from([0, 6 * A, 16 * A])), max_size=6))
def test_a_lower_priority_gets_what_a_higher_one_does_not_want(fuse_ma: int, evs: list[tuple[int, int, int]]) -> None:
    """OCPP 2.0.1 K03.FR.04: whoever charges already."""
    asked = [
        Claim(want, Share(granted, LONG_AGO), granted > 0, rank, priority=priority) for rank, (want, priority, granted) in enumerate(evs)
    ]
    fair = fair_ma(asked, fuse_ma, now=100.0)
    assert sum(fair) <= fuse_ma
    for higher, its in zip(asked, fair, strict=True):
        for lower, got in zip(asked, fair, strict=True):
            assert not got or lower.priority >= higher.priority or its == higher.want_ma


def test_a_car_of_higher_priority_takes_the_current_of_one_that_charges_and_gives_it_back() -> None:
    """OCPP 2.0.1 K03.FR.04."""
    site = Site(32 * A, 2)
    site.turn([32 * A, 0], 60.0)
    assert [share.granted_ma for share in site.shares] == [32 * A, 0]
    for _ in range(3):
        site.turn([32 * A, 28 * A], FOLLOW_S, [0, 1])
    assert [share.granted_ma for share in site.shares] == [0, 28 * A], "the other one waits: 4 A are worth nothing to it"
    for _ in range(3):
        site.turn([32 * A, 28 * A], FOLLOW_S, [0, 0])
    assert [share.granted_ma for share in site.shares] == [16 * A, 16 * A]


@given(st.integers(6 * A, 100 * A), st.lists(WANTS, min_size=1, max_size=5))
def test_wants_that_stay_are_served_fairly_and_the_fuse_is_used(fuse_ma: int, wants_ma: list[int]) -> None:
    site = Site(fuse_ma, len(wants_ma))
    for _ in range(4 * len(wants_ma)):
        site.turn(wants_ma, FOLLOW_S)
    granted = [share.granted_ma for share in site.shares]
    served = [(want, got) for want, got in zip(wants_ma, granted, strict=True) if got]
    assert len(served) == min(fuse_ma // (6 * A), sum(want > 0 for want in wants_ma))
    short = [got for want, got in served if got < want]
    if short:
        assert max(short) - min(short) <= len(served)
        assert sum(granted) > fuse_ma - len(served)


def test_a_newcomer_gets_what_is_free_and_its_share_when_others_have_followed() -> None:
    site = Site(40 * A, 2)
    site.turn([32 * A, 0], 1.0)
    site.turn([32 * A, 0], 60.0)
    site.turn([32 * A, 32 * A], 0.01)
    assert [share.granted_ma for share in site.shares] == [20 * A, 8 * A]
    site.turn([32 * A, 32 * A], 4.9)
    assert [share.granted_ma for share in site.shares] == [20 * A, 8 * A]
    site.turn([32 * A, 32 * A], 0.2)
    assert [share.granted_ma for share in site.shares] == [20 * A, 20 * A]
    site.turn([0, 32 * A], 60.0)
    site.turn([0, 32 * A], 0.01)
    assert [share.granted_ma for share in site.shares] == [0, 32 * A]
