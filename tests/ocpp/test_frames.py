import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.ocpp.frames import (
    Call,
    Error,
    Malformed,
    Result,
    UnknownType,
    Unreadable,
    decode,
    encode_call,
    encode_error,
    encode_result,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)
FRAMES = Call | Result | Error | Malformed | UnknownType | Unreadable


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        (b'[2,"19","Heartbeat",{}]', Call("19", "Heartbeat", {})),
        (b'[2,"19","Heartbeat",null]', Call("19", "Heartbeat", {})),
        (b'[3,"19",{"a":1}]', Result("19", {"a": 1})),
        (b'[3,"19",null]', Result("19", {})),
        (b'[3,"19",[]]', Result("19", None)),
        (b'[3,"19"]', Result("19", None)),
        (b'[4,"19","NotSupported","no",{}]', Error("19", "NotSupported", "no")),
        (b'[4,"19"]', Error("19", "GenericError", "")),
        (b'[4,"19",7,null]', Error("19", "GenericError", "")),
        (b'[5,"19",{}]', UnknownType("19", 5)),
        (b"[6]", UnknownType("-1", 6)),
    ],
)
def test_a_frame_is_read(text: bytes, frame: Any) -> None:
    assert decode(text) == frame


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"hello",
        b"{}",
        b"[]",
        b'"2"',
        b'["2","19","Heartbeat",{}]',
        b'[true,"19","Heartbeat",{}]',
        b'[2.0,"19","Heartbeat",{}]',
        b"[2]",
        b'[2,19,"Heartbeat",{}]',
        b'[2,"19","Heartbeat",{"a":NaN}]',
        b'[2,"19","Heartbeat",{"a":1e999}]',
        b'[2,"19","\xff",{}]',
        b'[2,"19","\\ud800",{}]',
        b"[" * 100_000,
        b'[2,"19","A",' + b"[" * 5000 + b"]" * 5000 + b"]",
        b'[2,"19","A",{"a":' + b"9" * 10_000 + b"}]",
    ],
)
def test_what_is_no_frame_is_unreadable(text: bytes) -> None:
    assert isinstance(decode(text), Unreadable)


@pytest.mark.parametrize(
    "text",
    [b'[2,"19"]', b'[2,"19","A"]', b'[2,"19","A",[]]', b'[2,"19","A",{},{}]', b'[2,"19",7,{}]', b'[2,"%s","A",{}]' % (b"x" * 37)],
)
def test_a_bad_call_with_a_readable_id_is_malformed(text: bytes) -> None:
    frame = decode(text)
    assert isinstance(frame, Malformed)
    assert frame.id == json.loads(text)[1]


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_make_the_decoder_fail(data: bytes) -> None:
    assert isinstance(decode(data), FRAMES)


@given(st.lists(st.sampled_from([2, 3, 4, 5, "2"]) | JSON, max_size=6))
def test_no_array_makes_the_decoder_fail(parts: list[Any]) -> None:
    assert isinstance(decode(json.dumps(parts).encode()), FRAMES)


@given(st.text(max_size=36), st.text(), st.dictionaries(st.text(), JSON.filter(lambda value: not isinstance(value, float)), max_size=3))
def test_what_we_send_can_be_read_again(message_id: str, action: str, payload: dict[str, Any]) -> None:
    assert decode(encode_call(message_id, action, payload)) == Call(message_id, action, payload)
    assert decode(encode_result(message_id, payload)) == Result(message_id, payload)


def test_an_error_always_has_five_elements_and_a_short_description() -> None:
    parts = json.loads(encode_error("19", "GenericError", "x" * 1000))
    assert parts == [4, "19", "GenericError", "x" * 255, {}]
