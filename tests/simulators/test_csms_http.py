"""The HTTP port of the bench CSMS, from outside: every request of the contract's section 4, every failure."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from simulators.csms import Csms
from simulators.csms.http_api import Api
from simulators.http_server import HttpServer
from tests.simulators.csms_rig import WAIT_S, FakeStation, event, start

Ask = Callable[..., Coroutine[Any, Any, tuple[int, Any]]]


def ask_at(url: str) -> Ask:
    def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        request = urllib.request.Request(url + "/v1" + path, method=method, data=data)
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    async def in_a_thread(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return await asyncio.to_thread(ask, method, path, body)

    return in_a_thread


def play(scene: Callable[[Csms, FakeStation, Ask], Awaitable[None]], version: str = "1.6") -> None:
    async def whole() -> None:
        csms = Csms()
        http = HttpServer(Api(csms).application())
        await csms.start()
        await http.start()
        try:
            async with FakeStation(csms.url, version) as station:
                await station.boot()
                await scene(csms, station, ask_at(http.url))
        finally:
            await http.stop()
            await csms.stop()

    asyncio.run(asyncio.wait_for(whole(), 60))


def test_stations_transactions_and_messages_are_shown() -> None:
    async def scene(csms: Csms, station: FakeStation, ask: Ask) -> None:
        await station.call("StartTransaction", start(), "s")
        await station.call("StartTransaction", start(), "s")
        await station.call("Authorize", {})
        _, told = await ask("GET", "/stations")
        (shown,) = told["stations"]
        assert (shown["id"], shown["version"], shown["connected"], shown["registration"]) == ("cp001", "1.6", True, "accepted")
        assert [(entry["rule"], entry["message"]) for entry in shown["violations"]] == [("schema", 7)]
        assert [entry["message_id"] for entry in shown["duplicates"]] == ["s"]
        _, told = await ask("GET", "/transactions")
        (transaction,) = told["transactions"]
        assert (transaction["id"], transaction["meter_start_wh"], transaction["open"]) == ("1", 100, True)
        assert len(transaction["duplicates"]) == 1
        _, told = await ask("GET", "/messages?station=cp001&after=6")
        assert [(m["number"], m["type"], m["action"]) for m in told["messages"]] == [
            (7, "CALL", "Authorize"),
            (8, "CALLERROR", "Authorize"),
        ]
        assert told["last"] == 8
        assert told["messages"][1]["action"] == "Authorize"
        assert told["messages"][1]["error"]["code"] == "OccurenceConstraintViolation"
        assert (await ask("GET", "/messages?station=other"))[1]["messages"] == []

    play(scene)


def test_a_call_is_passed_on_and_its_answer_or_callerror_comes_back() -> None:
    async def scene(csms: Csms, station: FakeStation, ask: Ask) -> None:
        call = {"action": "Reset", "payload": {"type": "Immediate"}}
        assert await ask("POST", "/stations/cp001/call", call) == (200, {"result": {"status": "Accepted"}})
        assert station.calls[0][2:] == ["Reset", {"type": "Immediate"}]
        station.answers["Reset"] = None
        asked = asyncio.create_task(ask("POST", "/stations/cp001/call", call))
        await csms.until(lambda: len(station.calls) == 2 or csms.messages[-1].direction == "sent", WAIT_S)
        await station.send(4, csms.messages[-1].frame[1], "NotSupported", "not now", {})
        assert await asked == (200, {"error": {"code": "NotSupported", "description": "not now"}})

    play(scene, "2.0.1")


def test_behaviour_is_the_whole_body_and_orders_alone_leave_it() -> None:
    async def scene(csms: Csms, station: FakeStation, ask: Ask) -> None:
        wanted = {"silent": ["Heartbeat"], "delay_s": 0, "error": {"Authorize": "InternalError"}, "boot": "Pending", "interval_s": 5}
        status, now = await ask("PUT", "/behaviour", wanted)
        assert status == 200
        assert {name: now[name] for name in wanted} == wanted
        assert (await ask("PUT", "/behaviour", {"drop": True}))[1] == now
        await station.socket.wait_closed()
        assert (await ask("PUT", "/behaviour", {"delay_s": 1, "boot": None}))[1] == {
            **now,
            "silent": [],
            "error": {},
            "boot": "Accepted",
            "delay_s": 1,
            "interval_s": 60,
        }
        await ask("PUT", "/behaviour", {})
        assert csms.behaviour == type(csms.behaviour)()

    play(scene)


def test_tokens_are_the_whole_body_and_an_empty_one_lets_everybody_charge() -> None:
    async def scene(csms: Csms, station: FakeStation, ask: Ask) -> None:
        async def authorize(token: str) -> Any:
            return (await station.call("Authorize", {"idTag": token}))[2]["idTagInfo"]

        status, _ = await ask("PUT", "/tokens", {"04a1": "Accepted", "B": {"status": "Blocked", "group": "G"}})
        assert status == 200
        assert [await authorize(token) for token in ("04A1", "b", "C")] == [
            {"status": "Accepted"},
            {"status": "Blocked", "parentIdTag": "G"},
            {"status": "Invalid"},
        ]
        await ask("PUT", "/tokens", {})
        assert await authorize("C") == {"status": "Accepted"}

    play(scene)


FAILURES: list[tuple[str, str, Any, int, str, str]] = [
    ("POST", "/stations/cp999/call", {"action": "Reset"}, 404, "unknown_station", "cp999"),
    ("POST", "/stations/cp001/call", {}, 400, "bad_request", "action: None; expected the name"),
    ("POST", "/stations/cp001/call", {"action": "Reset", "payload": []}, 400, "bad_request", "payload: []; expected"),
    ("POST", "/stations/cp001/call", {"action": "Reset", "speed": 1}, 400, "bad_request", "speed: unknown entry"),
    ("POST", "/stations/cp001/call", b"{", 400, "bad_request", "not JSON"),
    ("POST", "/stations/cp001/call", {"action": "ClearCache", "timeout_s": 0.05}, 504, "no_answer", "ClearCache within 0.05 s"),
    ("PUT", "/behaviour", {"silent": ["Hartbeat"]}, 400, "bad_request", "silent: ['Hartbeat'] is not allowed"),
    ("PUT", "/behaviour", {"silent": "Heartbeat"}, 400, "bad_request", "expected a list"),
    ("PUT", "/behaviour", {"delay_s": -1}, 400, "bad_request", "delay_s: -1"),
    ("PUT", "/behaviour", {"delay_s": True}, 400, "bad_request", "delay_s: True"),
    ("PUT", "/behaviour", {"error": {"Authorize": "Tired"}}, 400, "bad_request", "InternalError"),
    ("PUT", "/behaviour", {"boot": "accepted"}, 400, "bad_request", "one of Accepted, Pending, Rejected"),
    ("PUT", "/behaviour", {"interval_s": 1.5}, 400, "bad_request", "whole seconds"),
    ("PUT", "/behaviour", {"refuse": 200}, 400, "bad_request", "400 to 599"),
    ("PUT", "/behaviour", {"malformed": {"Authorize": "xml"}}, 400, "bad_request", '"schema" or "json"'),
    ("PUT", "/behaviour", {"mood": "bad"}, 400, "bad_request", "mood: unknown entry; allowed are silent"),
    ("PUT", "/behaviour", [], 400, "bad_request", "JSON object"),
    ("PUT", "/tokens", {"04A1": "Perhaps"}, 400, "bad_request", "04A1.status: 'Perhaps'; expected one of Accepted"),
    ("PUT", "/tokens", {"04A1": {"status": "Accepted", "expires": "soon"}}, 400, "bad_request", "04A1.expires: 'soon'"),
    ("PUT", "/tokens", {"04A1": {"status": "Accepted", "until": 1}}, 400, "bad_request", "04A1.until: unknown entry"),
    ("PUT", "/tokens", {"": "Accepted"}, 400, "bad_request", "1 to 36 characters"),
    ("GET", "/messages?after=x", None, 400, "bad_request", "after: 'x'"),
    ("GET", "/nowhere", None, 404, "not_found", "/v1/nowhere"),
    ("DELETE", "/tokens", None, 405, "method_not_allowed", "DELETE /v1/tokens"),
]


def test_failures_name_entry_value_and_what_is_allowed_and_change_nothing() -> None:
    async def scene(csms: Csms, station: FakeStation, ask: Ask) -> None:
        station.answers["ClearCache"] = None
        before = csms.behaviour
        for method, path, body, status, code, words in FAILURES:
            got, answer = await ask(method, path, body)
            assert (got, answer["error"]["code"]) == (status, code), (method, path, body, answer)
            assert words in answer["error"]["message"], answer
        assert csms.behaviour == before
        assert csms.tokens.entries == {}

    play(scene)


def test_a_station_that_is_away_is_a_conflict() -> None:
    async def scene(csms: Csms, station: FakeStation, ask: Ask) -> None:
        csms.drop()
        await csms.until(lambda: not csms.stations["cp001"].connected, WAIT_S)
        status, answer = await ask("POST", "/stations/cp001/call", {"action": "ClearCache"})
        assert (status, answer["error"]["code"]) == (409, "not_connected")

    play(scene)


def test_events_of_2_x_are_shown_with_their_numbers() -> None:
    async def scene(csms: Csms, station: FakeStation, ask: Ask) -> None:
        await station.call("TransactionEvent", event(0, "Started", 10))
        await station.call("TransactionEvent", event(1, "Ended", 20))
        _, told = await ask("GET", "/transactions?station=cp001")
        (transaction,) = told["transactions"]
        assert [(entry["seq_no"], entry["type"]) for entry in transaction["events"]] == [(0, "Started"), (1, "Ended")]
        assert (transaction["meter_start_wh"], transaction["meter_stop_wh"]) == (10, 20)

    play(scene, "2.0.1")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org", "::"])
def test_only_loopback_is_served(host: str) -> None:
    with pytest.raises(ValueError, match="not a loopback address"):
        asyncio.run(HttpServer(Api(Csms()).application()).start(host))
