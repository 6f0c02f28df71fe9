"""A few stories of chaos, and that the verdict sees what it must see. The campaign: python -m tests.campaigns.chaos --seeds 1000."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from chargepoint.domain.notifications import Kept
from chargepoint.domain.span import Span
from chargepoint.station.clock import StationClock
from chargepoint.store.outbox import Outbox
from tests.campaigns.chaos.story import QUIET, tell

SEEDS = range(1, 13)


def wrong(version: str = "1.6") -> Iterator[str]:
    """The differences of these stories, one by one."""
    return (difference for seed in SEEDS for difference in tell(seed, version).differences)


@pytest.mark.parametrize("version", QUIET)
def test_with_cuts_at_any_commit_and_a_csms_that_misbehaves_nothing_is_lost_and_nothing_doubled(version: str) -> None:
    outcomes = [tell(seed, version) for seed in SEEDS]
    assert [(outcome.seed, outcome.differences) for outcome in outcomes if outcome.differences] == []
    assert sum(outcome.cuts for outcome in outcomes) > 20
    assert sum(outcome.transactions for outcome in outcomes) > 5
    assert sum(outcome.resent for outcome in outcomes) > 5


@pytest.mark.parametrize("version", QUIET)
def test_a_queue_that_forgets_what_was_refused_is_found(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Outbox, "tried", Outbox.delivered)
    assert any("was never answered" in difference for difference in wrong(version))


def test_a_queue_that_gives_a_resend_another_id_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Outbox.first

    def renamed(self: Outbox, *arguments: object) -> object:
        letter = first(self, *arguments)  # type: ignore[arg-type]
        return None if letter is None else type(letter)(letter.number, str(uuid4()), letter.attempts, letter.event)

    monkeypatch.setattr(Outbox, "first", renamed)
    assert any("strange [" in difference for difference in wrong())


def test_a_message_that_is_put_in_after_the_commit_that_made_it_true_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    put, waiting = Outbox.put, list[tuple[str, Kept]]()

    def late(self: Outbox, message_id: str, event: Kept) -> None:
        for each in waiting:
            put(self, *each)
        waiting[:] = [(message_id, event)]

    monkeypatch.setattr(Outbox, "put", late)
    assert next(wrong(), None) is not None


def test_a_number_that_is_given_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """OCPP 2.0.1 1.3.2.1: seqNo."""
    told = Span.told
    monkeypatch.setattr(Span, "told", lambda self, at, state: replace(told(self, at, state), next_seq_no=self.next_seq_no or 1))
    assert any("says something else" in difference for difference in wrong("2.0.1"))


@pytest.mark.parametrize("version", QUIET)
def test_a_clock_that_is_set_back_without_reason_is_found(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is told too early then."""
    correct = StationClock.correct

    def earlier(self: StationClock, csms_now: datetime, under_way_s: float = 0.0) -> float:
        return correct(self, csms_now - timedelta(seconds=9), under_way_s)

    monkeypatch.setattr(StationClock, "correct", earlier)
    assert any("strange [" in difference for difference in wrong(version))


@pytest.mark.parametrize("version", QUIET)
def test_what_keeps_the_time_of_a_board_that_forgot_it_is_found(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Outbox, "correct", lambda self, by, first, told: None)
    assert any("s too " in difference for difference in wrong(version))


@pytest.mark.parametrize("seed", [52, 1170])
def test_what_was_stamped_by_a_wrong_clock_before_anything_was_on_disk_is_told_rightly(seed: int) -> None:
    """Before anything waited, and by control before the station's process began anew."""
    assert tell(seed).differences == []
