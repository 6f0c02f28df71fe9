"""What displays on a serial port want to hear, by make.

    preset          begin               cursor to line n          light, dark            speed   characters
    serlcd          FE 01               FE 80 + place             7C 9D, 7C 80           9600    HD44780
    matrix-orbital  FE 58 44 52 4B 54   FE 47 01 n                FE 42 00, FE 46        19200   ASCII
    vt100           ESC [ 2 J ...       ESC [ n ; 1 H             none                   9600    UTF-8

serlcd: SparkFun SerLCD 2.5 data sheet (lines lie at 0, 64, columns, 64 + columns in the memory of the HD44780). matrix-orbital: LK204-25
manual (also clear, wrapping, scrolling and both cursors off). vt100: ECMA-48, and the cursor off as DEC has it.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from hal.displays.characters import Characters
from hal.errors import DriverError

ESC = b"\x1b["


class Codes(Struct, frozen=True, kw_only=True):
    """One make."""

    begin: bytes
    """Empty, and nothing moves by itself any more."""
    line: Callable[[int, int], bytes]
    """(line from 0, columns) -> the cursor to its beginning."""
    light: bytes = b""
    dark: bytes = b""
    baud: int = 9600
    characters: Characters = "ascii"
    never: bytes = b""
    """Bytes that are commands wherever they stand."""


def _in_memory(line: int, columns: int) -> int:
    """Where a line begins in the memory of an HD44780."""
    return (line % 2) * 64 + (line // 2) * columns


PRESETS: Mapping[str, Codes] = {
    "serlcd": Codes(
        begin=b"\xfe\x01",
        line=lambda line, columns: bytes([0xFE, 0x80 + _in_memory(line, columns)]),
        light=b"\x7c\x9d",
        dark=b"\x7c\x80",
        characters="hd44780",
        never=b"\x7c\xfe",
    ),
    "matrix-orbital": Codes(
        begin=b"\xfe\x58\xfe\x44\xfe\x52\xfe\x4b\xfe\x54",
        line=lambda line, columns: bytes([0xFE, 0x47, 1, line + 1]),
        light=b"\xfe\x42\x00",
        dark=b"\xfe\x46",
        baud=19_200,
        never=b"\xfe",
    ),
    "vt100": Codes(
        begin=ESC + b"2J" + ESC + b"?7l" + ESC + b"?25l",
        line=lambda line, columns: ESC + b"%d;1H" % (line + 1),
        characters="utf-8",
        never=b"\x1b",
    ),
}


def code(text: str, entry: str) -> bytes:
    """Bytes as an entry of the configuration has them, ``FE 01``. Raises DriverError."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise DriverError(f'display.serial-text: {entry} {text!r}: expected bytes as pairs of hexadecimal digits, "FE 01"') from None
