"""Monitors of variables, and what of theirs has been told and is not over (OCPP 2.0.1 N07.FR.13, N07.FR.14)."""

import logging
from collections.abc import Iterable, Mapping

import msgspec

from chargepoint.domain.monitors import Monitor
from chargepoint.store.database import Database

log = logging.getLogger(__name__)

LAST_EVENT = "monitor_event"
"""The fact that says up to which number events are in use."""
LAST_TOLD = "monitor_values"
"""The fact that says which values monitors of changes have told last."""
AT_ONCE = 100
"""Numbers are taken in so many at a time: a start that ends early leaves some out, and none is ever used twice."""


class Monitors:
    """What the CSMS has set or changed, by number; ``None``: it has cleared one that the station came with."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next = self._reserved = 0

    def load(self) -> dict[int, Monitor | None]:
        """All of them. One that cannot be read, of a kind that a later release knew, say, stays where it is and does not count."""
        found: dict[int, Monitor | None] = {}
        for number, body in self._database.rows("SELECT id, body FROM monitors ORDER BY id"):
            try:
                found[number] = msgspec.json.decode(body, type=Monitor) if body else None
            except ValueError as error:
                log.error("event=monitor_unreadable id=%d cause=%s action=left_out", number, error)
        return found

    def save(self, number: int, monitor: Monitor | None) -> None:
        """One of them, as it is now."""
        body = "" if monitor is None else msgspec.json.encode(monitor).decode()
        self._database.change("INSERT OR REPLACE INTO monitors (id, body) VALUES (?, ?)", number, body)

    def next_id(self, first: int) -> int:
        """A number from ``first`` on that no monitor has had yet."""
        row = self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'monitors'")
        return max(first, int(row[0]) + 1 if row else first)

    def forget(self, numbers: Iterable[int]) -> None:
        """These are gone, and what was told of them is over."""
        for number in numbers:
            self._database.change("DELETE FROM monitors WHERE id = ?", number)

    def alerts(self) -> Mapping[str, int]:
        """What has been told and is not over: the event of each."""
        return dict(self._database.rows("SELECT name, event FROM alerts"))

    def alert(self, name: str, event: int) -> None:
        """It has been told."""
        self._database.change("INSERT OR REPLACE INTO alerts (name, event) VALUES (?, ?)", name, event)

    def over(self, name: str) -> None:
        """It is over."""
        self._database.change("DELETE FROM alerts WHERE name = ?", name)

    def told(self) -> dict[int, str]:
        """What monitors of changes have told last, or saw when they were set, by their numbers (N07.FR.18, N07.FR.19)."""
        row = self._database.row("SELECT value FROM facts WHERE name = ?", LAST_TOLD)
        return {} if row is None else msgspec.json.decode(row[0], type=dict[int, str])

    def keep_told(self, values: Mapping[int, str]) -> None:
        """These, and no others. Inside a commit."""
        written = msgspec.json.encode(values).decode()
        self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", LAST_TOLD, written)

    def next_event(self) -> int:
        """A number for an event. Inside a commit."""
        if self._next >= self._reserved:
            row = self._database.row("SELECT value FROM facts WHERE name = ?", LAST_EVENT)
            self._next = int(row[0]) if row else 1
            self._reserved = self._next + AT_ONCE
            self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", LAST_EVENT, str(self._reserved))
        self._next += 1
        return self._next - 1
