"""Messages as bytes: every kind there and back, later releases tolerated, garbage refused."""

import logging
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.control.watch import BOARD_FAULTS, TEXT
from chargepoint.domain.fault_table import ROWS
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.limits import Limit
from chargepoint.link.codec import BadMessage, MessageTooLong, VersionMismatch, check_version, decode_down, decode_up, encode
from chargepoint.link.messages import (
    LINK_VERSION,
    MAX_MESSAGE_BYTES,
    Ack,
    Beep,
    ClearFault,
    ClearOutcome,
    ContactorCount,
    Down,
    Event,
    EvseState,
    Exercise,
    ExerciseOutcome,
    Hello,
    HoldPlug,
    Indicate,
    Permit,
    Record,
    RecordOutcome,
    Renew,
    Revoke,
    Signals,
    SitePermit,
    Snapshot,
    Telemetry,
    Unlock,
    UnlockOutcome,
    Up,
    Watch,
)
from hal.measured import BoardFault, BoardInputs, BoardOutputs, MeterReading, SignedRecord

PLUG_IN = PlugInId("3f2a", 7)
FULL = EvseState(
    evse=1,
    plug_in=PLUG_IN,
    connector=2,
    found_at_start=True,
    cp="C",
    state="C2",
    contactor_closed=True,
    locked=True,
    faults=(Fault("smoke", "other", "x", "V1", 12.5, by_board=True), Fault("tilted", "other", latched=True)),
    permit="live",
    offered_ma=16_000,
    limits=(Limit("permit", 16_000, "station", "the house needs the rest", 11.5, 21.5), Limit("evse rating", 32_000)),
    reading=MeterReading(
        at_s=12.25, energy_wh=123, power_w=11_040, current_ma=(16_000, None, 0), voltage_mv=(230_000, None, None), frequency_hz=50.0
    ),
    unlock=UnlockOutcome("w1", unlocked=False),
    cleared=ClearOutcome("w2", cleared=False, reason="tilted: its cause is still there"),
    phases=1,
    phases_drawn=1,
    contactor=ContactorCount(4_711, 3),
    exercised=ExerciseOutcome("w3", "bad", "the feedback of the lock says locked: False"),
    record=RecordOutcome("7f", "signed", SignedRecord(b'{"ID":"\xff"}', b"\0\1", bytes(64)), public_key=bytes(64)),
)
INPUTS = BoardInputs(
    at_s=12.0,
    cp_high_mv=9_000,
    cp_low_mv=-12_000,
    contactor_closed=None,
    plug_locked=True,
    pp_ohm=220,
    faults=(BoardFault("smoke", "other"),),
)
DOWN: list[Down] = [
    Permit(1, PLUG_IN, 16_000, 60.0, 6_000, "profile", 1),
    SitePermit(24_000, 60.0, "csms profile 7"),
    HoldPlug(1, 10.0),
    Revoke(1, PLUG_IN),
    Unlock(1, 1, "w1"),
    ClearFault(1, "tilted", "w2"),
    Indicate(1, "reserved", 10.0),
    Beep(1, "accepted"),
    Watch(3.0),
    Exercise(1, "lock_close", "w3"),
    Record(1, "7f", "begin", '{"ID":"7f"}', 1_795_301_400, 60),
    Renew(),
    Hello(),
    Ack("3f2a", 9),
]
UP: list[Up] = [
    Snapshot("3f2a", 1.5, (FULL, EvseState(evse=2)), 9, dropped=3),
    Event("3f2a", 9, 1.5, FULL),
    Telemetry("3f2a", 1.5, FULL),
    Signals(evse=1, at_s=1.5, state="B2", cp="B", inputs=INPUTS, outputs=BoardOutputs(266_666, False, True), reading=FULL.reading),
]


def test_every_kind_is_tried_here() -> None:
    assert {type(message) for message in DOWN} == set(get_args(Down))
    assert {type(message) for message in UP} == set(get_args(Up))


@pytest.mark.parametrize("message", DOWN)
def test_down_and_back(message: Down) -> None:
    assert decode_down(encode(message)) == message


@pytest.mark.parametrize("message", UP)
def test_up_and_back(message: Up) -> None:
    assert decode_up(encode(message)) == message


def altered(message: Up | Down, **entries: Any) -> bytes:
    """A message as another release would send it; ``None`` leaves an entry out."""
    tree = {**msgspec.msgpack.decode(encode(message)), **entries}
    return msgspec.msgpack.encode({name: value for name, value in tree.items() if value is not None})


def test_a_message_of_a_later_release_is_understood_as_far_as_possible(caplog: pytest.LogCaptureFixture) -> None:
    assert decode_down(altered(Hello(), colour="red")) == Hello()
    with caplog.at_level(logging.WARNING):
        assert decode_up(altered(UP[1], type="Weather")) is None
    assert "event=link_message_ignored kind=Weather" in caplog.text


def test_a_message_of_an_earlier_release_is_filled_in() -> None:
    assert decode_up(altered(Snapshot("b", 1.0, ()), number=None, dropped=None)) == Snapshot("b", 1.0, ())


GARBAGE = [b"", b"\xc1", b"hello", b"\x00" * 100, msgspec.msgpack.encode({"no": "type"}), msgspec.msgpack.encode([1, 2, 3])]
DAMAGED = [encode(DOWN[0])[:-1], altered(DOWN[0], limit_ma="much"), altered(DOWN[0], limit_ma=None)]


@pytest.mark.parametrize("data", GARBAGE)
def test_garbage_is_a_bad_message_either_way(data: bytes) -> None:
    with pytest.raises(BadMessage, match=r"link: \d+ bytes that are no message"):
        decode_down(data)
    with pytest.raises(BadMessage, match=r"link: \d+ bytes that are no message"):
        decode_up(data)


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_message_is_a_bad_message(data: bytes) -> None:
    with pytest.raises(BadMessage, match=r"link: (Permit of )?\d+ bytes"):
        decode_down(data)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_do_more_than_that(data: bytes) -> None:
    for decode in (decode_up, decode_down):
        try:
            decode(data)
        except BadMessage:
            continue


def test_the_bound_holds_both_ways() -> None:
    with pytest.raises(MessageTooLong, match=r"Unlock of \d+ bytes; at most 131072"):
        encode(Unlock(1, 1, "x" * MAX_MESSAGE_BYTES))
    for decode in (decode_up, decode_down):
        with pytest.raises(BadMessage, match="longer than 131072"):
            decode(b"\x00" * (MAX_MESSAGE_BYTES + 1))


def test_a_station_of_four_evses_with_every_fault_at_once_fits() -> None:
    faults = tuple(Fault(row.name, row.kind, "i" * TEXT, "", 1.0, latched=True) for row in ROWS)
    faults += tuple(Fault("x" * 60, "power_switch_failure", "i" * TEXT, "v" * TEXT, 1.0) for _ in range(BOARD_FAULTS))
    encode(Snapshot("b", 1.0, tuple(msgspec.structs.replace(FULL, faults=faults) for _ in range(4))))


@pytest.mark.parametrize("version", [LINK_VERSION - 1, LINK_VERSION, LINK_VERSION + 1])
def test_neighbouring_versions_work_together(version: int) -> None:
    check_version(version)


def test_others_do_not_and_are_told_why() -> None:
    with pytest.raises(VersionMismatch, match=f"version {LINK_VERSION + 2}, this side {LINK_VERSION}; install"):
        check_version(LINK_VERSION + 2)
