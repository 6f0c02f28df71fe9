"""How unkind the CSMS is: what each entry of ``PUT /v1/behaviour`` does, and how it is read.

A body is the whole behaviour: an entry that is absent or ``null`` is kind again, ``{}`` restores everything. Orders (``drop``,
``oversize``) are carried out at once and are no part of the behaviour: a body of orders alone leaves it as it is. Where an action is
named, ``"*"`` stands for all of them.
"""

from collections.abc import Callable
from random import Random
from typing import Any, Literal, get_args

from msgspec import Struct, field, structs

from simulators.csms.errors import BadRequest
from simulators.csms.versions import ERROR_CODES, STATION_ACTIONS

Damage = Literal["schema", "json"]
BootStatus = Literal["Accepted", "Pending", "Rejected"]
Order = Literal["drop", "oversize"]
TRANSFER_STATUSES = ("Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId")
ORDERS: frozenset[str] = frozenset(get_args(Order))
MAX_WAIT_S = 3600.0
MAX_CHAOS_DELAY_S = 5.0


class Behaviour(Struct, frozen=True):
    """What is done to the stations' messages from now on. The default is kind."""

    silent: frozenset[str] = frozenset()
    """Heard and carried out, but never answered: an answer that got lost."""
    silent_after: str | None = None
    """Once this action has been answered, nothing is answered any more."""
    delay_s: float = 0.0
    """Before every answer."""
    late: dict[str, float] = field(default_factory=dict)
    """Seconds before the answer to one action, on top of ``delay_s``: longer than the station waits, say."""
    error: dict[str, str] = field(default_factory=dict)
    """CALLERROR with this code; the message counts as not processed."""
    malformed: dict[str, Damage] = field(default_factory=dict)
    """Carried out, but the answer breaks its schema, or is no JSON."""
    duplicate: frozenset[str] = frozenset()
    """Answered twice."""
    hang_up: frozenset[str] = frozenset()
    """Answered, and the connection cut at once: the answer may arrive or not."""
    hold: frozenset[str] = frozenset()
    """Carried out, but the answer is only sent when the station has connected again: too late for whoever waited for it."""
    chaos: float = 0.0
    """Share of the messages that get one unkindness, drawn at random (``UNKINDNESSES``)."""
    boot: BootStatus = "Accepted"
    interval_s: int = 60
    """Of the boot's answer: heartbeat interval, or the wait before the next BootNotification."""
    refuse: int | None = None
    """HTTP status for every new connection."""
    data_transfer: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The answer to a DataTransfer by vendorId; whoever is not named is unknown."""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By action: entries of its answer that are to be like this, whatever else it says. ``None``: the entry is left out."""

    def manner(self, action: str) -> "Manner":
        """How this action is answered now."""
        return Manner(
            silent=not self.silent.isdisjoint({action, "*"}),
            delay_s=self.delay_s + _of(self.late, action, 0.0),
            late=_of(self.late, action, 0.0) > 0,
            malformed=_of(self.malformed, action, None),
            copies=1 if self.duplicate.isdisjoint({action, "*"}) else 2,
            hang_up=not self.hang_up.isdisjoint({action, "*"}),
            held=not self.hold.isdisjoint({action, "*"}),
        )

    def drawn(self, action: str, random: Random) -> "Behaviour":
        """The behaviour towards one message, once chance has spoken."""
        if random.random() >= self.chaos:
            return self
        return structs.replace(self, **random.choice(UNKINDNESSES)(action, random))

    def after(self, action: str) -> "Behaviour":
        """The behaviour once this action has been answered."""
        return structs.replace(self, silent=frozenset({"*"}), silent_after=None) if action == self.silent_after else self

    def answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """An answer as it is to be."""
        wanted = {**payload, **self.answers.get(action, {})}
        return {name: value for name, value in wanted.items() if value is not None}

    def refusal(self, action: str) -> str | None:
        """The code of the CALLERROR for this action, if it is refused."""
        code: str | None = _of(self.error, action, None)
        return code


class Manner(Struct, frozen=True):
    """How one message is answered."""

    silent: bool = False
    delay_s: float = 0.0
    late: bool = False
    malformed: Damage | None = None
    copies: int = 1
    hang_up: bool = False
    held: bool = False

    @property
    def hindered(self) -> bool:
        """Will the station do without a proper answer in time, or may it?"""
        return self.silent or self.late or self.held or self.hang_up or self.malformed is not None

    def __str__(self) -> str:
        words = {"silent": self.silent, f"after {self.delay_s:g} s": self.delay_s > 0, "twice": self.copies > 1}
        words |= {"breaking its schema": self.malformed == "schema", "not JSON": self.malformed == "json"}
        words |= {"then hung up": self.hang_up, "on the next connection": self.held}
        return ", ".join(word for word, holds in words.items() if holds)


KIND = Behaviour()

Unkindness = Callable[[str, Random], dict[str, Any]]

UNKINDNESSES: tuple[Unkindness, ...] = (
    lambda action, random: {"silent": frozenset({action})},
    lambda action, random: {"late": {action: random.uniform(0.0, MAX_CHAOS_DELAY_S)}},
    lambda action, random: {"error": {action: random.choice(("InternalError", "GenericError", "ProtocolError"))}},
    lambda action, random: {"duplicate": frozenset({action})},
    lambda action, random: {"hang_up": frozenset({action})},
    lambda action, random: {"hold": frozenset({action})},
)
"""What chance may do to one message: entries of the behaviour, for its action."""


class Wish(Struct, frozen=True):
    """A body as read: ``behaviour`` is ``None`` where only orders were given."""

    behaviour: Behaviour | None
    orders: frozenset[str] = frozenset()


def read_behaviour(body: object) -> Wish:
    """Read the body of ``PUT /v1/behaviour``. Raises BadRequest."""
    if body is None:
        return Wish(KIND)
    if not isinstance(body, dict):
        raise BadRequest(f"body: {body!r}; expected a JSON object with any of {', '.join(_ENTRIES)}")
    values = {name: read_entry(name, value) for name, value in body.items()}
    orders = frozenset(name for name in ORDERS if values.pop(name, False))
    only_orders = bool(body) and not values
    return Wish(None if only_orders else Behaviour(**_given(values)), orders)


def read_entry(name: str, value: object) -> Any:
    """Read one entry. Raises BadRequest that names entry, value and what is allowed."""
    if name not in _ENTRIES:
        raise BadRequest(f"{name}: unknown entry; allowed are {', '.join(_ENTRIES)}")
    if value is None:
        return None
    read, allowed = _ENTRIES[name]
    try:
        return read(value)
    except ValueError as reason:
        raise BadRequest(f"{name}: {value!r} is not allowed{_because(reason)}; expected {allowed}") from None


def changed(behaviour: Behaviour, name: str, value: object) -> Behaviour:
    """The same behaviour with one entry of another value. Raises BadRequest."""
    read = read_entry(name, value)
    return structs.replace(behaviour, **{name: getattr(KIND, name) if read is None else read})


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _of(table: dict[str, Any], action: str, default: Any) -> Any:
    return table.get(action, table.get("*", default))


def _because(reason: ValueError) -> str:
    return f" ({reason})" if str(reason) else ""


def _action(value: object) -> str:
    if not isinstance(value, str) or (value != "*" and value not in STATION_ACTIONS):
        raise ValueError(f"no station sends {value!r}")
    return value


def _actions(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise ValueError
    return frozenset(_action(entry) for entry in value)


def _per_action(read: Callable[[object], Any]) -> Callable[[object], dict[str, Any]]:
    def table(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError
        return {_action(action): read(entry) for action, entry in value.items()}

    return table


def _one_of(*allowed: object) -> Callable[[object], Any]:
    def choice(value: object) -> Any:
        if not any(value == entry and type(value) is type(entry) for entry in allowed):
            raise ValueError(f"not {value!r}")
        return value

    return choice


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_WAIT_S:
        raise ValueError
    return float(value)


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError
    return float(value)


def _transfer_answers(value: object) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict):
        raise ValueError
    for vendor, answer in value.items():
        if not isinstance(answer, dict) or answer.get("status") not in TRANSFER_STATUSES or answer.keys() - {"status", "data"}:
            raise ValueError(f"{vendor}: {answer!r}")
    return value


def _answers(value: object) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(entries, dict) for entries in value.values()):
        raise ValueError
    return {_named(action): entries for action, entries in value.items()}


def _named(action: object) -> str:
    if action == "*":
        raise ValueError("answers are by action")
    return _action(action)


def _whole(low: int, high: int) -> Callable[[object], int]:
    def number(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return number


_KNOWN = f'of {", ".join(sorted(STATION_ACTIONS))} or "*"'

_ENTRIES: dict[str, tuple[Callable[[object], Any], str]] = {
    "silent": (_actions, f"a list {_KNOWN}"),
    "silent_after": (_action, f"one {_KNOWN}"),
    "delay_s": (_seconds, f"seconds, 0 to {MAX_WAIT_S:g}"),
    "late": (_per_action(_seconds), f"an object of seconds, 0 to {MAX_WAIT_S:g}, by action {_KNOWN}"),
    "error": (
        _per_action(_one_of(*sorted(ERROR_CODES))),
        f"an object of error codes ({', '.join(sorted(ERROR_CODES))}) by action {_KNOWN}",
    ),
    "malformed": (_per_action(_one_of(*get_args(Damage))), f'an object of "schema" or "json" by action {_KNOWN}'),
    "duplicate": (_actions, f"a list {_KNOWN}"),
    "hang_up": (_actions, f"a list {_KNOWN}"),
    "hold": (_actions, f"a list {_KNOWN}"),
    "chaos": (_share, "a share of the messages, 0 to 1"),
    "boot": (_one_of(*get_args(BootStatus)), "one of " + ", ".join(get_args(BootStatus))),
    "interval_s": (_whole(0, 1_000_000), "whole seconds, 0 to 1000000"),
    "refuse": (_whole(400, 599), "an HTTP status, 400 to 599"),
    "data_transfer": (_transfer_answers, f'an object of {{"status": one of {", ".join(TRANSFER_STATUSES)}, "data": ...}} by vendorId'),
    "answers": (_answers, f"an object of objects, entries of the answer, by action of {', '.join(sorted(STATION_ACTIONS))}"),
    "drop": (_one_of(True, False), "true: cut every connection now"),
    "oversize": (_one_of(True, False), "true: send every station a frame above 1 MiB now"),
}
