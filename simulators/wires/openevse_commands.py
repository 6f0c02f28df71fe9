"""The commands of RAPI 5.2.1, as an OpenEVSE obeys them: one function each, and the table of them. What it was not built for is NK."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from simulators.troubles import TROUBLES, Trouble
from simulators.wires.openevse_board import HARDWARE_A, LEAST_A, Board

VERSION, PROTOCOL = "8.2.3", "5.2.1"
ACKNOWLEDGE = 165
FEATURES: Mapping[str, tuple[int, Trouble | None]] = {
    "B": (0x8000, None),
    "D": (0x0002, "diode"),
    "F": (0x0200, "selftest"),
    "G": (0x0008, "ground"),
    "R": (0x0010, "stuck_relay"),
    "T": (0x0400, "over_temperature"),
    "V": (0x0004, "ventilation"),
}
"""``$FF``: flag that says it is off, and the check."""


class Answer(NamedTuple):
    """``good``: OK and not NK."""

    good: bool
    data: str = ""


def obey(board: Board, name: str, parts: list[str], now: float) -> Answer | None:
    """A command; ``None``: it does not answer. Nonsense is answered NK."""
    board.now_s = now
    do = COMMANDS.get(name)
    try:
        return Answer(False) if do is None else do(board, *parts)
    except (TypeError, ValueError):
        return Answer(False)


def enable(board: Board) -> Answer:
    """FE."""
    board.wake()
    return Answer(True)


def sleep(board: Board) -> Answer:
    """FS."""
    board.firmware.enabled, board.firmware.show_f = False, False
    return Answer(True)


def disable(board: Board) -> Answer:
    """FD."""
    board.firmware.show_f, board.firmware.lock = True, None
    return Answer(True)


def restart(board: Board) -> None:
    """FR."""
    board.firmware.power_cycle(board.now_s)


def press(board: Board) -> Answer:
    """F1."""
    return sleep(board) if board.firmware.enabled else enable(board)


def feature(board: Board, letter: str, on: str) -> Answer:
    """FF."""
    if letter not in FEATURES or on not in ("0", "1"):
        return Answer(False)
    bit, _ = FEATURES[letter]
    board.save("flags", board.saved.flags & ~bit if on == "1" else board.saved.flags | bit)
    off = {trouble for flag, trouble in FEATURES.values() if trouble and board.saved.flags & flag}
    board.firmware.checks = TROUBLES - off
    return Answer(True)


def print_text(board: Board, column: str, row: str, text: str) -> Answer:
    """FP."""
    x, y = int(column), int(row)
    if board.firmware.locked_out or y not in (0, 1):
        return Answer(False)
    shown = board.lcd[y][:x] + text.replace("\x11", " ")
    board.lcd[y] = (shown + board.lcd[y][len(shown) :])[:16]
    return Answer(True)


def set_current(board: Board, amperes: str, how: str = "") -> Answer:
    """SC."""
    wanted_a = int(amperes)
    most_a = board.maximum_a if how else HARDWARE_A
    hot = "over_temperature" in board.firmware.faults and wanted_a > board.pilot_a
    set_a = board.pilot_a if hot else max(LEAST_A, min(wanted_a, most_a))
    if not how:
        board.saved.writes += 1
        board.saved.maximum_a = set_a
    board.pilot_a = set_a
    board.apply()
    return Answer(set_a == wanted_a, str(set_a))


def heartbeat(board: Board, first: str = "", fallback_a: str = "") -> Answer:
    """SY: pulse, acknowledge, or arm."""
    if not board.build.heartbeat:
        return Answer(False)
    if fallback_a:
        board.save("interval_s", int(first))
        board.save("fallback_a", int(fallback_a))
        board.firmware.supervise(board.window_s, max(LEAST_A, int(fallback_a)) * 1000, board.now_s)
    elif first == str(ACKNOWLEDGE) and board.trigger == 2:
        board.trigger, board.firmware.missed, board.pilot_a = 1, False, board.maximum_a
    elif first and first != str(ACKNOWLEDGE):
        return Answer(False)
    board.firmware.heard(board.now_s)
    board.apply()
    return Answer(board.trigger != 2, f"{board.saved.interval_s} {board.saved.fallback_a} {board.trigger}")


def level(board: Board, level: str) -> Answer:
    """SL."""
    if level not in ("1", "2"):
        return Answer(False)
    board.save("flags", board.saved.flags & ~1 | (level == "2"))
    return Answer(True)


def set_millivolts(board: Board, millivolts: str) -> Answer:
    """SV."""
    board.mv = int(millivolts)
    return Answer(True)


def set_total(board: Board, total_wh: str) -> Answer:
    """SK."""
    board.save("total_wh", int(total_wh))
    return Answer(True)


def auth_lock(board: Board, on: str) -> Answer:
    """S4."""
    if not board.build.auth_lock or on not in ("0", "1"):
        return Answer(False)
    board.locked = on == "1"
    board.apply()
    return Answer(True)


def clear_boot_lock(board: Board) -> Answer:
    """SB."""
    if not board.build.boot_lock:
        return Answer(False)
    board.locked = board.locked and bool(board.firmware.faults)
    board.apply()
    return Answer(True, str(int(board.locked)))


def plug_lock(board: Board, what: str) -> Answer:
    """S5."""
    if not board.build.plug_lock or what not in ("A", "M", "0", "1") or (what in "01" and not board.manual):
        return Answer(False)
    board.manual = what != "A"
    board.firmware.lock = None if what == "A" else what == "1" if what in "01" else bool(board.firmware.evse.locked)
    return Answer(True)


def currents(board: Board) -> Answer:
    """GC."""
    return Answer(True, f"{LEAST_A} {HARDWARE_A} {board.pilot_a} {board.maximum_a}")


def power(board: Board) -> Answer:
    """GG."""
    flow_ma = board.firmware.evse.feed.flow_ma[0] if board.firmware.contactor_closed else 0
    return Answer(True, f"{flow_ma} {board.mv}")


def temperatures(board: Board) -> Answer:
    """GP."""
    celsius = None if board.firmware.seen is None else board.firmware.seen.temperature_c
    return Answer(True, f"-2560 {-2560 if celsius is None else round(celsius * 10)} -2560")


def status(board: Board) -> Answer:
    """GS."""
    elapsed_s = int(board.now_s - board.began_s) if board.connected else 0
    return Answer(True, f"{board.state:02X} {elapsed_s} {board.seen_pilot:02X} {board.flags:04X}")


def trips(board: Board) -> Answer:
    """GF."""
    found = (board.firmware.trips(trouble) for trouble in ("gfci", "ground", "stuck_relay"))
    return Answer(True, " ".join(f"{min(count, 0xFE):X}" for count in found))


COMMANDS: Mapping[str, Callable[..., Answer | None]] = {
    "F0": lambda board, on: Answer(on in ("0", "1")),
    "F1": press,
    "FB": lambda board, colour: Answer(colour in "01234567"),
    "FD": disable,
    "FE": enable,
    "FF": feature,
    "FP": print_text,
    "FR": restart,
    "FS": sleep,
    "S4": auth_lock,
    "S5": plug_lock,
    "SB": clear_boot_lock,
    "SC": set_current,
    "SK": set_total,
    "SL": level,
    "SV": set_millivolts,
    "SY": heartbeat,
    "G0": lambda board: Answer(True, "2" if board.firmware.show_f else str(int(board.flags >> 8 & 1))),
    "G5": lambda board: Answer(board.build.plug_lock, f"{int(bool(board.firmware.evse.locked))} {'M' if board.manual else 'A'}"),
    "GA": lambda board: Answer(True, "220 0"),
    "GC": currents,
    "GD": lambda board: Answer(True, "0 0 0 0"),
    "GE": lambda board: Answer(True, f"{board.saved.maximum_a} {board.saved.flags:04X}"),
    "GF": trips,
    "GG": power,
    "GI": lambda board: Answer(True, " ATMEGA1E950F2A"),
    "GP": temperatures,
    "GS": status,
    "GT": lambda board: Answer(True, "165 165 165 165 165 165"),
    "GU": lambda board: Answer(True, f"{int(board.session_ws)} {board.saved.total_wh}"),
    "GV": lambda board: Answer(True, f"{VERSION} {PROTOCOL}"),
    "GY": heartbeat,
}
