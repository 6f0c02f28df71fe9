"""What ``chargepoint detect`` found, as lines for a configuration file. What is not sure, or has no EVSE to belong to, is a comment."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

import hal
from hal.detect.found import Found


def lines(found: Sequence[Found]) -> str:
    """TOML, beneath whatever [station] and [site] say."""
    known = [each for each in found if each.driver]
    boards, meters, readers = ([each for each in known if each.kind == kind] for kind in ("boards", "meters", "readers"))
    pairs = list(_pairs(boards, meters))
    text = [line for number, (board, meter) in enumerate(pairs, start=1) for line in _evse(number, board, meter)]
    used = [meter for _, meter in pairs]
    text += [_spare(each) for each in meters if not any(each is meter for meter in used)]
    text += [line for reader in readers for line in _reader(reader)]
    return "\n".join(text)


def _pairs(boards: Sequence[Found], meters: Sequence[Found]) -> Iterator[tuple[Found, Found]]:
    """A meter for each board: of its own, where it has one and there are too few."""
    for board, meter in zip_longest(boards, meters[: len(boards)]):
        if board is None:
            return
        if meter is None and board.driver in hal.DRIVERS["meters"]:
            meter = Found(kind="meters", where=board.where, says="inside the board", driver=board.driver, entries=board.entries)
        if meter is not None:
            yield board, meter
        else:
            yield board, Found(kind="meters", where="", says="NO METER WAS FOUND for this board", driver="")


def _evse(number: int, board: Found, meter: Found) -> Iterator[str]:
    yield "[[evses]]"
    yield f"id = {number}"
    yield "max_current_a = 16        # what board, cable and fuse carry"
    yield f"board = {table(board.driver, board.entries)}{_doubt(board)}"
    if meter.driver:
        yield f"meter = {table(meter.driver, meter.entries)}{_doubt(meter)}"
    else:
        yield '# meter = { driver = "...", port = "..." }  # none was found: without one nothing is delivered'
    yield 'connectors = [ { id = 1, type = "cType2", cable = "fixed" } ]   # or type = "sType2", cable = "socket"'
    yield ""


def _spare(each: Found) -> str:
    return f"# meter = {table(each.driver, each.entries)}   # {each.says}: for another EVSE\n"


def _reader(each: Found) -> Iterator[str]:
    mark = "" if each.sure else "# "
    yield f"{mark}[[readers]]{_doubt(each)}"
    for name, value in {"driver": each.driver, **each.entries}.items():
        yield f"{mark}{name} = {_value(value)}"
    yield ""


def _doubt(each: Found) -> str:
    return "" if each.sure else f"   # it seems: {each.says}"


def table(driver: str, entries: Mapping[str, Any]) -> str:
    """An inline table."""
    inside = ", ".join(f"{name} = {_value(value)}" for name, value in {"driver": driver, **entries}.items())
    return f"{{ {inside} }}"


def _value(value: Any) -> str:
    """A string, a number or a truth: as JSON writes them, so does TOML."""
    return json.dumps(value, ensure_ascii=False)
