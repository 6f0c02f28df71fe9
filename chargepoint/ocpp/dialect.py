"""What a version of OCPP is made of: tables of pure codecs between domain values and payloads, and the few rules that differ."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from importlib import import_module
from typing import Any, cast

from msgspec import Struct

from chargepoint.domain.commands import Command, Outcome, Reply, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.notifications import Answer, Notification, Registration
from chargepoint.domain.status import ConnectorFacts
from chargepoint.ocpp.errors import RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.schemas import Schemas

NOT_ACCEPTED = Outcome(Verdict.REJECTED, "CSNotAccepted", "the boot has not been accepted yet")
"""The reply to a remote start or stop before the boot is accepted (B02.FR.05, 1.6 §4.2)."""


class Site(Struct, frozen=True):
    """What a dialect has to know of this station."""

    connectors: tuple[ConnectorId, ...] = ()
    """In the order of their EVSEs; 1.6 numbers them through from 1."""
    csms_transaction_id: Callable[[str], str | None] = lambda _: None
    """Our transaction id -> the 1.6 transactionId, once known."""


class Request(Struct, frozen=True):
    """A CALL of ours, but for its id."""

    action: str
    payload: Payload


class Settled(Struct, frozen=True):
    """A command that needs no station to be answered: it names a connector that does not exist, say."""

    payload: Payload


class Said(Struct, frozen=True):
    """How one kind of notification is said, and how its answer is understood."""

    encode: Callable[[Any], Request | None]
    """``None``: the version has no message for it."""
    decode: Callable[[Any, Payload], Answer]
    """Takes the notification and the valid payload of its answer. May raise Refusal."""
    bare: bool = False
    """``decode`` makes do with whatever is left of a payload that breaks its schema, required fields missing."""


class Obeyed(Struct, frozen=True):
    """How one action of the CSMS becomes a command, and how the reply is said."""

    decode: Callable[[Payload], Command | Settled]
    """Takes a valid payload. May raise Refusal."""
    encode: Callable[[Any, Any], Payload]
    """Takes the command and the reply to it."""


class Gate(Enum):
    """What becomes of a CALL, given where the boot stands."""

    OBEY = auto()
    REJECT = auto()
    """Answer it with the status Rejected."""
    FORBID = auto()
    """CALLERROR SecurityError."""
    IGNORE = auto()
    """No answer at all."""


class Dialect(Struct, frozen=True, kw_only=True):
    """One version."""

    version: str
    subprotocol: str
    resend_keeps_id: bool
    """May a resent message keep its id?"""
    takes_signed: bool = False
    """Are there signed messages (2.0.1 part 4 §7)?"""
    answers_unreadable: bool
    """2.x answers what it cannot read with a CALLERROR; 1.6 drops it."""
    while_rejected: Gate
    """What becomes of a CALL while the CSMS rejects the boot."""
    remote_control: frozenset[str]
    """Actions that are rejected until the boot is accepted."""
    spelling: Mapping[RpcError, str]
    """Error codes that this version spells in its own way."""
    schemas: Schemas
    said: Mapping[type, Said]
    obeyed: Mapping[str, Obeyed]
    status_word: Callable[[ConnectorFacts], str]

    def code(self, error: RpcError) -> str:
        """An error code as it goes on the wire."""
        return self.spelling.get(error, error.value)

    def encode(self, notification: Notification) -> Request | None:
        """The message for a notification, or ``None`` where the version has none."""
        said = self.said.get(type(notification))
        return None if said is None else said.encode(notification)

    def decode_answer(self, notification: Notification, payload: Payload) -> Answer:
        """What the CSMS answered. Raises Refusal for a value that its schema does not catch."""
        return self.said[type(notification)].decode(notification, payload)

    def decode_command(self, action: str, payload: Payload) -> Command | Settled:
        """What the CSMS wants. ``action`` must be one of ``obeyed``. Raises Refusal."""
        return self.obeyed[action].decode(payload)

    def encode_reply(self, action: str, command: Command, reply: Reply) -> Payload:
        """The payload of the answer to a command."""
        return self.obeyed[action].encode(command, reply)

    def gate(self, registration: Registration, action: str) -> Gate:
        """May this CALL be obeyed now? (B02.FR.01, B02.FR.05, B03.FR.08)"""
        if registration is Registration.REJECTED:
            return self.while_rejected
        if registration is not Registration.ACCEPTED and action in self.remote_control:
            return Gate.REJECT
        return Gate.OBEY


_MODULES = {"1.6": "chargepoint.ocpp.v16.dialect", "2.0.1": "chargepoint.ocpp.v201.dialect"}

SUBPROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}
"""Version -> WebSocket subprotocol (1.6-J §3.1.2, 2.0.1 part 4 §3.1.2)."""


def load(version: str, site: Site) -> Dialect:
    """The dialect of a version; its modules are imported only now."""
    return cast(Dialect, import_module(_MODULES[version]).build(site))
