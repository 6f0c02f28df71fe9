"""The queue and what was given up: order, identity, bounds; and that size costs nothing where it must not."""

import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample
from chargepoint.domain.notifications import Kept, MeterValues, SecurityEvent
from chargepoint.domain.transaction import EventKind, Transaction, TransactionEvent, TriggerReason
from chargepoint.store import dead_letters, outbox, thinning, transactions
from chargepoint.store.outbox import SLACK, Lane
from chargepoint.store.store import Store

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def event(seq_no: int, kind: EventKind = EventKind.UPDATED, transaction: str = "t") -> TransactionEvent:
    """One of a transaction."""
    return TransactionEvent(
        transaction_id=transaction, connector=ConnectorId(1), kind=kind, trigger=TriggerReason.TRIGGER, seq_no=seq_no, at=NOW
    )


def whole(updates: int, transaction: str = "t") -> list[TransactionEvent]:
    """All that is told of one."""
    kinds = [EventKind.STARTED, *[EventKind.UPDATED] * updates, EventKind.ENDED]
    return [event(number, kind, transaction) for number, kind in enumerate(kinds)]


def told(store: Store, lane: Lane = Lane.TRANSACTION) -> list[Kept]:
    """Take everything out, in the order of sending."""
    taken = []
    while (letter := store.outbox.first(lane)) is not None:
        taken.append(letter.event)
        with store.commit():
            store.outbox.delivered(letter.number)
    return taken


def post(store: Store, events: list[TransactionEvent]) -> None:
    """Put them in, the way the station does: a commit for each."""
    for number, each in enumerate(events):
        with store.commit():
            store.outbox.put(f"{each.transaction_id}-{number}", each)


def give_up(store: Store) -> None:
    """The first that waits is given up."""
    letter = store.outbox.first(Lane.TRANSACTION)
    assert letter is not None
    with store.commit():
        store.outbox.give_up(letter.number, "InternalError", NOW)


def test_order_and_identity_survive_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.commit():
        for seq_no in range(3):
            store.outbox.put(f"id-{seq_no}", event(seq_no))
    store.close()
    store = Store(tmp_path / "store")
    for seq_no in range(3):
        letter = store.outbox.first(Lane.TRANSACTION)
        assert letter is not None
        assert (letter.message_id, letter.event) == (f"id-{seq_no}", event(seq_no))
        with store.commit():
            store.outbox.delivered(letter.number)
    assert store.outbox.first(Lane.TRANSACTION) is None


def test_lanes_do_not_stand_in_each_others_way() -> None:
    store, alarm = Store(":memory:"), SecurityEvent("TamperDetectionActivated", NOW)
    post(store, [event(0)])
    with store.commit():
        store.outbox.put("a", alarm)
    assert store.outbox.waiting() == 2
    assert told(store, Lane.SECURITY) == [alarm]
    assert told(store) == [event(0)]
    assert store.outbox.waiting() == 0


def test_where_so_many_of_a_kind_wait_the_last_of_them_tells_of_the_next_under_a_new_id(tmp_path: Path) -> None:
    store, alarm = Store(tmp_path / "store"), SecurityEvent("TamperDetectionActivated", NOW, "opened")
    other = SecurityEvent("ResetOrReboot", NOW)
    with store.commit():
        assert not store.outbox.joined("a", alarm, 2)
        for identity, each in (("a", alarm), ("b", alarm), ("c", other)):
            store.outbox.put(identity, each)
        assert not store.outbox.joined("d", other, 2)
        assert store.outbox.joined("d", alarm, 2)
        assert store.outbox.joined("e", alarm.with_more(4, NOW), 2)
    store.close()
    store = Store(tmp_path / "store")
    assert store.outbox.waiting() == 3
    assert told(store, Lane.SECURITY) == [alarm, alarm.with_more(6, NOW), other]


def test_what_is_put_behind_waits_after_the_others_with_all_its_attempts(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.commit():
        for identity in ("a", "b"):
            store.outbox.put(identity, SecurityEvent("ResetOrReboot", NOW, identity))
        store.outbox.tried(1)
        store.outbox.put_behind(1)
    store.close()
    store = Store(tmp_path / "store")
    assert store.outbox.waiting() == 2
    first = store.outbox.first(Lane.SECURITY)
    assert first is not None
    assert (first.message_id, first.number) == ("b", 2)
    with store.commit():
        store.outbox.delivered(2)
    last = store.outbox.first(Lane.SECURITY)
    assert last is not None
    assert (last.message_id, last.attempts) == ("a", 0)


def test_what_was_given_up_is_out_of_the_way_and_kept_with_its_cause(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    post(store, [event(0), event(1)])
    with store.commit():
        store.outbox.tried(1)
    give_up(store)
    assert (store.outbox.waiting(), store.outbox.given_up()) == (1, 1)
    store.close()
    store = Store(tmp_path / "store")
    (letter,) = store.outbox.dead.all()
    assert (letter.message_id, letter.attempts, letter.cause, letter.given_up, letter.event) == ("t-0", 1, "InternalError", NOW, event(0))
    assert told(store) == [event(1)]


def test_what_is_sent_again_gets_its_old_place_before_everything_that_waits_and_all_its_attempts(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    post(store, whole(2))
    for _ in range(3):
        give_up(store)
    store.close()
    store = Store(tmp_path / "store")
    post(store, whole(0, "later"))
    with store.commit():
        assert store.outbox.resend([3]) == 1
        assert store.outbox.resend([3, 77]) == 0, "it is not dead any more, or never was"
        assert store.outbox.resend() == 2
    letter = store.outbox.first(Lane.TRANSACTION)
    assert letter is not None
    assert (letter.message_id, letter.attempts, store.outbox.waiting(), store.outbox.given_up()) == ("t-0", 0, 6, 0)
    assert told(store) == whole(2) + whole(0, "later")


def test_of_too_many_dead_letters_the_oldest_go_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(dead_letters, "KEPT", 2)
    store = Store(":memory:")
    post(store, [event(number) for number in range(3)])
    for _ in range(3):
        give_up(store)
    assert [letter.event for letter in store.outbox.dead.all()] == [event(1), event(2)]
    assert "dead_letters_forgotten count=1" in caplog.text


def test_a_commit_that_fails_is_not_counted() -> None:
    store = Store(":memory:")
    post(store, [event(0)])
    with pytest.raises(ZeroDivisionError), store.commit():
        store.outbox.put("a", event(1))
        raise ZeroDivisionError
    assert store.outbox.waiting() == 1
    post(store, [event(2)])
    assert told(store) == [event(0), event(2)]


def test_beyond_the_bound_meter_values_thin_out_evenly_and_no_start_or_end_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """OCPP 2.0.1 E04.FR.07, E04.FR.08, E11.FR.04, E11.FR.05, E12.FR.04, E12.FR.05, J02.FR.12, J02.FR.13."""
    monkeypatch.setattr(thinning, "REGION", 300)
    store = Store(":memory:")
    store.outbox.most = lambda: 400
    stories = [whole(38, f"t{number}") for number in range(40)]
    for story in stories:
        post(store, story)
    assert store.outbox.waiting() <= 400 + SLACK
    left = told(store)
    assert {each.kind for each in left if isinstance(each, SecurityEvent)} == set()
    for story in stories[:20]:
        of_it = [each for each in left if isinstance(each, TransactionEvent) and each.transaction_id == story[0].transaction_id]
        assert (of_it[0], of_it[-1]) == (story[0], story[-1])
        assert len(of_it) < 25, "thinned at least once"
        gaps = {after.seq_no - before.seq_no for before, after in pairwise(of_it[1:-1])}
        assert max(gaps, default=0) <= 4 * min(gaps, default=1), "evenly"
    numbers = [story[0].transaction_id for story in stories]
    assert [each.transaction_id for each in left if isinstance(each, TransactionEvent) and each.kind is EventKind.STARTED] == numbers
    assert [each.transaction_id for each in left if isinstance(each, TransactionEvent) and each.kind is EventKind.ENDED] == numbers


def values(number: int, evse: int) -> MeterValues:
    sample = Sample("Energy.Active.Import.Register", number, "Wh")
    return MeterValues(evse, ConnectorId(evse), (MeterValue(NOW, ReadingContext.CLOCK, (sample,)),))


def registers(kept: list[Kept], evse: int) -> list[float]:
    return [each.values[0].samples[0].value for each in kept if isinstance(each, MeterValues) and each.evse == evse]


@pytest.mark.parametrize("bound", ["the queue's", "their own"])
def test_values_without_a_transaction_thin_out_before_anything_of_transactions(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Part 2 §2.1.9: of each EVSE every second one, neither the first nor the last."""
    store = Store(Path(":memory:"))
    if bound == "their own":
        monkeypatch.setattr(outbox, "MOST_VALUES", 19)
    else:
        store.outbox.most = lambda: 30
    post(store, whole(8))
    with store.commit():
        for number in range(10):
            for evse in (1, 2):
                store.outbox.put(f"{evse}-{number}", values(number, evse))
        store.outbox.put("last", values(10, 1))
    assert store.outbox.waiting() == 10 + len(kept := told(store, Lane.VALUES))
    assert told(store) == whole(8)
    assert (registers(kept, 1), registers(kept, 2)) == ([0, 2, 4, 6, 8, 9, 10], [0, 2, 4, 6, 8, 9])


def test_a_queue_of_nothing_but_starts_and_ends_grows_beyond_the_bound() -> None:
    store = Store(":memory:")
    store.outbox.most = lambda: 10
    stories = [each for number in range(200) for each in whole(0, f"t{number}")]
    post(store, stories)
    assert told(store) == stories


def test_history_keeps_transactions_with_messages_on_their_way_or_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "HISTORY", 1)
    store = Store(":memory:")
    for number in range(4):
        name = f"t{number}"
        transaction = Transaction(
            id=name,
            connector=ConnectorId(1),
            plug_in=PlugInId("b", number),
            authorization=Authorization(IdToken("A"), Origin.LOCAL),
            started=NOW,
            start_wh=0,
            last_wh=0,
            last_at=NOW,
            ended=NOW,
        )
        with store.commit():
            store.transactions.save(transaction)
            store.transactions.named(name, str(number))
            for each in whole(0, name):
                store.outbox.put(f"{name}-{each.seq_no}", each)
            store.transactions.forget_old()
    give_up(store)  # the start of t0
    every, without_1 = ["0", "1", "2", "3"], ["0", None, "2", "3"]
    for expected in (every, every, without_1, without_1, ["0", None, None, "3"]):
        letter = store.outbox.first(Lane.TRANSACTION)
        assert letter is not None
        with store.commit():
            store.outbox.delivered(letter.number)
            store.transactions.forget_old()
        assert [store.transactions.csms_id(f"t{number}") for number in range(4)] == expected


def test_a_hundred_thousand_messages_neither_slow_the_start_nor_the_next_message(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.commit():
        for number in range(100_000):
            store.outbox.put(str(number), event(number))
    store.close()
    began = time.perf_counter()
    store = Store(tmp_path / "store")
    assert store.outbox.first(Lane.TRANSACTION) is not None
    assert store.outbox.first(Lane.SECURITY) is None
    assert store.outbox.waiting() == 100_000
    for number in range(10):
        with store.commit():
            store.outbox.put(str(number), event(number))
            store.transactions.forget_old()
    assert time.perf_counter() - began < 1.0
