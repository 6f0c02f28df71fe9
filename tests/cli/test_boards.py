"""Boards that would leave safety to software are refused before anything is opened, and nothing is asked of a board that it cannot do."""

import json
from pathlib import Path
from typing import Any

import pytest

import hal
from chargepoint.cli import control, hardware
from chargepoint.cli.configuration import build
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.main import main
from chargepoint.cli.paths import Sockets
from chargepoint.control import loop
from hal.api import Abilities
from tests.cli.drivers import DRIVERS, BareBoard, OwnBoard
from tests.cli.test_configuration import evses, tree

NOWHERE = Sockets(link="/nowhere/link", sim="/nowhere/sim", inquiry="/nowhere/inquiry")
UNSAFE = "nothing but software would keep people safe"
REMEDY = "use another board, or set bench = true where nobody can touch it"


@pytest.fixture(autouse=True)
def _foreign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hal, "DRIVERS", {**hal.DRIVERS, "boards": {**hal.DRIVERS["boards"], **DRIVERS}})


def with_board(driver: str, *, number: int = 1, **entries: Any) -> dict[str, Any]:
    """Two EVSEs, one with this board."""
    return tree(evses=evses(number, board={"driver": driver, **entries}))


def objections(document: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        build(document, boards=True)
    assert caught.value.status == 2
    return caught.value.errors


@pytest.mark.parametrize(
    ("driver", "missing"), [("bare", "no residual current monitor and no watchdog"), ("watched", "no residual current monitor")]
)
def test_a_board_without_its_interlocks_is_refused(driver: str, missing: str) -> None:
    text = f'evses[1].board: "{driver}": {missing} in its contactor\'s coil circuit: {UNSAFE}; {REMEDY}'
    assert objections(with_board(driver)) == (text,)
    with pytest.raises(ConfigurationError) as caught:
        hardware.boards(build(with_board(driver)), NOWHERE)
    assert (caught.value.errors, caught.value.status) == ((text,), 2)


@pytest.mark.parametrize("bench", [False, "true", 1])
def test_only_bench_true_lets_it_pass(bench: object) -> None:
    assert any("evses[1].board" in text for text in objections(with_board("bare", bench=bench)))


@pytest.mark.parametrize("driver", ["own", "guarded", "simulated"])
def test_a_board_that_keeps_people_safe_by_itself_needs_no_leave(driver: str, caplog: pytest.LogCaptureFixture) -> None:
    assert set(hardware.boards(build(with_board(driver), boards=True), NOWHERE)) == {1, 2}
    assert not caplog.records


def test_on_the_bench_it_is_used_with_a_warning_at_every_start_and_its_driver_hears_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    configuration = build(with_board("bare", bench=True, port="/dev/ttyUSB0"), boards=True)
    for _ in range(2):
        board = hardware.boards(configuration, NOWHERE)[2]
        assert isinstance(board, BareBoard)
        assert board.options == {"port": "/dev/ttyUSB0"}
    assert [(record.levelname, record.getMessage().partition(" reason=")[0]) for record in caplog.records] == [
        ("WARNING", "event=unsafe_board entry=evses[1].board")
    ] * 2
    assert "no watchdog" in caplog.text


def test_in_the_simulation_no_board_is_looked_at() -> None:
    assert build({**with_board("bare"), "hal": {"backend": "sim"}}, boards=True).simulated
    assert build({**with_board("unfinished"), "hal": {"backend": "sim"}}, boards=True).simulated


@pytest.mark.parametrize(
    ("driver", "text"),
    [
        ("silent", "evses[1].board.driver: board driver 'silent': does not say what its board can do (abilities); "
                   "use a version made for this release"),
        ("unfinished", "evses[1].board.driver: board driver 'unfinished': cannot be loaded here "
                       "(No module named 'tests.cli.no_such_driver'); install what it needs"),
    ],
)  # fmt: skip
def test_a_driver_that_cannot_be_asked_is_an_error(driver: str, text: str) -> None:
    assert objections(with_board(driver)) == (text,)


def test_an_unknown_driver_is_said_once() -> None:
    (text,) = objections(with_board("bear"))
    assert text.startswith('evses[1].board.driver: "bear": unknown driver; did you mean bare?')


def test_all_errors_are_told_at_once() -> None:
    wrong = {**with_board("bare"), "site": {"fuse_a": 0}}
    assert [text.partition(": ")[0] for text in objections(wrong)] == ["site.fuse_a", "evses[1].board"]


def test_state_e_is_not_asked_of_a_board_that_cannot() -> None:
    wrong = tree(evses=evses(1, board={"driver": "own"}, wake_up="E"))
    assert objections(wrong) == ('evses[1].wake_up: "E": the board "own" cannot switch its pilot off; expected "F" or "off"',)
    assert build(tree(evses=evses(1, board={"driver": "guarded"}, wake_up="E")), boards=True).evses[1].wake_up == "E"
    assert build(tree(evses=evses(1, wake_up="E")), boards=True).evses[1].wake_up == "E"


# --- the verbs ---------------------------------------------------------------------------------------------------------------------------


def written(folder: Path, document: dict[str, Any]) -> str:
    path = folder / "station.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_check_config_finds_it_without_opening_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", written(tmp_path, with_board("bare"))]) == 2
    assert f'evses[1].board: "bare": no residual current monitor and no watchdog in its contactor\'s coil circuit: {UNSAFE}' in (
        capsys.readouterr().err
    )


def test_check_config_warns_of_a_bench(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, with_board("bare", bench=True))
    assert main(["check-config", path]) == 0
    assert capsys.readouterr().err == (
        f'{path}: warning: evses[1].board: "bare": no residual current monitor and no watchdog in its contactor\'s coil circuit: '
        f"{UNSAFE}; bench = true: only where nobody can touch it\n"
    )


def test_control_refuses_to_start_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it ran")

    monkeypatch.setattr(loop, "stop_on_signals", lambda: lambda: True)
    monkeypatch.setattr(loop, "run", never)
    state = str(tmp_path / "state")
    assert main(["control", "--config", written(tmp_path, with_board("bare")), "--state-dir", state]) == 2
    assert f"{UNSAFE}; {REMEDY}" in capsys.readouterr().err


def test_control_is_told_what_each_board_can(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = control.evses(build(with_board("own"), boards=True))
    assert (first.abilities.safety, first.abilities.rcd_test) == ("linux", True)
    assert second.abilities == OwnBoard.abilities == Abilities(safety="own", rcm=False, coil_watchdog=False)


@pytest.mark.parametrize(("driver", "silent_s"), [("simulated", 5.0), ("openevse", 10.0)])
def test_control_is_told_how_long_each_meter_may_be_silent(driver: str, silent_s: float) -> None:
    meter = {"driver": driver, **({} if driver == "simulated" else {"port": "/dev/ttyUSB0"})}
    first, _ = control.evses(build(tree(evses=evses(0, meter=meter)), boards=True))
    assert first.meter_silent_s == silent_s
