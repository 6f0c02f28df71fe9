"""When too many messages wait: every second one between start and end of a transaction goes (1.6 §3.7.1; OCPP 2.0.1 E04.FR.07,
E04.FR.08, E11.FR.04, E11.FR.05, E12.FR.04, E12.FR.05, J02.FR.12, J02.FR.13).

    waiting   S u u u u u E S u u u u u u u E S u u ...
    thinned   S   u   u   E S   u   u   u   E S u u ...
                                            ^ how far it came; the next time it goes on from here, at the end from the beginning

So each region is thinned as often as any other, give or take one, and the register's course stays visible. Starts and ends never go,
neither those of 2.x nor those of 1.6, nor what tells who pays.
"""

import logging
from typing import Any

from chargepoint.domain.transaction import EventKind
from chargepoint.store.database import Database

log = logging.getLogger(__name__)

REGION = 1_000
"""How many messages are looked at in one go: a few milliseconds."""
REACHED = "thinned_to"
"""The name of the fact that holds how far it came."""


class Thinning:
    """Looks at one region of the queue after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def thin(self) -> int:
        """Thin the next region; how many went. Inside a commit."""
        rows = self._region(self._reached()) or self._region(0)
        if not rows:
            return 0
        doomed = _every_second(rows)
        for number in doomed:
            self._database.change("DELETE FROM outbox WHERE number = ?", number)
        reached = rows[-1][0] if len(rows) == REGION else 0
        self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", REACHED, str(reached))
        log.warning("event=queue_thinned dropped=%d of=%d from=%d to=%d", len(doomed), len(rows), rows[0][0], rows[-1][0])
        return len(doomed)

    def thin_values(self) -> int:
        """Meter values without a transaction go before anything of transactions: of each EVSE the second, fourth, sixth ..., never the last
        (part 2 §2.1.9). How many went. Inside a commit."""
        dropped = self._database.change(
            "DELETE FROM outbox WHERE number IN (SELECT number FROM (SELECT number, row_number() OVER each AS place, count(*) OVER "
            "(PARTITION BY subject) AS many FROM outbox WHERE lane = 'values' WINDOW each AS (PARTITION BY subject ORDER BY number)) "
            "WHERE place % 2 = 0 AND place < many)"
        )
        if dropped:
            log.warning("event=queued_values_thinned dropped=%d", dropped)
        return dropped

    def _reached(self) -> int:
        row = self._database.row("SELECT value FROM facts WHERE name = ?", REACHED)
        return int(row[0]) if row else 0

    def _region(self, after: int) -> list[tuple[Any, ...]]:
        """Numbers, transactions, and kinds. The first of all is left out: it may be on its way."""
        return self._database.rows(
            "SELECT number, subject, iif(json_extract(body, '$.power_path.step') IN ('closes', 'opens') OR "
            "json_extract(body, '$.id_token') IS NOT NULL, '', json_extract(body, '$.kind')) FROM outbox "
            "WHERE lane = 'transaction' AND number > max(?, (SELECT min(number) FROM outbox WHERE lane = 'transaction')) "
            "ORDER BY number LIMIT ?",
            after,
            REGION,
        )


def _every_second(rows: list[tuple[Any, ...]]) -> list[int]:
    """The first, third, fifth ... of each transaction."""
    kept: dict[str, bool] = {}
    doomed = []
    for number, subject, kind in rows:
        if kind == EventKind.UPDATED:
            if kept.get(subject, True):
                doomed.append(number)
            kept[subject] = not kept.get(subject, True)
    return doomed
