"""What stands in a driver's table is held against its constructor when the file is checked; nothing is opened."""

import sys
from typing import Any

import pytest

import hal
from chargepoint.cli import devices, fitting
from chargepoint.cli.configuration import build
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.paths import Sockets
from hal.boards.openevse import OpenEvseBoard
from hal.errors import DriverError
from hal.facts import DriverFacts, extra_for, lacking
from tests.cli.test_configuration import evses, tree

PORT = "/dev/ttyFitting"


def errors(document: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        build(document, boards=True)
    return caught.value.errors


@pytest.mark.parametrize(
    ("device", "text"),
    [
        ({"board": {"driver": "openevse", "port": PORT, "falback_a": 8}},
         'evses[0].board.falback_a: unknown entry of "openevse"; did you mean fallback_a?'),
        ({"board": {"driver": "openevse"}}, 'evses[0].board.port: missing; "openevse" needs it: path of the serial port'),
        ({"board": {"driver": "openevse", "port": PORT, "fallback_a": "8"}},
         'evses[0].board.fallback_a: "8": expected a whole number (ampere); take away the quotes'),
        ({"board": {"driver": "openevse", "port": 7}}, "evses[0].board.port: 7: expected text; put it in quotes"),
        ({"board": {"driver": "openevse", "port": PORT, "fallback_a": 400}},
         f"evses[0].board: board.openevse on {PORT}: fallback_a 400, expected 6 to 80 A; correct it"),
        ({"meter": {"driver": "sdm630", "port": PORT, "unt": 3}}, 'evses[0].meter.unt: unknown entry of "sdm630"; did you mean unit?'),
    ],
)  # fmt: skip
def test_an_entry_that_does_not_fit_is_named_with_what_is_expected(device: dict[str, Any], text: str) -> None:
    assert errors(tree(evses=evses(0, **device))) == (text,)


MODBUS = {
    "boards": ("simpleevse", "evse-din", "smartevse", "phoenix-ev-cc", "heidelberg", "esp32-evse"),
    "meters": tuple(name for name in hal.DRIVERS["meters"] if getattr(hal.about("meters", name), "extra", None) == "modbus"),
}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"unit": "three"}, 'unit: "three": expected a whole number from 1 to 255'),
    ({"unit": 0}, "unit: 0: expected a whole number from 1 to 255"),
    ({"baud": "fast"}, 'baud: "fast": expected a whole number from 300 to 4e+06'),
    ({"baud": 0}, "baud: 0: expected a whole number from 300 to 4e+06"),
    ({"parity": "even"}, 'parity: "even": expected "E" or "N" or "O"'),
    ({"stopbits": 3}, "stopbits: 3: expected 1 or 2"),
    ({"port": 3}, "port: 3: expected text; put it in quotes"),
    ({"tcp_port": 70_000}, "tcp_port: 70000: expected a whole number from 1 to 65535"),
    ({"timeout_s": float("inf")}, "timeout_s: Infinity: expected a number from 0.01 to 30 (seconds)"),
    ({"tries": 0}, "tries: 0: expected a whole number from 1 to 20"),
    ({"echo": "yes"}, 'echo: "yes": expected true or false'),
    ({"speed": 9600}, "speed: unknown entry"),
]


@pytest.mark.parametrize(("entry", "text"), WRONG)
@pytest.mark.parametrize("kind", MODBUS)
def test_whatever_a_driver_on_modbus_passes_on_to_its_line_is_told_by_entry_value_and_what_is_allowed(
    kind: str, entry: dict[str, Any], text: str
) -> None:
    part = kind.removesuffix("s")
    for name in MODBUS[kind]:
        (told,) = errors(tree(evses=evses(0, **{part: {"driver": name, "port": PORT, **entry}})))
        assert told.startswith(f"evses[0].{part}.{text}"), name


@pytest.mark.parametrize(("entry", "text"), [({"wiring": "12"}, 'wiring: "12": expected one of'), ({"rated_a": 0}, "rated_a: 0: expected")])
def test_what_a_meter_on_modbus_is_wired_to_is_held_against_what_there_is(entry: dict[str, Any], text: str) -> None:
    for name in MODBUS["meters"]:
        (told,) = errors(tree(evses=evses(0, meter={"driver": name, "port": PORT, **entry})))
        assert told.startswith(f"evses[0].meter.{text}"), name


def test_readers_are_held_against_their_constructors_too() -> None:
    wrong = {"driver": "pn532-uart", "prt": "/dev/ttyAMA0"}
    assert errors(tree(readers=[wrong])) == (
        'readers[0].prt: unknown entry of "pn532-uart"; did you mean port?',
        'readers[0].port: missing; "pn532-uart" needs it: path of the serial port',
    )


def test_two_devices_on_one_port_that_want_different_settings_are_found_before_anything_is_opened() -> None:
    document = tree()
    document["evses"][0]["meter"] = {"driver": "sdm630", "port": PORT}
    document["evses"][1]["meter"] = {"driver": "sdm120", "port": PORT}
    (text,) = errors(document)
    assert text.startswith(f"evses[1].meter: {PORT}: one device wants 2400 8N1, another on the same port 9600 8N1")


def test_entries_that_are_ours_are_not_the_drivers() -> None:
    meter = {"driver": "sdm630", "port": PORT, "public_key": "00", "start_wh": 7}
    assert build(tree(evses=evses(0, meter=meter)), boards=True).evses[0].meter == meter


def test_on_wires_of_the_bench_devices_are_looked_for_beneath_its_directory() -> None:
    document = tree(evses=evses(0, board={"driver": "openevse", "port": PORT}), hal={"backend": "wires"})
    configuration = build(document, boards=True)
    named = next(each for each in devices.boards(configuration))
    board = fitting.made(configuration, named, Sockets("", "", "", root="/run/bench"))
    assert isinstance(board, OpenEvseBoard)
    assert f"/run/bench{PORT}" in repr(vars(board)["_talk"].name)


def test_a_package_that_is_missing_here_is_a_warning_because_the_file_may_be_for_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hal.facts.find_spec", lambda name: None)
    configuration = build(tree(evses=evses(0, board={"driver": "openevse", "port": PORT})), boards=True)
    assert [str(problem) for problem in fitting.warnings(configuration)] == [
        "evses[0].board.driver: \"openevse\": needs the package pyserial, which is not installed here; pip install 'chargepoint[serial]'"
    ]


def test_where_a_package_is_missing_the_file_is_good_and_control_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hal.facts.find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "hal.bus.modbus_frames", None)
    board, meter = ({"driver": name, "port": PORT} for name in ("openevse", "sdm630"))
    configuration = build(tree(evses=evses(0, board=board, meter={**meter, "port": "/dev/ttyOther"})), boards=True)
    nowhere = Sockets(link="", sim="", inquiry="")
    for named, packages in ((next(devices.boards(configuration)), "pyserial"), (next(devices.meters(configuration)), "pymodbus and")):
        with pytest.raises(DriverError, match=rf"{named.driver}.*needs the packages? {packages}.* not installed here; pip install"):
            fitting.made(configuration, named, nowhere)


def test_the_package_that_is_wanted_is_that_of_the_backend_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hal.facts.find_spec", lambda name: None)
    facts = DriverFacts(name="lines", kind="boards", title="", link="", extra="raspberry-pi")
    assert extra_for(facts, {"gpio": "gpiod"}) == "raspberry-pi"
    assert lacking(extra_for(facts, {"gpio": "rpi-gpio"})) == (
        "needs the package RPi.GPIO, which is not installed here; pip install 'chargepoint[rpi-gpio]'"
    )
    assert lacking("modbus") == "needs the packages pymodbus and pyserial, which are not installed here; pip install 'chargepoint[modbus]'"
    assert lacking("") is None


class Foreign:
    """A driver of somebody else's, who raises what comes to his mind, and imports types for his type checker alone."""

    def __init__(self, *, port: str, unit: "NobodyHasIt" = 1) -> None:  # type: ignore[name-defined]  # noqa: F821
        if unit > 9:
            raise ValueError("unit must be below 10")


@pytest.mark.parametrize(
    ("place", "entries", "text"),
    [
        (f"{__name__}:Foreign", {"unit": 10}, '"theirs": does not take these entries (unit must be below 10); correct them'),
        (f"{__name__}:Forein", {}, f"meter driver 'theirs': cannot be had from {__name__}:Forein (module "),
        (__name__, {}, f"meter driver 'theirs': cannot be had from {__name__}: (module "),
    ],
)
def test_what_is_wrong_with_a_driver_of_somebody_else_is_an_error_of_the_configuration(
    place: str, entries: dict[str, Any], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hal, "DRIVERS", {**hal.DRIVERS, "meters": {**hal.DRIVERS["meters"], "theirs": place}})
    (said,) = errors(tree(evses=evses(0, meter={"driver": "theirs", "port": PORT, **entries})))
    assert said.startswith(f"evses[0].meter: {text}")


def test_a_driver_that_cannot_be_loaded_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    meters = {**hal.DRIVERS["meters"], "lost": "hal.meters.no_such_module:Lost"}
    monkeypatch.setattr(hal, "DRIVERS", {**hal.DRIVERS, "meters": meters})
    with pytest.raises(DriverError, match=r"meter driver 'lost': cannot be loaded here \(No module named 'hal.meters.no_such_module'\)"):
        hal.load("meters", "lost")
    with pytest.raises(DriverError, match="meter driver 'sdm': unknown; there are abb-b2x, "):
        hal.load("meters", "sdm")
