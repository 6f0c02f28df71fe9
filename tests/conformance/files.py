"""A file server of a lab: HTTP on loopback, files to fetch and a place to put some."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.http_server import HttpServer


class Files:
    """``served``: what can be fetched, by name; ``received``: what was put. ``refuses``: whatever is put is refused. Nobody is
    answered while ``free`` is not set."""

    def __init__(self) -> None:
        self.served: dict[str, bytes] = {}
        self.received: dict[str, bytes] = {}
        self.refuses = False
        self.tries = 0
        """So often somebody wanted to put something."""
        self.free = asyncio.Event()
        self.free.set()
        self.url = ""

    async def fetch(self, request: Request) -> Response:
        """GET."""
        await self.free.wait()
        content = self.served.get(request.path_params["name"])
        return Response(status_code=404) if content is None else Response(content, media_type="application/octet-stream")

    async def put(self, request: Request) -> Response:
        """PUT or POST."""
        self.tries += 1
        content = await request.body()
        await self.free.wait()
        if self.refuses:
            return Response(status_code=403)
        self.received[request.path_params["name"]] = content
        return Response(status_code=201)


@asynccontextmanager
async def serving() -> AsyncIterator[Files]:
    """A server while it is needed."""
    files = Files()
    routes = [Route("/{name:path}", files.fetch, methods=["GET", "HEAD"]), Route("/{name:path}", files.put, methods=["PUT", "POST"])]
    server = HttpServer(Starlette(routes=routes))
    await server.start()
    files.url = server.url
    try:
        yield files
    finally:
        await server.stop()
