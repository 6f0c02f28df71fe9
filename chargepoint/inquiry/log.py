"""The newest lines of the station process's own log, as it keeps them in memory, without secrets."""

from msgspec import Struct


class ReadLog(Struct, frozen=True, tag_field="ask", tag="read-log"):
    """So many at most."""

    count: int = 4000


class LogLines(Struct, frozen=True):
    """In order, each with its time in UTC, its level and who said it."""

    lines: tuple[str, ...]
