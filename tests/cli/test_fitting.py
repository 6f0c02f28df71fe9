"""What stands in a driver's table is held against its constructor when the file is checked; nothing is opened."""

from typing import Any

import pytest

from chargepoint.cli import devices, fitting
from chargepoint.cli.configuration import build
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.paths import Sockets
from hal.boards.openevse import OpenEvseBoard
from hal.errors import DriverError
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


def test_a_driver_that_cannot_be_loaded_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import hal

    meters = {**hal.DRIVERS["meters"], "lost": "hal.meters.no_such_module:Lost"}
    monkeypatch.setattr(hal, "DRIVERS", {**hal.DRIVERS, "meters": meters})
    with pytest.raises(DriverError, match=r"meter driver 'lost': cannot be loaded here \(No module named 'hal.meters.no_such_module'\)"):
        hal.load("meters", "lost")
    with pytest.raises(DriverError, match="meter driver 'sdm': unknown; there are abb-b2x, "):
        hal.load("meters", "sdm")
