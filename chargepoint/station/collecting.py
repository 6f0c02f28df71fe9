"""What a CSMS gets when it asks for diagnostics or for the security log. Bounded, and without secrets.

    station.json         how the station is (``document``)
    configuration.json   the configuration file; secrets are ***, and all but the beginning of a card
    variables.json       what the CSMS can set and read; what can only be written is ***
    log.txt              the newest lines of this process
    security.jsonl       the security log, one event a line
    transactions.json    the newest transactions; all but the beginning of a token is masked
    store.json           rows per table, size

``oldest`` and ``newest`` bound the log, the security log and the transactions.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from chargepoint.domain.commands import GetLog
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import KEY_CODE
from chargepoint.domain.logs import LogKind
from chargepoint.domain.variables import Access
from chargepoint.station.archive import Contents, Member
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.recent_log import RecentLog
from chargepoint.store.security_log import SecurityRecord
from chargepoint.store.store import Store

TRANSACTIONS = 200
SECURITY_EVENTS = 10_000
MASK = "***"
SHOWN = 4
"""Characters of a token that are shown: enough to tell two of them apart, not to copy a card."""
SHORTEST_SECRET = 4
"""A shorter value is not looked for in the log: it would be found everywhere."""


class Collecting:
    """Puts it together."""

    def __init__(
        self,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        recent: RecentLog,
        about: Callable[[], Mapping[str, object]],
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._recent = recent
        self.document: Callable[[], Mapping[str, Any]] = dict
        """How the station is."""
        self._about = about

    async def collect(self, request: GetLog) -> Contents:
        """What one file is made of, whichever log was asked for (N01.FR.03, N01.FR.04).

        What only the station's own thread may read, the store's file among it, is read in short pieces; others have their turn between
        them. Whoever calls what comes back makes the files of it, in a thread of his own.
        """
        records = [record async for page in self._security(request) for record in page][-SECURITY_EVENTS:]
        parts: dict[str, Callable[[], bytes]] = {"security.jsonl": partial(_lines, records)}
        if request.kind is not LogKind.SECURITY:
            parts |= await self._diagnostics(request)
        at_s = int(self._clock.now().timestamp())
        return lambda: tuple(Member(name, make(), at_s) for name, make in parts.items())

    async def _diagnostics(self, request: GetLog) -> dict[str, Callable[[], bytes]]:
        station = msgspec.to_builtins(self.document())
        await pause(0)
        variables, secrets = self._variables(), self._secrets()
        await pause(0)
        transactions = self._store.statistics.transactions(TRANSACTIONS)
        await pause(0)
        statistics = {"bytes": self._store.statistics.bytes(), "rows": self._store.statistics.rows()}
        return {
            "station.json": lambda: _json(_masked(station)),
            "configuration.json": lambda: _json(_without_cards(self._about())),
            "variables.json": partial(_json, variables),
            "log.txt": lambda: _without(secrets, self._recent.lines(request.oldest, request.newest)),
            "transactions.json": lambda: _json([_masked(each) for each in transactions if _overlaps(each, request.oldest, request.newest)]),
            "store.json": partial(_json, statistics),
        }

    def _variables(self) -> dict[str, str]:
        return {entry.name: MASK if entry.variable.access is Access.WRITE_ONLY else self._model.value(entry) for entry in self._model}

    def _secrets(self) -> list[str]:
        """Values that nobody may read."""
        hidden = [self._model.value(entry) for entry in self._model if entry.variable.access is Access.WRITE_ONLY]
        return [value for value in hidden if len(value) >= SHORTEST_SECRET]

    async def _security(self, request: GetLog) -> AsyncIterator[list[SecurityRecord]]:
        """The security log, page by page."""
        for page in self._store.security_log.pages(request.oldest, request.newest):
            yield page
            await pause(0)


def _lines(records: Iterable[SecurityRecord]) -> bytes:
    return b"".join(msgspec.json.encode({"at": each.at, "type": each.kind, "info": each.words}) + b"\n" for each in records)


def _without(secrets: Iterable[str], lines: Iterable[str]) -> bytes:
    text = "\n".join([*lines, ""])
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text.encode("utf-8", "replace")


def _overlaps(transaction: dict[str, Any], oldest: datetime | None, newest: datetime | None) -> bool:
    started, ended = _moment(transaction["started"]), transaction.get("ended")
    return (newest is None or started <= newest) and (oldest is None or ended is None or _moment(ended) >= oldest)


def _moment(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


def _masked(value: Any) -> Any:
    """Without whole tokens (``IdToken``), wherever they are, and without anything of a PIN (C04.FR.04)."""
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if not isinstance(value, dict):
        return value
    shown = {name: _masked(each) for name, each in value.items()}
    if {"value", "kind"} <= value.keys():
        shown["value"] = ("" if value["kind"] == KEY_CODE else str(value["value"])[:SHOWN]) + MASK
    return shown


def _without_cards(about: Mapping[str, Any]) -> dict[str, Any]:
    part = about.get("authorization", {})
    return {**about, "authorization": {**part, "cards": [f"{card[:SHOWN]}{MASK}" for card in part.get("cards", ())]}}


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)
