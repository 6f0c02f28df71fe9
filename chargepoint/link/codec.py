"""Messages of the link as bytes: MessagePack maps, one message per packet.

What the peer can do to us, and the answer: a message of a kind that this release does not know is left out with a line in the log; one
that cannot be read, or is longer than ``MAX_MESSAGE_BYTES``, is a BadMessage and costs the peer its connection.
"""

import logging
from typing import get_args

import msgspec

from chargepoint.link.messages import LINK_VERSION, MAX_MESSAGE_BYTES, Down, Up
from chargepoint.link.ports import LinkClosed

log = logging.getLogger(__name__)


class BadMessage(Exception):
    """The peer sent something that is no message of this link. Message: how long it was and what is wrong with it."""


class MessageTooLong(Exception):
    """We were about to send more than one packet carries. Message: which kind, how long, and the bound."""


class VersionMismatch(LinkClosed):
    """The peer is more than one release away. Message: both versions, and what to do."""


class _Tag(msgspec.Struct):
    type: str


_encoder = msgspec.msgpack.Encoder()
_up: msgspec.msgpack.Decoder[Up] = msgspec.msgpack.Decoder(Up)
_down: msgspec.msgpack.Decoder[Down] = msgspec.msgpack.Decoder(Down)
_tag = msgspec.msgpack.Decoder(_Tag)
_KNOWN = {"up": frozenset(kind.__name__ for kind in get_args(Up)), "down": frozenset(kind.__name__ for kind in get_args(Down))}


def encode(message: Up | Down) -> bytes:
    """One packet. Raises MessageTooLong."""
    data = _encoder.encode(message)
    if len(data) > MAX_MESSAGE_BYTES:
        raise MessageTooLong(f"link: {type(message).__name__} of {len(data)} bytes; at most {MAX_MESSAGE_BYTES} fit")
    return data


def decode_up(data: bytes) -> Up | None:
    """What control said; ``None`` if it is of an unknown kind. Raises BadMessage."""
    try:
        return _up.decode(_bounded(data))
    except msgspec.MsgspecError as error:
        _unknown(data, "up", error)
        return None


def decode_down(data: bytes) -> Down | None:
    """What the station said; ``None`` if it is of an unknown kind. Raises BadMessage."""
    try:
        return _down.decode(_bounded(data))
    except msgspec.MsgspecError as error:
        _unknown(data, "down", error)
        return None


def check_version(version: int) -> None:
    """Neighbouring versions work together. Raises VersionMismatch."""
    if abs(version - LINK_VERSION) > 1:
        raise VersionMismatch(f"link: the peer speaks version {version}, this side {LINK_VERSION}; install releases at most one apart")


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_MESSAGE_BYTES:
        raise BadMessage(f"link: a message longer than {MAX_MESSAGE_BYTES} bytes")
    return data


def _unknown(data: bytes, direction: str, error: msgspec.MsgspecError) -> None:
    """Tell a message of a later release from garbage."""
    try:
        kind = _tag.decode(data).type
    except msgspec.MsgspecError:
        raise BadMessage(f"link: {len(data)} bytes that are no message: {error}") from error
    if kind in _KNOWN[direction]:
        raise BadMessage(f"link: {kind} of {len(data)} bytes: {error}") from error
    log.warning("event=link_message_ignored kind=%.50s reason=unknown", kind)
