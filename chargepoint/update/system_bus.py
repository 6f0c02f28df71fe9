"""Talking over the system's D-Bus: calls that wait for their answer, and waiting for news.

jeepney is loaded when a bus is opened, so a station that is not updated by way of D-Bus does without it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

ADDRESS = "unix:path=/run/dbus/system_bus_socket"
CALL_S = 30.0
"""A service that is started by being asked takes some seconds on a small board."""

ABSENT = ("ServiceUnknown", "NameHasNoOwner", "Spawn.ServiceNotFound")
"""Errors by which the bus says that nobody of this name is installed."""


class BusError(Exception):
    """The bus, or who was asked over it, did not do it. Message: what was said."""

    def __init__(self, message: str, name: str = "", gone: bool = False) -> None:
        """``name``: of an error that was answered. ``gone``: there is no connection any more."""
        super().__init__(message)
        self.name = name
        self.gone = gone

    @property
    def absent(self) -> bool:
        """Nobody was there to be asked."""
        return self.name.endswith(ABSENT)


class Peer(Struct, frozen=True):
    """An object of a service."""

    service: str
    path: str
    interface: str


class Bus:
    """A connection to a bus."""

    def __init__(self, connection: "DBusConnection") -> None:
        self._connection = connection

    def call(self, peer: Peer, member: str, signature: str = "", body: tuple[Any, ...] = (), within_s: float = CALL_S) -> tuple[Any, ...]:
        """The answer of a method. Raises BusError."""
        from jeepney import DBusAddress, MessageType, new_method_call

        address = DBusAddress(peer.path, bus_name=peer.service, interface=peer.interface)
        try:
            reply = self._connection.send_and_get_reply(new_method_call(address, member, signature or None, body), timeout=within_s)
        except TimeoutError:
            raise BusError(f"{peer.service} has not answered {member} within {within_s:g} s") from None
        except OSError as error:
            raise BusError(f"the connection to D-Bus broke at {member}: {error}", gone=True) from error
        if reply.header.message_type is MessageType.error:
            raise BusError(_said(reply.body), _error_name(reply))
        return tuple(reply.body)

    def value(self, peer: Peer, name: str) -> Any:
        """A property. Raises BusError."""
        properties = Peer(peer.service, peer.path, "org.freedesktop.DBus.Properties")
        ((_, value),) = self.call(properties, "Get", "ss", (peer.interface, name))
        return value

    def follow(self, peer: Peer) -> None:
        """Let news of it end ``wait``. Raises BusError."""
        bus = Peer("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        self.call(bus, "AddMatch", "s", (f"type='signal',sender='{peer.service}',path='{peer.path}'",))

    def wait(self, for_s: float) -> bool:
        """For news; what it says is to be asked, as anybody may send some. Was there any? Raises BusError once the bus is gone."""
        try:
            self._connection.receive(timeout=for_s)
        except TimeoutError:
            return False
        except OSError as error:
            raise BusError(f"the connection to D-Bus broke: {error}", gone=True) from error
        return True


@contextmanager
def opened(address: str = "") -> Iterator[Bus]:
    """A connection; its address is that of the system's bus. Raises BusError."""
    from jeepney.auth import AuthenticationError
    from jeepney.io.blocking import open_dbus_connection

    wanted = address or os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", ADDRESS)
    try:
        connection = open_dbus_connection(wanted)
    except (OSError, AuthenticationError, RuntimeError, ValueError) as error:
        text = f"no D-Bus at {wanted} ({error}); install Debian's package dbus, and see systemctl status dbus"
        raise BusError(text, gone=True) from error
    try:
        yield Bus(connection)
    finally:
        with suppress(OSError):
            connection.close()


def _said(body: tuple[Any, ...]) -> str:
    text = " ".join(str(each) for each in body).strip()
    return text or "no reason given"


def _error_name(reply: Any) -> str:
    from jeepney import HeaderFields

    return str(reply.header.fields.get(HeaderFields.error_name, ""))
