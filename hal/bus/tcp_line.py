"""TCP connections to gateways and to devices with Ethernet: one for each host and port, as many take only one."""

import contextlib
import socket
import threading
from weakref import WeakValueDictionary

from hal.bus.line import Gone, Line

CONNECT_S = 1.0


class TcpLine(Line):
    """One connection. It has no rest between turns: a gateway keeps that of its own serial line."""

    def __init__(self, host: str, tcp_port: int) -> None:
        super().__init__(f"{host}:{tcp_port}", 0.0)
        self._address = (host, tcp_port)

    def _open(self) -> int:
        try:
            with contextlib.closing(socket.create_connection(self._address, CONNECT_S)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                connection.setblocking(False)
                return connection.detach()
        except (OSError, UnicodeError) as error:  # the latter for what cannot be the name of a host
            why = getattr(error, "strerror", None) or error
            raise Gone(f"{self.name}: {why}; check its power, its cable, host and tcp_port") from error


_lines: WeakValueDictionary[tuple[str, int], TcpLine] = WeakValueDictionary()
_lines_lock = threading.Lock()


def line(host: str, tcp_port: int) -> TcpLine:
    """The connection to a device, shared by everybody who asks for it while anybody holds it. Opens nothing."""
    with _lines_lock:
        there = _lines.get((host, tcp_port))
        if there is None:
            there = _lines[host, tcp_port] = TcpLine(host, tcp_port)
        return there
