"""What a technician reads when his configuration is wrong."""

import json
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.cli.configuration import build, read, warnings
from chargepoint.cli.errors import ConfigurationError

EXAMPLE = Path(__file__).parent / "example.toml"


def tree(**changes: Any) -> dict[str, Any]:
    """A good configuration of two EVSEs; ``ocpp__version="2.0.1"`` changes an entry of a table, ``ocpp={...}`` the table."""
    known: dict[str, Any] = {
        "station": {"id": "cp001", "vendor": "Acme", "model": "One"},
        "site": {"fuse_a": 40},
        "evses": [
            {"id": 1, "max_current_a": 32, "connectors": [{"id": 1, "type": "sType2", "cable": "socket"}]},
            {"id": 2, "max_current_a": 16, "connectors": [{"id": 1, "type": "cType2", "cable": "fixed"}]},
        ],
        "ocpp": {"csms_url": "ws://127.0.0.1:9000"},
    }
    for name, value in changes.items():
        table, _, entry = name.partition("__")
        if entry:
            known[table] = {**known.get(table, {}), entry: value}
        else:
            known[table] = value
    return known


def errors(tree: object) -> tuple[str, ...]:
    """Every error of a tree, as it is shown."""
    with pytest.raises(ConfigurationError) as caught:
        build(tree)
    assert caught.value.status == 2
    return caught.value.errors


def told(tree: object) -> tuple[str, ...]:
    """Its errors, if it has any."""
    try:
        build(tree)
    except ConfigurationError as error:
        return error.errors
    return ()


def evses(number: int, **changes: Any) -> list[dict[str, Any]]:
    """The example's EVSEs, one of them changed."""
    known: list[dict[str, Any]] = tree()["evses"]
    known[number] |= changes
    return known


# --- good files --------------------------------------------------------------------------------------------------------------------------


def test_every_entry_of_the_contract_is_accepted() -> None:
    configuration = read(EXAMPLE)
    assert configuration.evses[1].meter == {"driver": "sdm630", "port": "/dev/ttyUSB1", "unit": 3}
    assert configuration.security.trust.csms == "FILE.pem"
    assert configuration.ocpp.reconnect.random_s == 1.0
    assert configuration.simulated


def test_json_holds_the_same_tree(tmp_path: Path) -> None:
    (tmp_path / "station.json").write_text(json.dumps(tree()))
    assert read(tmp_path / "station.json") == build(tree())


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_bytes(b"\xef\xbb\xbf" + EXAMPLE.read_bytes())
    assert read(tmp_path / "station.toml") == read(EXAMPLE)


# --- files that are none -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.toml", b"[station]\nid = cp001\n", "not TOML: Invalid value (at line 2, column 6)"),
        ("a.json", b'{"station": {},}', "not JSON: Expecting property name enclosed in double quotes (at line 1, column 16)"),
        ("a.json", b"[]", "[]: expected a table with [station], [site] and [[evses]]"),
        ("a.toml", b'id = "\xff"', "byte 7 is not UTF-8; save the file as UTF-8 text"),
        ("a.toml", None, "cannot be read: No such file or directory; check its name, or make one with chargepoint setup"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, name: str, content: bytes | None, text: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: 1 error\n  {text}"


# --- one entry ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (tree(site__fuse_a="much"), 'site.fuse_a: "much": expected a number above 0, at most 1000 (ampere)'),
        (tree(site__fuse_a="32"), 'site.fuse_a: "32": expected a number above 0, at most 1000 (ampere); take away the quotes'),
        (tree(site__fuse_a=float("nan")), "site.fuse_a: NaN: expected a number above 0, at most 1000 (ampere)"),
        (tree(site__phases=2), "site.phases: 2: expected 1 or 3"),
        (tree(station__model=7), "station.model: 7: expected text of at most 20 characters; put it in quotes"),
        (tree(site={}), "site.fuse_a: missing; expected a number above 0, at most 1000 (ampere)"),
        (tree(nonsense=1), "nonsense: unknown entry; there are station, site, evses, readers, displays, ocpp, authorization, "
                           "security, firmware, web, public, link, hal, bench"),
        (tree(authorisation={}), "authorisation: unknown entry; did you mean authorization?"),
        (tree(ocpp__csms="ws://x"), "ocpp.csms: unknown entry; did you mean csms_url?"),
        (tree(evses=evses(1, wake_up="D")), 'evses[1].wake_up: "D": expected "E" or "F" or "off"'),
        (tree(evses=evses(1, minimum_current_1p_a=5)), "evses[1].minimum_current_1p_a: 5: expected a number from 6 to 80 (ampere)"),
        (tree(evses=evses(1, simplified_pilot_max_a=81)), "evses[1].simplified_pilot_max_a: 81: expected a number from 6 to 80 (ampere)"),
        (tree(evses=evses(1, phase_pause_s=5)), "evses[1].phase_pause_s: 5: expected a number from 10 to 600 (seconds)"),
        (tree(evses=evses(1, phase_switches=101)), "evses[1].phase_switches: 101: expected a whole number from 0 to 100"),
        (tree(evses=evses(1, contactor_life=0)), "evses[1].contactor_life: 0: expected a whole number of at least 1"),
        (tree(evses=evses(1, connectors=[{"id": 1, "cable": "fixed", "cable_current_a": 5}])),
         "evses[1].connectors[0].cable_current_a: 5: expected a number from 6 to 80 (ampere)"),
        (tree(evses=evses(1, max_current_a=100)), "evses[1].max_current_a: 100: expected a number from 6 to 80 (ampere)"),
        (tree(evses={"id": 1}), 'evses: {"id": 1}: expected a list of at least one: a table with id, max_current_a, connectors; '
                                "each begins with [[evses]]"),
        (tree(evses=evses(0, connectors=[{"id": 1, "cable": "tethered"}])),
         'evses[0].connectors[0].cable: "tethered": expected "fixed" or "socket"'),
        (tree(ocpp__keys={"HeartbeatInterval": 60}), "ocpp.keys.HeartbeatInterval: 60: expected text; put it in quotes"),
        (tree(ocpp__basic_auth_password=12345678), "ocpp.basic_auth_password: ***: expected text; put it in quotes"),
        (tree(authorization__cards="04A1"), 'authorization.cards: "04A1": expected a list of text of at most 36 characters'),
        (tree(ocpp__version="2.1"), 'ocpp.version: "2.1": not supported by this release; there are "1.6" and "2.0.1"'),
        (tree(ocpp__version="2.0"), 'ocpp.version: "2.0": expected "1.6" or "2.0.1" or "2.1" or a list of at least one: '
                                    '"1.6" or "2.0.1" or "2.1"'),
    ],
)  # fmt: skip
def test_an_entry_says_what_it_is_and_what_it_may_be(wrong: dict[str, Any], text: str) -> None:
    assert errors(wrong) == (text,)


def test_a_wrong_choice_names_the_nearest() -> None:
    (text,) = errors(tree(evses=evses(0, connectors=[{"id": 1, "type": "typ2"}])))
    assert text.startswith('evses[0].connectors[0].type: "typ2": expected one of ')
    assert text.endswith("; did you mean sType2?")


# --- entries together --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (tree(evses=evses(1, id=1)), "evses[1].id: 1: already the id of evses[0]; EVSEs are numbered 1, 2, 3 ..."),
        (tree(evses=evses(1, id=3)), "evses[1].id: 3: EVSEs are numbered 1, 2, 3 ... without gaps; there are 2"),
        (tree(evses=evses(0, failsafe_current_a=40)),
         "evses[0].failsafe_current_a: 40: above max_current_a (32); expected at most that"),
        (tree(evses=evses(1, failsafe_current_a=3)),
         "evses[1].failsafe_current_a: 3: less than 6 ampere cannot be offered; expected 0 (pause) or 6 to 16"),
        (tree(evses=evses(1, minimum_current_3p_a=20)),
         "evses[1].minimum_current_3p_a: 20: above max_current_a (16); expected at most that"),
        (tree(evses=evses(1, minimum_current_1p_a=16.5)),
         "evses[1].minimum_current_1p_a: 16.5: above max_current_a (16); expected at most that"),
        (tree(evses=evses(0, connectors=[{"id": 1, "cable": "socket", "cable_current_a": 20}])),
         "evses[0].connectors[0].cable_current_a: 20: a cable in a socket says itself what it carries; leave it out, or set cable = "
         '"fixed"'),
        (tree(site__phases=1, evses=evses(0, phases=1)), "evses[1].phases: 3: the site has 1"),
        (tree(evses=evses(0, board={"driver": "opnevse"})),
         'evses[0].board.driver: "opnevse": unknown driver; did you mean openevse?; or [hal] backend = "sim" simulates all hardware'),
        (tree(evses=evses(0, board={"port": "/dev/ttyUSB0"}), bench={"listen": "127.0.0.1:0"}, hal={"backend": "sim"}),
         "evses[0].board.driver: missing; expected the name of a driver"),
        (tree(evses=evses(0, meter={"driver": "simulated", "strat_wh": 3})),
         "evses[0].meter.strat_wh: unknown entry; did you mean start_wh?"),
        (tree(evses=evses(0, meter={"driver": "simulated", "bench": True})),
         "evses[0].meter.bench: unknown entry; there are driver, port, unit, public_key, start_wh"),
        (tree(evses=evses(0, board={"driver": "simulated", "bench": "true"})), 'evses[0].board.bench: "true": expected true or false'),
        (tree(evses=evses(0, meter={"driver": "simulated", "start_wh": "3"})),
         'evses[0].meter.start_wh: "3": expected a whole number of at least 0'),
        (tree(displays=[{"driver": "serial-text", "port": "/dev/ttyUSB3", "evses": [7]}]),
         "displays[0].evses: 7: there is no such EVSE; expected some of 1, 2"),
        (tree(readers=[{"driver": "simulated", "evses": [1, 7]}]),
         "readers[0].evses: 7: there is no such EVSE; expected some of 1, 2"),
        (tree(bench={"listen": "0.0.0.0:8800"}),
         'bench.listen: "0.0.0.0:8800": not a loopback address; expected 127.0.0.1, [::1] or localhost, and a port'),
        (tree(bench={"listen": "127.0.0.1"}), 'bench.listen: "127.0.0.1": expected "host:port", such as "127.0.0.1:8800"'),
        (tree(ocpp__security_profile=1), "ocpp.basic_auth_password: missing; security_profile 1 needs it"),
        (tree(ocpp={"security_profile": 2, "basic_auth_password": "0123456789abcdef"}),
         "security.trust.csms: missing; security_profile 2 needs a PEM file with the CSMS's root, or [security] system_trust = true"),
        (tree(ocpp__security_profile=3, security={"system_trust": True}),
         "security.identity.csms: missing; security_profile 3 needs a directory with the station's own certificate and key"),
        (tree(ocpp__csms_url="http://csms"),
         'ocpp.csms_url: "http://csms": expected "ws://host:port/path" or "wss://...", without identity, user, query or fragment'),
        (tree(authorization__cards=["04A1", "0123456789ABCDEF01234"]),
         'authorization.cards[1]: "0123456789ABCDEF01234": 21 characters; OCPP 1.6 has room for 20'),
        (tree(ocpp__version=["2.0.1", "1.6"], authorization__cards=["0123456789ABCDEF01234"]),
         'authorization.cards[0]: "0123456789ABCDEF01234": 21 characters; OCPP 1.6 has room for 20'),
        (tree(link={"socket": "link.sock"}), 'link.socket: "link.sock": expected an absolute path'),
        (tree(firmware={"installer": "command"}),
         'firmware.argv: missing; installer "command" needs the program and its arguments as a list'),
    ],
)  # fmt: skip
def test_entries_that_do_not_fit_together(wrong: dict[str, Any], text: str) -> None:
    """What a security profile needs is there before anything connects: OCPP 2.0.1 A00.FR.004."""
    assert errors(wrong) == (text,)


def test_the_bench_needs_simulated_hardware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hal.names", lambda kind: ("openevse", "simulated"))
    real = tree(evses=evses(1, board={"driver": "openevse"}), bench={"listen": "127.0.0.1:8800"})
    (text,) = errors(real)
    assert text.startswith("bench: the bench needs simulated hardware; ")
    assert build({**real, "hal": {"backend": "sim"}}).simulated


# --- presets -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ocpp", "text"),
    [
        ({"keys": {"Foo": "1"}}, "ocpp.keys.Foo: unknown key"),
        ({"keys": {"HeartBeatIntervall": "1"}}, "ocpp.keys.HeartBeatIntervall: unknown key; did you mean HeartbeatInterval?"),
        ({"keys": {"ConnectionTimeOut": "-1"}}, "ocpp.keys.ConnectionTimeOut: -1 is too low; the minimum is 1 (seconds)"),
        ({"keys": {"NumberOfConnectors": "2"}},
         "ocpp.keys.NumberOfConnectors: NumberOfConnectors is already set by evses[].connectors; name it in one place"),
        ({"keys": {"SecurityProfile": "0"}, "security_profile": 0},
         "ocpp.keys.SecurityProfile: SecurityProfile is already set by ocpp.security_profile; name it in one place"),
        ({"variables": [{"component": "TxCtrl", "variable": "EVConnectionTimeOut", "value": "60"}]},
         'ocpp.variables[0].component: "TxCtrl": unknown component; did you mean TxCtrlr?'),
        ({"variables": [{"component": "EVSE", "variable": "Available", "value": "true", "evse": 9}]},
         'ocpp.variables[0]: "EVSE" is not there; expected evse = 1 or evse = 2'),
        ({"variables": [{"component": "TxCtrlr", "variable": "EVConnectionTimeOut", "value": "60", "evse": 1}]},
         'ocpp.variables[0]: "TxCtrlr" is not there; expected neither evse nor connector: it belongs to the station'),
        ({"variables": [{"component": "TxCtrlr", "variable": "ConnectionTimeOut", "value": "60"}]},
         'ocpp.variables[0].variable: "ConnectionTimeOut": unknown variable; did you mean EVConnectionTimeOut?'),
        ({"variables": [{"component": "DeviceDataCtrlr", "variable": "ItemsPerMessage", "value": "4"}]},
         'ocpp.variables[0].instance: missing; expected "GetReport" or "GetVariables" or "SetVariables"'),
        ({"variables": [{"component": "TxCtrlr", "variable": "TxStartPoint", "value": "Plugged"}]},
         'ocpp.variables[0].value: "Plugged" is not supported here; '
         "expected some of EVConnected, Authorized, PowerPathClosed, EnergyTransfer"),
        ({"keys": {"ConnectionTimeOut": "30"}, "variables": [{"component": "TxCtrlr", "variable": "EVConnectionTimeOut", "value": "60"}]},
         'ocpp.variables[0]: "60": TxCtrlr.EVConnectionTimeOut is already set by ocpp.keys.ConnectionTimeOut; name it in one place'),
        ({"security_profile": 1, "keys": {"AuthorizationKey": "0011"},
          "variables": [{"component": "SecurityCtrlr", "variable": "BasicAuthPassword", "value": "0022"}]},
         "ocpp.variables[0]: ***: SecurityCtrlr.BasicAuthPassword is already set by ocpp.keys.AuthorizationKey; name it in one place"),
    ],
)  # fmt: skip
def test_presets_are_held_against_the_device_model(ocpp: dict[str, Any], text: str) -> None:
    assert errors(tree(ocpp=ocpp)) == (text,)


def test_the_same_value_by_key_and_by_variable_is_no_error() -> None:
    variable = {"component": "TxCtrlr", "variable": "EVConnectionTimeOut", "value": "30"}
    assert build(tree(ocpp__keys={"ConnectionTimeOut": "30"}, ocpp__variables=[variable])).ocpp.keys == {"ConnectionTimeOut": "30"}


def test_a_preset_of_an_entry_is_found_in_the_entry() -> None:
    keys = {"SecurityProfile": "1", "AuthorizationKey": "0011223344556677", "HeartbeatInterval": "60"}
    ocpp = build(tree(ocpp__keys=keys)).ocpp
    assert (ocpp.security_profile, ocpp.basic_auth_password, ocpp.keys) == (1, "0011223344556677", {"HeartbeatInterval": "60"})


# --- all of them at once -----------------------------------------------------------------------------------------------------------------


def test_all_errors_are_told_at_once_and_nothing_that_only_follows_from_another() -> None:
    wrong = tree(
        site__fuse_a="much",
        evses=[{"id": "one", "max_current_a": 5, "failsafe_current_a": 40, "connectors": []}, *evses(1)[1:]],
        readers=[{"driver": "simulated", "evses": [1, 7]}],
        ocpp={"version": "2.0.1", "keys": {"Foo": "1"}, "security_profile": 1},
        nonsense=1,
    )
    assert [text.partition(": ")[0] for text in errors(wrong)] == [
        "nonsense",
        "site.fuse_a",
        "evses[0].id",
        "evses[0].max_current_a",
        "evses[0].connectors",
        "ocpp.keys.Foo",
        "ocpp.basic_auth_password",
    ]


ANYTHING: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 0, 7, 0.5, 1e308, float("nan"), "", "x", "simulated", "2.1", [], [1], ["x"], [{}], {}, {"x": "y"}, {"driver": 3}]
)


def spots(tree: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a tree."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [spot for key, value in items for spot in ((tree, key), *spots(value))]


@given(st.lists(st.tuples(st.integers(0, 200), ANYTHING), min_size=1, max_size=4))
def test_whatever_stands_in_the_file_is_a_configuration_or_an_error_with_its_entry(changes: list[tuple[int, Any]]) -> None:
    known = tomllib.loads(EXAMPLE.read_text())
    for number, value in changes:
        places = spots(known)
        container, key = places[number % len(places)]
        container[key] = deepcopy(value)
    assert all(": " in error for error in told(known))


def test_warnings_do_not_fail() -> None:
    assert [str(each) for each in warnings(build(tree(ocpp__version="2.0.1")))] == [
        "ocpp.security_profile: 0: no authentication, which OCPP 2.0.1 does not know; for a private network only"
    ]
    assert [str(each) for each in warnings(build(tree(ocpp={})))] == [
        "authorization: nobody can charge: no CSMS (ocpp.csms_url), no cards of the station's own, and not free"
    ]
    assert [str(each) for each in warnings(build(tree(station__vendor="Acme Charging Solutions")))] == [
        'station.vendor: "Acme Charging Solutions": 23 characters; OCPP 1.6 has room for 20 and gets the first'
    ]
    (plain,) = warnings(build(tree(ocpp__csms_url="wss://csms/ocpp")))
    assert plain.path == "ocpp.security_profile"
    assert "without TLS" in plain.text
    assert not warnings(build(tree()))
