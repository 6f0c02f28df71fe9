"""An ASGI application on a loopback port, inside somebody else's event loop and process."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn
from starlette.applications import Starlette

STOP_TIMEOUT_S = 1


class _Uvicorn(uvicorn.Server):
    """Leaves signals to the program that it runs in."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class HttpServer:
    """Serves from ``start`` to ``stop``."""

    def __init__(self, application: Starlette) -> None:
        self._application = application
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.url = ""
        """http://host:port while it serves."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0: one that is free. Raises OSError, or ValueError where the address is not loopback."""
        if not is_loopback(host):
            raise ValueError(f"{host}: not a loopback address; this interface has no password")
        listener = _listen(host, port)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self._application, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=STOP_TIMEOUT_S
        )
        self._server = _Uvicorn(config)
        self._task = asyncio.get_running_loop().create_task(self._server.serve(sockets=[listener]))

    async def stop(self) -> None:
        """Finish the requests that run, for a second at most, and listen no more."""
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await self._task
        self._server, self._task, self.url = None, None, ""


def is_loopback(host: str) -> bool:
    """Can only programs on this machine reach it?"""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
