"""A meter that signs, at control: every cut between any two steps, with and without the meter's own power, and what it refuses."""

import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chargepoint.control import signing
from chargepoint.control.cycle import Cycle
from chargepoint.control.keeping import Keeper, load, save
from chargepoint.control.kept import KeptEvse
from chargepoint.control.scan import initial
from chargepoint.control.settings import SiteSettings
from chargepoint.control.signing import Signer
from chargepoint.link.messages import Event, Hello, Record, RecordOutcome, Snapshot, Telemetry
from chargepoint.link.pair import PairControl
from hal.api import signs
from hal.errors import DeviceError
from hal.measured import SignedRecord
from tests.control.devices import PlantBoard, PlantMeter
from tests.control.rig import SOCKET
from tests.control.test_cycle import heard, say

KEY = bytes(64)
BEGIN, END = (Record(1, "7f3a", act, '{"ID":"7f3a"}', 1_000, 60) for act in ("begin", "end"))


class Cut(BaseException):
    """The power is gone, or this process."""


class FakeMeter:
    """Remembers as a real one does. ``step`` is called before and after everything that it is asked."""

    def __init__(self) -> None:
        self.says: str | None = None
        self.signed: SignedRecord | None = None
        self.begun = 0
        self.times: list[tuple[int, int]] = []
        self.error: Exception | None = None
        self.step: Callable[[], None] = lambda: None

    def _do(self, act: Callable[[], Any] = lambda: None) -> Any:
        self.step()
        if self.error is not None:
            raise self.error
        done = act()
        self.step()
        return done

    def public_key(self) -> bytes:
        self._do()
        return KEY

    def open_record(self) -> str | None:
        self._do()
        return self.says

    def last_record(self) -> SignedRecord | None:
        self._do()
        return self.signed if self.says is None else None

    def begin_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> None:
        def act() -> None:
            if self.says is not None:
                raise DeviceError("meter.fake: a record is open already; end it first")
            self.says, self.signed, self.begun = says, None, self.begun + 1
            self.times.append((unix_s, from_utc_min))

        self._do(act)

    def end_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> SignedRecord:
        def act() -> SignedRecord:
            if self.says is None:
                raise DeviceError("meter.fake: no record is open; begin one first")
            self.signed = SignedRecord((self.says or says).encode() + b"\xff", b"signature", KEY)
            self.says = None
            return self.signed

        signed: SignedRecord = self._do(act)
        return signed


class Bench:
    """A meter and a disk that last, and signers that come and go. ``now`` is moved by whoever waits."""

    def __init__(self) -> None:
        self.now = 50.0
        self.meter: Any = FakeMeter()
        self.disk: dict[int, RecordOutcome] = {}
        self.signer = self.start()

    def start(self) -> Signer:
        self.signer = Signer(1, self.meter, self.keep, self.disk.get(1), lambda: self.now)
        self.signer._bell = self  # type: ignore[assignment]
        return self.signer

    def ring(self) -> None:
        """As a bell."""

    def wait(self, at_most_s: float | None = None) -> None:
        """As a bell."""
        self.now += at_most_s or 0.0

    def keep(self, evse: int, outcome: RecordOutcome, at_most_s: float) -> bool:
        self.meter.step()
        self.disk[evse] = outcome
        self.meter.step()
        return True

    def ask(self, wish: Record) -> RecordOutcome | None:
        """What is told of it in the end."""
        self.signer.heed(wish, self.now)
        while self.signer.work():
            pass
        return self.signer.outcome


def record_of(outcome: RecordOutcome | None) -> bytes:
    assert outcome is not None
    assert outcome.state == "signed", outcome
    assert outcome.record is not None
    return outcome.record.data


def test_a_record_begins_and_ends_and_whoever_asks_again_is_answered_the_same() -> None:
    bench = Bench()
    assert bench.ask(BEGIN) == RecordOutcome("7f3a", "open", public_key=KEY)
    bench.now += 30
    assert record_of(bench.ask(END)) == b'{"ID":"7f3a"}\xff'
    signed = bench.signer.outcome
    bench.meter.error = AssertionError("it is not asked again")
    assert bench.ask(END) == bench.ask(BEGIN) == signed == bench.disk[1]
    assert bench.start().outcome == signed
    assert bench.ask(END) == signed
    assert (bench.meter.begun, bench.meter.times) == (1, [(1_000, 60)])


@pytest.mark.parametrize("powerless", [False, True], ids=["process", "meter as well"])
def test_a_cut_between_any_two_steps_loses_no_record_and_makes_none_twice(powerless: bool) -> None:
    for fatal in itertools.count(1):
        bench = Bench()
        steps = itertools.count(1)

        def step(steps: Any = steps, fatal: int = fatal) -> None:
            if next(steps) == fatal:
                raise Cut

        bench.meter.step = step
        cut = False
        for wish in (BEGIN, END):
            try:
                bench.ask(wish)
            except Cut:
                cut = True
                if powerless and bench.meter.says is not None:
                    bench.meter.says = ""
                bench.start()
                bench.ask(wish)
        assert b"7f3a" in record_of(bench.signer.outcome), f"cut at step {fatal}"
        lost = powerless and bench.meter.begun == 2
        assert bench.meter.begun == 1 or lost, f"cut at step {fatal}: the meter forgot a record that nobody knew of, so it was begun anew"
        assert bench.disk[1] == bench.signer.outcome
        if not cut:
            assert fatal > 10
            return


def test_nothing_is_told_before_it_is_on_disk() -> None:
    bench = Bench()
    seen: list[Any] = []

    def keep(evse: int, outcome: RecordOutcome, at_most_s: float) -> bool:
        seen.append(bench.signer.outcome)
        return True

    bench.signer._keep = keep
    bench.ask(BEGIN)
    bench.ask(END)
    assert [outcome.state for outcome in seen] == ["working", "working"]


def test_a_record_that_was_left_open_is_closed_and_is_never_taken_for_the_next() -> None:
    bench = Bench()
    bench.ask(BEGIN)
    other = Record(1, "9c0d", "begin", '{"ID":"9c0d"}', 2_000)
    assert bench.ask(other) == RecordOutcome("9c0d", "open", public_key=KEY)
    assert bench.meter.begun == 2
    outcome = bench.ask(END)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == ("failed", "the record that is open in the meter is of another session")
    bench.meter.says, bench.meter.signed = None, SignedRecord(b'{"ID":"another"}', b"", KEY)
    outcome = bench.ask(Record(1, "9c0d", "end", "{}"))
    assert outcome is not None
    assert outcome.reason.startswith("the meter has no record of this session")


@pytest.mark.parametrize("says", ['{"ID":"7f3a"}', ""])
def test_what_was_signed_and_is_empty_is_no_record(says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    bench.ask(BEGIN)
    bench.meter.says = says
    monkeypatch.setattr(FakeMeter, "end_record", lambda self, *told: SignedRecord(b"", b"signature", KEY))
    outcome = bench.ask(END)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == ("failed", "what the meter has signed is empty, or names no session")


def test_a_meter_that_fails_is_tried_for_a_while_and_its_words_are_passed_on() -> None:
    bench = Bench()
    bench.meter.error = DeviceError("meter.fake: no answer for 1.5 s; check wires")
    outcome = bench.ask(BEGIN)
    assert outcome == RecordOutcome("7f3a", "failed", reason="meter.fake: no answer for 1.5 s; check wires")
    assert bench.now == pytest.approx(50.0 + signing.TRIES_S)
    bench.meter.error = ZeroDivisionError("a bug")
    outcome = bench.ask(BEGIN)
    assert outcome is not None
    assert "its driver is broken (ZeroDivisionError)" in outcome.reason
    bench.meter.error = None
    assert bench.ask(BEGIN) == RecordOutcome("7f3a", "open", public_key=KEY), "asked again, it is tried again"


def test_a_disk_that_cannot_be_written_keeps_no_record_from_the_station() -> None:
    bench = Bench()
    bench.signer._keep = lambda evse, outcome, at_most_s: False
    bench.ask(BEGIN)
    assert record_of(bench.ask(END))


def test_its_thread_answers_and_leaves(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "kept.json")
    keeper.recall([1])
    keeper.start()
    signer = Signer(1, FakeMeter(), keeper.keep_record, None, lambda: 0.0)  # type: ignore[arg-type]
    signer.start()
    for wish, state in ((BEGIN, "open"), (END, "signed")):
        signer.heed(wish, 0.0)
        for _ in range(5_000):
            if signer.outcome is not None and signer.outcome.state == state:
                break
            threading.Event().wait(0.002)
        assert Keeper(tmp_path / "kept.json").recall([1]) == {}
    again = Keeper(tmp_path / "kept.json")
    again.recall([1])
    assert record_of(again.records[1]) == b'{"ID":"7f3a"}\xff'
    signer.leave()
    keeper.leave()
    signer.join(5)
    keeper.join(5)
    assert not signer._thread.is_alive()


def test_records_of_an_evse_and_what_else_is_kept_do_not_touch_each_other(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    save(path, {1: KeptEvse(phases=1)}, {1: RecordOutcome("7f3a", "open")})
    assert load(path) == {1: KeptEvse(phases=1)}
    keeper = Keeper(path)
    keeper.recall([1])
    keeper.keep({1: KeptEvse(phases=3)})
    keeper.start()
    assert keeper.keep_record(2, RecordOutcome("9c0d", "open"), 5.0)
    keeper.leave()
    keeper.join(5)
    again = Keeper(path)
    assert again.recall([1]) == {1: KeptEvse(phases=3)}
    assert {evse: outcome.wish for evse, outcome in again.records.items()} == {1: "7f3a", 2: "9c0d"}


def test_the_station_is_told_by_events_and_a_meter_that_does_not_sign_says_so() -> None:
    end, now = PairControl(), [1_000.0]
    board, meter = PlantBoard(lambda: now[0]), PlantMeter(lambda: now[0])
    bench = Bench()
    signers = [bench.signer]

    def cycle() -> Cycle:
        state = initial([SOCKET], SiteSettings(fuse_ma=40_000), "boot", now[0])
        return Cycle(state, {1: board}, {1: meter}, end, signers=dict(enumerate(signers, start=1)))

    def run(one: Cycle) -> list[Any]:
        for _ in range(300):
            now[0] += 0.01
            one.scan(now[0])
            bench.signer.work()
        return heard(station)

    station = end.connect()
    say(station, Hello(), BEGIN)
    told = run(cycle())
    assert [m for m in told if isinstance(m, Event)][-1].state.record == RecordOutcome("7f3a", "open", public_key=KEY)
    assert all(m.state.record is None for m in told if isinstance(m, Telemetry))
    signers.clear()
    station = end.connect()
    say(station, Hello(), BEGIN)
    last = [m for m in run(cycle()) if isinstance(m, Event | Snapshot)][-1]
    assert isinstance(last, Event)
    assert last.state.record is not None
    assert (last.state.record.state, last.state.record.reason[:23]) == ("failed", "its meter does not sign")
    assert not signs(meter)
