"""``/v1`` of the bench CSMS: HTTP/JSON on loopback (contract, section 4).

    GET  /v1/stations                      {"stations": [...]}
    GET  /v1/transactions?station=ID       {"transactions": [...]}
    GET  /v1/messages?station=ID&after=N   {"messages": [...], "last": number of the newest}
    POST /v1/stations/{id}/call            {"result": {...}}, or {"error": {"code", "description"}} for a CALLERROR
    PUT  /v1/behaviour                     the behaviour as it is now
    PUT  /v1/tokens                        the list as it is now

Failures: ``{"error": {"code", "message"}}``.
"""

import json
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.csms.errors import BadRequest, CallRefused, CsmsError
from simulators.csms.server import CALL_TIMEOUT_S, Csms

MAX_TIMEOUT_S = 600.0
_CALL_ENTRIES = '{"action": "...", "payload": {...}, "timeout_s": seconds (optional)}'


class Api:
    """The endpoints of one CSMS."""

    def __init__(self, csms: Csms) -> None:
        self._csms = csms

    def application(self) -> Starlette:
        """The whole as an ASGI application."""
        routes = [
            Route("/v1/stations", self._stations),
            Route("/v1/transactions", self._transactions),
            Route("/v1/messages", self._messages),
            Route("/v1/stations/{station:path}/call", self._call, methods=["POST"]),
            Route("/v1/behaviour", self._behaviour, methods=["GET", "PUT"]),
            Route("/v1/tokens", self._tokens, methods=["GET", "PUT"]),
        ]
        return Starlette(routes=routes, exception_handlers={CsmsError: _failed, HTTPException: _not_here})

    async def _stations(self, request: Request) -> Response:
        return _json({"stations": list(self._csms.stations.values())})

    async def _transactions(self, request: Request) -> Response:
        station = request.query_params.get("station")
        shown = [entry for entry in self._csms.transactions if station in (None, entry.station)]
        return _json({"transactions": shown})

    async def _messages(self, request: Request) -> Response:
        messages = self._csms.messages.after(_after(request), request.query_params.get("station"))
        return _json({"messages": [message.shown() for message in messages], "last": self._csms.messages.last})

    async def _call(self, request: Request) -> Response:
        body = await _body(request)
        action, payload, timeout_s = _read_call(body)
        try:
            return _json({"result": await self._csms.call(request.path_params["station"], action, payload, timeout_s)})
        except CallRefused as refusal:
            return _json({"error": {"code": refusal.error_code, "description": refusal.description}})

    async def _behaviour(self, request: Request) -> Response:
        if request.method == "PUT":
            self._csms.put_behaviour(await _body(request))
        return _json(self._csms.behaviour)

    async def _tokens(self, request: Request) -> Response:
        if request.method == "PUT":
            self._csms.tokens.replace(await _body(request))
        return _json(self._csms.tokens.entries)


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(msgspec.to_builtins(value)), status, media_type="application/json")


def _error(status: int, code: str, message: str) -> Response:
    return _json({"error": {"code": code, "message": message}}, status)


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, CsmsError), "registered for this type"
    return _error(error.status, error.code, str(error))


async def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for this type"
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return _error(error.status_code, code, f"{request.method} {request.url.path}: there is nothing here that does this")


async def _body(request: Request) -> Any:
    data = await request.body()
    try:
        return json.loads(data) if data else None
    except (ValueError, RecursionError) as reason:
        raise BadRequest(f"body: not JSON ({reason}); expected a JSON object") from None


def _after(request: Request) -> int:
    text = request.query_params.get("after", "0")
    if not (text.isascii() and text.isdigit()):
        raise BadRequest(f"after: {text!r}; expected the number of a message, 0 or more")
    return int(text)


def _read_call(body: Any) -> tuple[str, dict[str, Any], float]:
    if not isinstance(body, dict):
        raise BadRequest(f"body: {body!r}; expected {_CALL_ENTRIES}")
    unknown = body.keys() - {"action", "payload", "timeout_s"}
    if unknown:
        raise BadRequest(f"{min(unknown)}: unknown entry; expected {_CALL_ENTRIES}")
    action, payload, timeout_s = body.get("action"), body.get("payload", {}), body.get("timeout_s", CALL_TIMEOUT_S)
    if not isinstance(action, str) or not action:
        raise BadRequest(f"action: {action!r}; expected the name of an OCPP action, such as Reset")
    if not isinstance(payload, dict):
        raise BadRequest(f"payload: {payload!r}; expected a JSON object")
    if isinstance(timeout_s, bool) or not isinstance(timeout_s, int | float) or not 0 < timeout_s <= MAX_TIMEOUT_S:
        raise BadRequest(f"timeout_s: {timeout_s!r}; expected seconds, above 0 and up to {MAX_TIMEOUT_S:g}")
    return action, payload, float(timeout_s)
