"""The console of the bench CSMS: one line in, what it did out. ``help`` lists everything."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from simulators.csms.behaviour import KIND, changed
from simulators.csms.errors import BadRequest, CallRefused, CsmsError, UnknownStation
from simulators.csms.records import Station, Transaction
from simulators.csms.server import Csms
from simulators.csms.shorthand import SHORTHANDS, Shorthand
from simulators.csms.tokens import STATUSES

Say = Callable[[str], None]
CALL_USAGE = "call STATION ACTION [JSON]"


class Command(Struct, frozen=True):
    """One word of the console that is no shorthand for a CALL. ``run`` gets the words after it."""

    usage: str
    help: str
    run: "Callable[[Console, list[str]], Awaitable[None] | None]"


class Console:
    """Carries out lines. ``say`` gets what there is to read; ``leave`` is called for ``quit``."""

    def __init__(self, csms: Csms, say: Say, leave: Callable[[], None]) -> None:
        self.csms = csms
        self.say = say
        self.leave = leave

    async def run(self, line: str) -> None:
        """Carry out one line. Whatever is wrong with it is said, not raised."""
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        try:
            await self._run(word.lower(), rest)
        except CallRefused:
            return  # the message's own line has told it
        except CsmsError as error:
            self.say(f"  {error}")

    async def _run(self, word: str, rest: str) -> None:
        shorthand, command = SHORTHANDS.get(word), COMMANDS.get(word)
        try:
            if word == "call":
                await self._call(rest)
            elif shorthand is not None:
                await self._remote(word, shorthand, rest.split())
            elif command is not None:
                done = command.run(self, rest.split())
                if done is not None:
                    await done
            else:
                self.say(f"  {word!r} is no command; help lists them")
        except (ValueError, IndexError) as reason:
            usage = command.usage if command is not None else shorthand.usage if shorthand is not None else CALL_USAGE
            self.say(f"  usage: {usage}" + (f"   ({reason})" if _says_more(reason) else ""))

    async def _call(self, rest: str) -> None:
        station, action, payload = [*rest.split(maxsplit=2), "{}"][:3]
        try:
            content = json.loads(payload)
        except ValueError as reason:
            raise BadRequest(f"payload: {payload!r} is no JSON ({reason})") from None
        if not isinstance(content, dict):
            raise BadRequest(f"payload: {payload!r}; expected a JSON object")
        await self._ask(station, action, content)

    async def _remote(self, word: str, shorthand: Shorthand, words: list[str]) -> None:
        station = self._station(words[0])
        arguments = words[1:]
        if word == "stop" and not arguments:
            arguments = [self._open_transaction(station)]
        await self._ask(station.id, *shorthand.request(station.version, arguments))

    async def _ask(self, station: str, action: str, payload: dict[str, Any]) -> None:
        """Send it; the lines of the messages tell how it went, what they shorten is shown in full."""
        answer = await self.csms.call(station, action, payload)
        if answer.keys() - {"status"}:
            self.say("  " + json.dumps(answer, ensure_ascii=False))

    def _station(self, name: str) -> Station:
        if name not in self.csms.stations:
            raise UnknownStation(f"{name!r} has never connected; known are: {', '.join(self.csms.stations) or 'none so far'}")
        return self.csms.stations[name]

    def _open_transaction(self, station: Station) -> str:
        for transaction in reversed(self.csms.transactions):
            if transaction.open and transaction.station == station.id:
                return transaction.id
        raise BadRequest(f"{station.id} has no open transaction")


def _says_more(reason: Exception) -> bool:
    """Is the message one for people, and not Python's own?"""
    return "expected" in str(reason) and "unpack" not in str(reason)


def _help(console: Console, words: list[str]) -> None:
    told = [(entry.usage, entry.help) for entry in SHORTHANDS.values()] + [(entry.usage, entry.help) for entry in COMMANDS.values()]
    for usage, what in [(CALL_USAGE, "send any CALL"), *told]:
        console.say(f"  {usage:34} {what}")


def _stations(console: Console, words: list[str]) -> None:
    if not console.csms.stations:
        console.say("  none so far")
    for station in console.csms.stations.values():
        connectors = ", ".join(f"{name} {status}" for name, status in station.connectors.items())
        state = "connected" if station.connected else "away"
        faults = len(station.violations)
        told = f"{faults or 'no'} violation{'s' if faults != 1 else ''}"
        console.say(f"  {station.id}  OCPP {station.version}  {state}, {station.registration}  [{connectors}]  {told}")


def _transactions(console: Console, words: list[str]) -> None:
    if not console.csms.transactions:
        console.say("  none so far")
    for entry in console.csms.transactions[-20:]:
        console.say(f"  {entry.id}  {entry.station} {_where(entry)}  {entry.token or 'no token'}  {_course(entry)}")


def _where(entry: Transaction) -> str:
    return f"connector {entry.connector}" if entry.evse is None else f"EVSE {entry.evse}"


def _course(entry: Transaction) -> str:
    stop = entry.meter_stop_wh if not entry.open else next((v.energy_wh for v in entry.meter_values[::-1] if v.energy_wh is not None), None)
    energy = f", {stop - entry.meter_start_wh:g} Wh" if stop is not None and entry.meter_start_wh is not None else ""
    again = f", {len(entry.duplicates)} resent" if entry.duplicates else ""
    return ("open since " + entry.started_at if entry.open else f"ended {entry.stopped_at} ({entry.reason})") + energy + again


def _violations(console: Console, words: list[str]) -> None:
    found = [(station.id, entry) for station in console.csms.stations.values() for entry in station.violations]
    shown = [(name, entry) for name, entry in found if not words or name == words[0]]
    for name, entry in shown[-20:]:
        console.say(f"  {name} message {entry.message}  {entry.rule}: {entry.text}")
    if not shown:
        console.say("  none")


def _token(console: Console, words: list[str]) -> None:
    token, status, *group = words
    by_word = {known.lower(): known for known in STATUSES}
    console.csms.tokens.put(token, {"status": by_word.get(status.lower(), status), "group": group[0] if group else None})
    console.say("  tokens: " + ", ".join(f"{name} {entry.status}" for name, entry in console.csms.tokens.entries.items()))


def _set(console: Console, name: str, value: object) -> None:
    console.csms.behaviour = changed(console.csms.behaviour, name, value)
    console.say(f"  {name} = {json.dumps(value)}" if value else f"  {name} restored")


def _per_action(name: str, default: str, read: Callable[[str], object] = str) -> Callable[[Console, list[str]], None]:
    def command(console: Console, words: list[str]) -> None:
        action, value = [*words, default][:2]
        _set(console, name, {**getattr(console.csms.behaviour, name), action: read(value)})

    return command


def _boot(console: Console, words: list[str]) -> None:
    console.csms.behaviour = changed(console.csms.behaviour, "boot", words[0].capitalize())
    if len(words) > 1:
        console.csms.behaviour = changed(console.csms.behaviour, "interval_s", int(words[1]))
    console.say(f"  boot = {console.csms.behaviour.boot}, interval {console.csms.behaviour.interval_s} s")


def _refuse(console: Console, words: list[str]) -> None:
    _set(console, "refuse", int(words[0]) if words else None)


def _kind(console: Console, words: list[str]) -> None:
    console.csms.behaviour = KIND
    console.say("  kind again")


COMMANDS: dict[str, Command] = {
    "stations": Command("stations", "who is here, or was", _stations),
    "transactions": Command("transactions", "the newest twenty", _transactions),
    "violations": Command("violations [STATION]", "what stations should not have done", _violations),
    "token": Command("token TOKEN STATUS [GROUP]", "from the first one on, only listed tokens are accepted", _token),
    "silent": Command("silent [ACTION ...]", "never answer these; none: restore", lambda c, words: _set(c, "silent", words)),
    "delay": Command("delay SECONDS", "before every answer", lambda c, words: _set(c, "delay_s", float(words[0]))),
    "late": Command("late ACTION [SECONDS]", "before the answer to one action; 45 if not said", _per_action("late", "45", float)),
    "error": Command("error ACTION [CODE]", "refuse it with CALLERROR", _per_action("error", "InternalError")),
    "malformed": Command("malformed ACTION [schema|json]", "answer what breaks its schema, or no JSON", _per_action("malformed", "schema")),
    "duplicate": Command("duplicate [ACTION ...]", "answer these twice", lambda c, words: _set(c, "duplicate", words)),
    "hangup": Command("hangup [ACTION ...]", "cut the connection after the answer", lambda c, words: _set(c, "hang_up", words)),
    "hold": Command("hold [ACTION ...]", "answer these on the next connection", lambda c, words: _set(c, "hold", words)),
    "chaos": Command("chaos SHARE", "treat so many messages unkindly, 0 to 1", lambda c, words: _set(c, "chaos", float(words[0]))),
    "boot": Command("boot accepted|pending|rejected [S]", "how the next BootNotification is answered", _boot),
    "refuse": Command("refuse [STATUS]", "new connections get this HTTP status; none: restore", _refuse),
    "drop": Command("drop", "cut every connection", lambda c, words: c.csms.drop()),
    "oversize": Command("oversize", "send a frame above 1 MiB", lambda c, words: c.csms.oversize()),
    "kind": Command("kind", "restore everything that was unkind", _kind),
    "help": Command("help", "this list", _help),
    "quit": Command("quit", "stop the CSMS", lambda c, words: c.leave()),
}
