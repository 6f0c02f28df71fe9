"""The bench: the contract's HTTP interface to the simulated world, and one page for people on the same port.

A verb is applied while nobody else touches the world, in the order in which the requests arrived, and is answered as soon as it has
been applied. It never waits for OCPP: the caller may be the CSMS.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulators.electrics import Electrics
from simulators.entries import MAX_BODY_BYTES, read_entries
from simulators.garage import GARAGE
from simulators.listen import listen_address
from simulators.refusal import Refusal, bad_request, unknown_evse
from simulators.site import Site
from simulators.state import StateDocument, wire_entry, world_entry
from simulators.verbs import EVSE_VERBS, POWER, SITE_VERBS, EvseVerb, SiteVerb
from simulators.world import World

__all__ = ["Site", "application", "listen_address"]

PAGE = Path(__file__).parent / "static"
CODES = {404: "not_found", 405: "method_not_allowed"}

Endpoint = Callable[[Request], Awaitable[Response]]


class Json(Response):
    """Anything that msgspec can write."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


class Bench:
    """The endpoints. ``clock`` is the monotonic clock that the world runs on."""

    def __init__(self, world: World, site: Site, configured_version: str, clock: Callable[[], float]) -> None:
        self._world = world
        self._site = site
        self._state = StateDocument(world, site, configured_version)
        self._clock = clock
        self._turn = asyncio.Lock()

    async def state(self, request: Request) -> Response:
        """``GET /state``"""
        self._world.advance(self._clock())
        return Json(await self._state.whole(self._clock()))

    async def world(self, request: Request) -> Response:
        """``GET /world``: what is set in the world, and which cars there are; an addition to the contract, for the page."""
        self._world.advance(self._clock())
        evses = [world_entry(evse) for evse in self._world.evses.values()]
        cars = {name: car.does for name, car in GARAGE.items()}
        wires = [] if self._world.wires is None else [wire_entry(one) for one in self._world.wires.fitted.values()]
        return Json({"clock_offset_s": self._world.clock_offset_s, "evses": evses, "cars": cars, "wires": wires})

    async def timing(self, request: Request) -> Response:
        """``GET /evses/{evse}/timing``: when things happened, for benchmarks; an addition to the contract."""
        evse = self._evse(request)
        self._world.advance(self._clock())
        return Json(evse.timing)

    def on_evse(self, verb: EvseVerb) -> Endpoint:
        """The endpoint of a verb on one EVSE."""

        async def endpoint(request: Request) -> Response:
            evse = self._evse(request)
            entries = read_entries(await _body(request), verb.rules, verb.required)
            if "name" in request.path_params:
                entries["name"] = request.path_params["name"]
            async with self._turn:
                now = self._advanced()
                verb.apply(self._world, evse, entries, now)
                self._world.changed(now)
            return Json(await self._state.of_evse(evse, self._clock()))

        return endpoint

    def on_site(self, verb: SiteVerb) -> Endpoint:
        """The endpoint of a verb on the whole site."""

        async def endpoint(request: Request) -> Response:
            entries = read_entries(await _body(request), verb.rules, verb.required) | request.path_params
            async with self._turn:
                now = self._advanced()
                verb.apply(self._world, entries)
                self._world.changed(now)
                if verb is POWER:
                    await self._site.power(self._world.powered)
            return Json(await self._state.whole(self._clock()))

        return endpoint

    def _advanced(self) -> float:
        now = self._clock()
        self._world.advance(now)
        return now

    def _evse(self, request: Request) -> Electrics:
        name = request.path_params["evse"]
        evse = self._world.evses.get(int(name)) if name.isascii() and name.isdecimal() and len(name) < 10 else None
        if evse is None:
            raise unknown_evse(name, list(self._world.evses))
        return evse


def application(world: World, site: Site, *, configured_version: str = "1.6", clock: Callable[[], float] = time.monotonic) -> Starlette:
    """The bench as an ASGI application. ``configured_version``: of OCPP, told until the station knows better."""
    bench = Bench(world, site, configured_version, clock)
    verbs = [
        Route("/state", bench.state, methods=["GET"]),
        Route("/world", bench.world, methods=["GET"]),
        Route("/evses/{evse}/timing", bench.timing, methods=["GET"]),
        *(Route(verb.path, bench.on_evse(verb), methods=[verb.method]) for verb in EVSE_VERBS),
        *(Route(verb.path, bench.on_site(verb), methods=[verb.method]) for verb in SITE_VERBS),
    ]
    return Starlette(
        routes=[Mount("/v1", routes=verbs), Mount("/", StaticFiles(directory=PAGE, html=True))],
        exception_handlers={Refusal: _refused, HTTPException: _http_error, Exception: _failed},
    )


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise bad_request(f"body: more than {MAX_BODY_BYTES} bytes are not allowed")
    return body


def _error(status: int, code: str, message: str) -> Response:
    return Json({"error": {"code": code, "message": message}}, status_code=status)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _error(error.status, error.code, error.message)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{request.method} {request.url.path}: {error.detail}; the contract's section 3 lists every path and its method"
    refusal = _error(error.status_code, CODES.get(error.status_code, "bad_request"), message)
    refusal.headers.update(error.headers or {})
    return refusal


async def _failed(request: Request, error: Exception) -> Response:
    return _error(500, "internal_error", f"{request.method} {request.url.path}: {type(error).__name__}: {error}")
