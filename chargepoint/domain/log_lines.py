"""One line of a process's own log, as the others tell it to the pages: from where, about what, how bad; without what is secret."""

import logging
import re
from datetime import UTC, datetime
from functools import lru_cache

import msgspec
from msgspec import Struct

LONGEST = 4_000
"""Characters of one line; only that of an error with the places it came from is that long."""
SECRET = re.compile(r"://\S*@|(?i:(password|secret|authorization|key)=)\S+")
"""User and password in a URL, and whatever says itself that it is secret."""
LEVELS = {"info": 20, "warning": 30, "error": 40}
"""How bad at least, as ``logging`` counts it."""

AREAS = {
    "chargepoint.control": "control",
    "chargepoint.control.meters": "meter",
    "chargepoint.control.signing": "meter",
    "chargepoint.control.panel": "lamp",
    "chargepoint.station": "station",
    "chargepoint.station.cards": "reader",
    "chargepoint.station.reading": "reader",
    "chargepoint.station.displaying": "lamp",
    "chargepoint.station.control_link": "link",
    "chargepoint.station.provisioning": "OCPP",
    "chargepoint.station.uplink": "OCPP",
    "chargepoint.station.delivery": "OCPP",
    "chargepoint.station.certificates": "certificates",
    "chargepoint.station.firmware": "update",
    "chargepoint.link": "link",
    "chargepoint.ocpp": "OCPP",
    "websockets": "OCPP",
    "chargepoint.store": "store",
    "chargepoint.pki": "certificates",
    "chargepoint.update": "update",
    "chargepoint.cli.updating": "update",
    "chargepoint.web": "pages",
    "uvicorn": "pages",
    "hal.boards": "board",
    "hal.meters": "meter",
    "hal.readers": "reader",
    "hal.indicators": "lamp",
    "hal.networks": "network",
    "hal.bus": "wires",
}
"""Beginning of a logger's name -> what it is about; the longest beginning that fits counts."""
LOGGERS = 500
"""More than there are."""
ELSEWHERE = "process"
"""Start and end, and what libraries say."""
ABOUT = tuple(sorted({*AREAS.values(), ELSEWHERE}, key=str.casefold))


class LogLine(Struct, frozen=True, kw_only=True):
    """``at_s``: Unix time, by the clock of this machine as it was then."""

    at_s: float
    process: str
    level: int
    name: str
    """Of the logger."""
    text: str

    @property
    def area(self) -> str:
        """What it is about."""
        return area_of(self.name)

    @property
    def word(self) -> str:
        """How bad, for people."""
        return next((word for word, least in reversed(LEVELS.items()) if self.level >= least), "info")

    @property
    def at(self) -> str:
        """ISO 8601, UTC."""
        return datetime.fromtimestamp(self.at_s, UTC).isoformat(timespec="milliseconds")

    def __str__(self) -> str:
        return f"{self.at} {self.word.upper()} {self.process} {self.name} {self.text}"


class Wanted(Struct, frozen=True, kw_only=True):
    """Which lines somebody looks for."""

    process: str = ""
    area: str = ""
    least: str = "info"
    text: str = ""
    """Somewhere in it, large or small."""
    without: frozenset[str] = frozenset()
    """Loggers whose lines are left out."""

    def fits(self, line: LogLine) -> bool:
        """Is it one of them?"""
        return (
            self.process in ("", line.process)
            and line.name not in self.without
            and line.level >= (LEVELS[self.least] if self.least != "info" else 0)
            and self.area in ("", line.area)
            and (not self.text or self.text.casefold() in f"{line.name} {line.text}".casefold())
        )


@lru_cache(LOGGERS)
def area_of(name: str) -> str:
    """Of a logger."""
    parts = name.split(".")
    beginnings = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((AREAS[each] for each in beginnings if each in AREAS), ELSEWHERE)


def said(record: logging.LogRecord) -> str:
    """Its words; as they were written where its arguments do not fit them, of which the process's own log complains."""
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def without_secrets(text: str) -> str:
    """What looks secret is masked."""
    return SECRET.sub(lambda found: f"{found[1]}=***" if found[1] else "://***@", text)


def written(line: LogLine) -> bytes:
    """For one datagram."""
    return msgspec.json.encode(line)


def read(data: bytes) -> LogLine | None:
    """What ``written`` has made; ``None``: nonsense."""
    try:
        line = msgspec.json.decode(data, type=LogLine)
        datetime.fromtimestamp(line.at_s, UTC)
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError):  # the last three: a time that no calendar has
        return None
    return msgspec.structs.replace(line, text=line.text[:LONGEST], process=line.process[:20], name=line.name[:100])
