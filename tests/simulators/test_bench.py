"""The contract's section 3, verb by verb, through the ASGI application under a virtual clock."""

import asyncio
import json
from typing import Any

import pytest

from simulators.bench import Site, application
from simulators.hardware import Hardware
from simulators.listen import listen_address
from tests.simulators.rig import OFFER_32_A, Rig

Answer = tuple[int, Any]
DOCUMENT = {
    "ready": True,
    "link": True,
    "ocpp": {"version": "2.0.1", "connected": True, "registration": "accepted"},
    "evses": [
        {
            "id": 1,
            "faults": ["smoke", "pilot"],
            "limit_a": 32.0,
            "limit_source": "evse rating",
            "offered_a": 16.0,
            "transaction": "t",
            "csms_transaction": "17",
            "status": "Charging",
        }
    ],
}


class FakeSite:
    def __init__(self) -> None:
        self.document: dict[str, Any] | None = None
        self.powered: list[bool] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def station_state(self) -> dict[str, Any] | None:
        return self.document

    def control_running(self) -> bool:
        return True

    def station_running(self) -> bool:
        return True

    async def power(self, on: bool) -> None:
        await self.gate.wait()
        self.powered.append(on)


class Client:
    """Speaks ASGI with the bench of a rig."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.site = FakeSite()
        site: Site = self.site
        self.app = application(rig.world, site, configured_version="1.6", clock=lambda: rig.now)

    def __call__(self, method: str, path: str, body: Any = None) -> Answer:
        return asyncio.run(self.ask(method, path, body))

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """``body``: bytes as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        status, content = await self.fetch(method, "/v1" + path, raw)
        return status, json.loads(content)

    async def fetch(self, method: str, path: str, raw: bytes = b"") -> tuple[int, bytes]:
        sent: list[Any] = []
        requests = [{"type": "http.request", "body": raw, "more_body": False}]

        async def receive() -> Any:
            if not requests:
                await asyncio.Event().wait()
            return requests.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [],
            "scheme": "http",
            "server": ("127.0.0.1", 8800),
            "client": ("127.0.0.1", 1),
        }
        await self.app(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def client() -> Client:
    return Client(Rig())


def test_the_state_of_an_idle_site_without_a_station_process(client: Client) -> None:
    status, state = client("GET", "/state")
    assert status == 200
    assert {name: state[name] for name in ("ready", "network", "power", "ocpp")} == {
        "ready": False,
        "network": "up",
        "power": "on",
        "ocpp": {"version": "1.6", "connected": False, "registration": "none"},
    }
    socket, fixed = state["evses"]
    assert socket == {
        "id": 1,
        "cp": "A",
        "duty_percent": 100.0,
        "contactor": "open",
        "ev": None,
        "lock": "unlocked",
        "faults": [],
        "limit_a": 0.0,
        "limit_source": None,
        "meter": {"energy_wh": 0, "power_w": 0, "current_a": [0.0, 0.0, 0.0]},
        "indicator": None,
        "transaction": None,
        "csms_transaction": None,
        "status": "Unavailable",
    }
    assert fixed["lock"] is None


def test_the_state_merges_world_and_station_and_remembers_the_version(client: Client) -> None:
    client.site.document = DOCUMENT
    client.rig.charge()
    assert client("PUT", "/evses/1/faults/smoke", {"kind": "other"})[0] == 200
    state = client("GET", "/state")[1]
    entry = state["evses"][0]
    assert state["ready"] is True
    assert state["ocpp"] == DOCUMENT["ocpp"]
    assert entry["faults"] == ["smoke", "pilot"]
    assert (entry["cp"], entry["duty_percent"], entry["contactor"], entry["lock"]) == ("C", 53.3, "closed", "locked")
    assert (entry["limit_a"], entry["transaction"], entry["csms_transaction"], entry["status"]) == (16.0, "t", "17", "Charging")
    assert entry["meter"]["current_a"] == [32.0, 32.0, 32.0]
    client.site.document = None
    state = client("GET", "/state")[1]
    assert state["ocpp"] == {"version": "2.0.1", "connected": False, "registration": "none"}
    assert (state["evses"][0]["limit_a"], state["evses"][0]["status"]) == (32.0, "Unavailable")


@pytest.mark.parametrize("missing", ["ready", "link"])
def test_ready_needs_the_stations_word_for_both(client: Client, missing: str) -> None:
    client.site.document = {**DOCUMENT, missing: False}
    assert client("GET", "/state")[1]["ready"] is False


def test_plugging_in_is_answered_with_the_evses_entry_in_state_b(client: Client) -> None:
    status, entry = client("POST", "/evses/1/ev/plug")
    assert (status, entry["id"], entry["ev"], entry["cp"]) == (200, 1, {"connector": 1}, "B")
    status, refused = client("POST", "/evses/1/ev/plug", {})
    assert (status, refused["error"]["code"]) == (409, "conflict")


def test_unplugging_ends_the_current_at_once_and_twice_is_no_error(client: Client) -> None:
    client.rig.charge()
    status, entry = client("POST", "/evses/1/ev/unplug", {})
    assert (status, entry["cp"], entry["ev"], entry["meter"]["power_w"]) == (200, "A", None, 0)
    assert client("POST", "/evses/1/ev/unplug", {"side": "ev"})[0] == 200


def test_every_patch_restores_with_ok_and_with_null(client: Client) -> None:
    client.rig.charge(current_a=20)
    for word in ("ok", None):
        changed = client("PATCH", "/evses/1/ev", {"current_a": 10, "phases": 1})[1]["meter"]["current_a"]
        assert changed == [10, 0, 0]
        restored = client("PATCH", "/evses/1/ev", {"current_a": word, "phases": word})[1]["meter"]["current_a"]
        assert restored == [20, 20, 20]
        assert client("PATCH", "/evses/1/meter", {"energy_wh": 1234})[1]["meter"]["energy_wh"] == 1234
        assert client("PATCH", "/evses/1/meter", {"energy_wh": word})[1]["meter"]["energy_wh"] < 1234
        assert client("PATCH", "/evses/1/hardware", {"lock": "stuck_open"})[1]["lock"] == "unlocked"
        client("PATCH", "/evses/1/hardware", {"lock": word})
        client.rig.run(0.5)
        assert client("GET", "/state")[1]["evses"][0]["lock"] == "locked"


def test_a_car_of_the_garage_is_plugged_in_by_name_and_the_garage_is_told(client: Client) -> None:
    assert client("POST", "/evses/1/ev/plug", {"car": "simplified"})[1]["cp"] == "C"
    world = client("GET", "/world")[1]
    assert (world["evses"][0]["cable_ohm"], world["evses"][0]["demand"]["current_ma"]) == (680, 10_000)
    assert world["cars"]["leaf"] == "Its pilot contact bounces for 25 ms at unplugging."


def test_hardware_is_broken_in_many_ways_at_once_and_all_of_it_restored(client: Client) -> None:
    broken = {
        "pp_ohm": "open", "mains_v": [230, 0, 230], "tilted": True, "pilot": "broken", "pilot_glitch": [6, 20], "pole_missing": 3,
        "rcd": "dead", "earth": "lost", "contactor_travel_s": 0.1, "breaker": "tripped",
    }  # fmt: skip
    client("PATCH", "/evses/1/hardware", broken)
    told = client("GET", "/world")[1]["evses"][0]["hardware"]
    assert {name: told[name] for name in broken if name != "pilot_glitch"} == {
        name: value for name, value in broken.items() if name != "pilot_glitch"
    }
    client("PATCH", "/evses/1/hardware", dict.fromkeys(broken, "ok"))
    assert client.rig.evse.hardware == Hardware()


def test_a_fault_is_raised_replaced_and_cleared_by_name(client: Client) -> None:
    client("PUT", "/evses/1/faults/smoke", {"kind": "other", "vendor_code": "X1", "info": "grey"})
    client("PUT", "/evses/1/faults/smoke", {"kind": "high_temperature"})
    faults = client.rig.evse.inputs(client.rig.now).faults
    assert [(fault.name, fault.kind, fault.info) for fault in faults] == [("smoke", "high_temperature", "")]
    assert client("DELETE", "/evses/1/faults/smoke")[1]["faults"] == []
    status, refused = client("DELETE", "/evses/1/faults/smoke")
    assert (status, refused["error"]["code"]) == (404, "unknown_fault")


def test_site_verbs_are_answered_with_the_whole_state(client: Client) -> None:
    heard: list[str] = []
    client.rig.world.add_reader(None, lambda token: heard.append(token.value))
    assert client("PUT", "/network", {"state": "down"})[1]["network"] == "down"
    assert client("PUT", "/network", {"state": "up"})[1]["network"] == "up"
    assert client("POST", "/rfid", {"token": "04A1", "type": "ISO14443", "evses": [1]})[1]["power"] == "on"
    assert client("POST", "/clock", {"offset_s": -3600.5})[0] == 200
    assert client("POST", "/power", {"state": "off"})[1]["power"] == "off"
    assert client("POST", "/power", {"state": "on"})[1]["power"] == "on"
    assert (heard, client.rig.world.clock_offset_s, client.site.powered) == (["04A1"], -3600.5, [False, True])


def test_a_power_cut_leaves_car_and_register_and_opens_the_contactor(client: Client) -> None:
    client.rig.charge()
    before_wh = client("GET", "/state")[1]["evses"][0]["meter"]["energy_wh"]
    client("POST", "/power", {"state": "off"})
    client.rig.run(0.05)
    entry = client("GET", "/state")[1]["evses"][0]
    assert (entry["ev"], entry["contactor"]) == ({"connector": 1}, "open")
    assert entry["meter"]["energy_wh"] >= before_wh


def test_verbs_take_effect_in_the_order_in_which_they_were_asked_for(client: Client) -> None:
    async def both() -> tuple[bool, bool]:
        client.site.gate = asyncio.Event()
        cut = asyncio.create_task(client.ask("POST", "/power", {"state": "off"}))
        plug = asyncio.create_task(client.ask("POST", "/evses/1/ev/plug", {}))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not client.rig.world.powered
        early = client.rig.evse.ev is not None
        client.site.gate.set()
        await asyncio.gather(cut, plug)
        return early, client.rig.evse.ev is not None

    assert asyncio.run(both()) == (False, True)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "says"),
    [
        ("POST", "/evses/9/ev/plug", {}, 404, "unknown_evse", "evse 9: unknown; there are 1, 2"),
        ("POST", "/evses/one/ev/plug", {}, 404, "unknown_evse", "evse one"),
        ("POST", "/evses/2/ev/plug", {"connector": 7}, 404, "unknown_connector", "connector 7 of evse 2: unknown; there are 1"),
        ("POST", "/rfid", {"token": "04A1", "evses": [7]}, 404, "unknown_evse", "evse 7"),
        ("POST", "/evses/2/ev/plug", {"speed": 1}, 400, "bad_request", "speed: unknown entry; allowed are connector"),
        ("POST", "/evses/2/ev/plug", {"connector": True}, 400, "bad_request", "connector: true is not allowed; a whole number"),
        ("POST", "/evses/2/ev/plug", {"reaction_s": -1}, 400, "bad_request", "reaction_s: -1 is not allowed; a number from 0"),
        ("POST", "/evses/2/ev/plug", {"phases": 4, "request": 1}, 400, "bad_request", "request: 1 is not allowed; true or false"),
        ("POST", "/evses/2/ev/plug", b"{", 400, "bad_request", "body: not JSON"),
        ("POST", "/evses/2/ev/plug", b'{"current_a": NaN}', 400, "bad_request", "body: not JSON"),
        ("POST", "/evses/2/ev/plug", b"\xff", 400, "bad_request", "body: not JSON"),
        ("POST", "/evses/2/ev/plug", [], 400, "bad_request", "body: [] is not allowed; expected an object"),
        ("POST", "/evses/2/ev/plug", b" " * 70_000, 400, "bad_request", "body: more than 65536 bytes"),
        ("POST", "/evses/2/ev/unplug", {"side": "roof"}, 400, "bad_request", 'side: "roof" is not allowed; one of "station", "ev"'),
        ("PATCH", "/evses/2/ev", {"request": False}, 409, "conflict", "no car is plugged in"),
        ("PATCH", "/evses/2/ev", {"reaction_s": 1}, 400, "bad_request", "reaction_s: unknown entry"),
        ("PUT", "/evses/2/faults/x", {"kind": "nonsense"}, 400, "bad_request", 'kind: "nonsense" is not allowed; one of'),
        ("PUT", "/evses/2/faults/x", {}, 400, "bad_request", "kind: missing; one of"),
        ("PATCH", "/evses/2/hardware", {"lock": "open"}, 400, "bad_request", 'one of "stuck_open", "stuck_closed", or "ok" or null'),
        ("PATCH", "/evses/2/hardware", {"pp_ohm": 1.5}, 400, "bad_request", "pp_ohm: 1.5 is not allowed; a whole number"),
        (
            "PATCH",
            "/evses/2/hardware",
            {"pp_ohm": "shut"},
            400,
            "bad_request",
            'a whole number from 0 to 1000000 or one of "open", or "ok"',
        ),
        ("PATCH", "/evses/2/hardware", {"pilot_glitch": [6]}, 400, "bad_request", "pilot_glitch: [6] is not allowed; a list of two"),
        ("POST", "/evses/2/ev/plug", {"car": "tank"}, 400, "bad_request", 'car: "tank" is not allowed; one of "ordinary", "one-phase"'),
        ("PATCH", "/evses/2/meter", {"voltage_v": [230]}, 400, "bad_request", "voltage_v: [230] is not allowed; a list of three"),
        ("PUT", "/network", {"state": "sideways"}, 400, "bad_request", 'state: "sideways" is not allowed; one of "up", "down"'),
        ("PUT", "/network", {}, 400, "bad_request", "state: missing"),
        ("POST", "/power", {"state": True}, 400, "bad_request", "state: true is not allowed"),
        ("POST", "/clock", {"offset_s": "1"}, 400, "bad_request", 'offset_s: "1" is not allowed; a number'),
        ("POST", "/rfid", {"token": ""}, 400, "bad_request", 'token: "" is not allowed; a text of 1 to'),
        ("DELETE", "/state", None, 405, "method_not_allowed", "DELETE /v1/state"),
        ("POST", "/nowhere", None, 404, "not_found", "POST /v1/nowhere"),
    ],
)
def test_what_cannot_be_done_is_refused_with_code_and_reason(
    client: Client, method: str, path: str, body: Any, status: int, code: str, says: str
) -> None:
    got, answer = client(method, path, body)
    assert (got, answer["error"]["code"]) == (status, code)
    assert says in answer["error"]["message"]


def test_everything_wrong_with_a_body_is_said_at_once_and_nothing_of_it_is_done(client: Client) -> None:
    message = client("POST", "/evses/1/ev/plug", {"speed": 1, "phases": 5, "current_a": 3})[1]["error"]["message"]
    assert "speed" in message
    assert "phases" in message
    assert client.rig.evse.ev is None


def test_additions_tell_what_is_set_in_the_world_and_when_things_happened(client: Client) -> None:
    client.rig.charge()
    client("PATCH", "/evses/1/hardware", {"temperature_c": 85})
    entry = client("GET", "/world")[1]["evses"][0]
    assert entry["hardware"]["temperature_c"] == 85
    assert entry["demand"]["phases"] == 3
    client("PATCH", "/evses/1/ev", {"request": False})
    client.rig.drive(OFFER_32_A, contactor=False)
    client.rig.run(0.1)
    timing = client("GET", "/evses/1/timing")[1]
    assert timing["pilot_left_c_s"] < timing["open_commanded_s"] < timing["contacts_open_s"] < timing["last_kick_s"]


def test_the_page_is_served_whole_and_small_and_refers_to_nothing_outside(client: Client) -> None:
    async def files() -> list[tuple[int, bytes]]:
        return [await client.fetch("GET", path) for path in ("/", "/bench.css", "/bench.js", "/wires.js")]

    answers = asyncio.run(files())
    assert {status for status, _ in answers} == {200}
    assert sum(len(content) for _, content in answers) < 50_000
    assert not any(b"http://" in content or b"https://" in content for _, content in answers)


@pytest.mark.parametrize(
    ("text", "address"), [("127.0.0.1:8800", ("127.0.0.1", 8800)), ("[::1]:0", ("::1", 0)), ("localhost:1", ("localhost", 1))]
)
def test_loopback_addresses_are_taken(text: str, address: tuple[str, int]) -> None:
    assert listen_address(text) == address


@pytest.mark.parametrize(
    "text", ["0.0.0.0:8800", "192.168.1.2:80", "[::]:80", ":8800", "example.org:80", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000"]
)
def test_any_other_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"bench\.listen"):
        listen_address(text)
