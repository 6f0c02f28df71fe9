"""What doctor looks at, each subject against files of the test's own."""

import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli.checks import chips, computer, configured, disk, files, kernel_log, ports, processes, running, standing, validity
from chargepoint.cli.checks.scene import Scene, presence_of, survey
from chargepoint.cli.checks.validity import File
from chargepoint.cli.checks.way import way_of
from chargepoint.cli.configuration import build, tree_of
from chargepoint.cli.devices import Named
from chargepoint.cli.paths import INSTALLED_STATE
from chargepoint.domain.findings import Finding
from chargepoint.ladder import stopwatch

EXAMPLE = Path(__file__).parents[1] / "example.toml"


def scene(tmp_path: Path, **more: Any) -> Scene:
    return Scene(config=tmp_path / "station.toml", state_dir=tmp_path / "state", root=tmp_path, **more)


def with_board(tmp_path: Path, **board: Any) -> Scene:
    tree = tree_of(EXAMPLE)
    tree["hal"]["backend"] = "drivers"
    del tree["bench"]
    tree["readers"] = []
    simulated = {"driver": "simulated"}
    tree["evses"] = [{**tree["evses"][0], "wake_up": "F", "board": board, "meter": simulated}]
    return scene(tmp_path, configuration=build(tree))


def put(root: Path, path: str, text: str = "") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def states(found: Any) -> list[tuple[str, str, str]]:
    return [(each.name, each.state, each.code) for each in found]


# Configuration


def test_no_configuration_says_where_to_begin(tmp_path: Path) -> None:
    (found,) = configured.look(survey(tmp_path / "none.toml", tmp_path))
    assert (found.state, found.code) == ("failed", "CP-801")
    assert "setup" in found.remedy


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[station", "CP-803"),
        ("\xff", "CP-806"),
        ("", "CP-806"),
        (EXAMPLE.read_text() + "\n[web]\nlissten = '1'\n", "CP-804"),
        (EXAMPLE.read_text().replace("fuse_a = 63 ", "fuse_a = -1 "), "CP-805"),
        (EXAMPLE.read_text().replace('"sim"', '"wires"') + '\n[[readers]]\ndriver = "wire-tap"\n', "CP-535"),
        (EXAMPLE.read_text() + '\n[[readers]]\ndriver = "simulated"\nevses = [9]\n', "CP-807"),
    ],
)
def test_each_kind_of_error_has_its_number(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "station.toml").write_text(text, "latin-1")
    expected = "CP-802" if text == "\xff" else code
    assert expected in {each.code for each in configured.look(survey(tmp_path / "station.toml", tmp_path))}


# Devices


def test_ports_are_there_or_missing_and_say_who_wants_them(tmp_path: Path) -> None:
    there, gone = put(tmp_path, "dev/ttyUSB0"), tmp_path / "dev/ttyUSB1"
    for port, state, code in ((there, "passed", ""), (gone, "failed", "CP-531")):
        place = ports.Place(path="/dev/x", real=port, wanted_by="evses[0].board", kind="boards")
        found = ports._judged(place, installed=False)
        assert (found.state, found.code) == (state, code)
        assert "/dev/x (evses[0].board)" in found.text


def test_a_port_that_the_process_may_not_open_is_told_by_group_and_mode(tmp_path: Path) -> None:
    port = put(tmp_path, "ttyUSB0")
    port.chmod(0o660)
    assert "may not open it" in ports.refusal(port, "nobody")
    port.chmod(0o666)
    assert ports.refusal(port, "nobody") == ""
    assert "no user nobody-at-all" in ports.refusal(port, "nobody-at-all")


def test_everything_simulated_has_no_ports(tmp_path: Path) -> None:
    (found,) = ports.look(scene(tmp_path, configuration=build(tree_of(EXAMPLE))))
    assert found.state == "not needed"


def test_a_board_names_its_port_and_its_chips(tmp_path: Path) -> None:
    (found,) = ports.look(with_board(tmp_path, driver="openevse", port="/dev/chargepoint-test-port"))
    assert (found.state, found.code) == ("failed", "CP-531")
    put(tmp_path, "sys/bus/iio/devices/iio:device0/name", "2198000.adc\n")
    board = Named("evses[0].board", "boards", 1, {"driver": "openevse", "iio": "2198000.adc", "pwm": "20c000.pwm"})
    assert [(each.state, each.code) for each in chips._of(board, tmp_path)] == [("failed", "CP-531"), ("passed", "")]


# Processes


def process(proc: Path, pid: int, *words: str) -> None:
    put(proc, f"{pid}/cmdline", "\0".join(words) + "\0")
    put(proc, f"{pid}/status", "Name:\tpython3\nUid:\t0\t0\t0\t0\nVmRSS:\t  22528 kB\n")
    put(proc, f"{pid}/stat", f"{pid} (chargepoint (x)) S " + " ".join(["0"] * 18 + [str(100 * os.sysconf("SC_CLK_TCK"))]) + " 0")


def test_processes_are_known_by_their_command_line_and_state_directory(tmp_path: Path) -> None:
    put(tmp_path, "uptime", "160.0 99.0\n")
    state = tmp_path / "state"
    process(tmp_path, 10, "/usr/bin/python3", "-m", "chargepoint", "control", "--state-dir", str(state))
    process(tmp_path, 11, "/opt/chargepoint/current/bin/chargepoint", "station", f"--state-dir={state}")
    process(tmp_path, 12, "/opt/chargepoint/current/bin/chargepoint", "station", "--state-dir", "/elsewhere")
    process(tmp_path, 13, "vi", "chargepoint", "station.toml")
    process(tmp_path, 14, "/opt/chargepoint/current/bin/chargepoint", "control")
    found = list(running.running(state, tmp_path))
    assert [(each.verb, each.pid, each.age_s, each.memory_kib) for each in found] == [
        ("control", 10, 60.0, 22528),
        ("station", 11, 60.0, 22528),
    ]
    assert [each.pid for each in running.running(INSTALLED_STATE, tmp_path)] == [14]


def test_a_process_that_is_missing_or_there_twice_has_failed(tmp_path: Path) -> None:
    one = running.Running(verb="station", pid=1, uid=0, user="root", age_s=9.0, memory_kib=1024)
    start = scene(tmp_path, configuration=build(tree_of(EXAMPLE)), processes=(one, one), presence="unknown", ask_how="Try.")
    found = {each.name: each for each in processes.look(start)}
    assert (found["control"].state, found["control"].code) == ("failed", "CP-601")
    assert "runs 2 times" in found["station"].text
    assert (found["web"].state, found["asking"].remedy) == ("not needed", "Try.")


def test_a_station_is_absent_only_if_no_process_of_it_is_seen(tmp_path: Path) -> None:
    path = str(tmp_path / "inquiry")
    stranger = running.Running(verb="station", pid=1, uid=os.geteuid() + 1, user="x", age_s=9.0, memory_kib=1)
    assert presence_of(path, ()) == ("absent", "")
    assert presence_of(path, (stranger,))[0] == "unknown"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        assert presence_of(path, ()) == ("absent", "")  # nobody listens any more
        listening.listen()
        assert presence_of(path, ()) == ("answers", "")


# Files, disk, computer


def test_secrets_that_others_may_read_are_named(tmp_path: Path) -> None:
    start = survey(put(tmp_path, "station.toml", EXAMPLE.read_text()), tmp_path / "state")
    (tmp_path / "station.toml").chmod(0o644)
    (tmp_path / "state/control").mkdir(parents=True)
    (tmp_path / "state/control").chmod(0o755)
    put(tmp_path, "state/station/certificates/identity/a.key").chmod(0o644)
    text = "\n".join(each.text for each in files.look(start) if each.state == "warning")
    assert all(word in text for word in ("station.toml", "state/control", "a.key"))
    for path, mode in (
        ("station.toml", 0o640),
        ("state/control", 0o700),
        ("state/station", 0o700),
        ("state/station/certificates/identity/a.key", 0o600),
    ):
        (tmp_path / path).chmod(mode)
    assert {each.state for each in files.look(start)} == {"passed"}


@pytest.mark.parametrize(
    ("free", "files_free", "state"),
    [(0.5, 0.5, "passed"), (0.04, 0.5, "warning"), (0.5, 0.01, "warning"), (0.001, 0.5, "failed"), (0.5, 0.0, "failed")],
)
def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: float, files_free: float, state: str) -> None:
    blocks = 1 << 19  # 2 GiB of 4 KiB
    sizes = (4096, 4096, blocks, int(blocks * free), int(blocks * free), 1000, int(1000 * files_free), int(1000 * files_free), 0, 255)
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(sizes))
    found = next(iter(disk._room(tmp_path)))
    assert (found.state, found.code) == (state, "" if state == "passed" else "CP-605")


@pytest.mark.parametrize(
    ("life", "end", "state"), [("0x01 0x02", "0x01", "passed"), ("0x03 0x09", "0x01", "warning"), ("0x01 0x01", "0x02", "warning")]
)
def test_a_worn_memory_is_a_warning(tmp_path: Path, life: str, end: str, state: str) -> None:
    device = os.stat(tmp_path).st_dev
    put(tmp_path, "sys/devices/mmcblk0/device/life_time", f"{life}\n")
    put(tmp_path, "sys/devices/mmcblk0/device/pre_eol_info", f"{end}\n")
    (tmp_path / "sys/devices/mmcblk0/mmcblk0p2").mkdir()
    (tmp_path / "sys/dev/block").mkdir(parents=True)
    (tmp_path / f"sys/dev/block/{os.major(device)}:{os.minor(device)}").symlink_to(tmp_path / "sys/devices/mmcblk0/mmcblk0p2")
    assert [each.state for each in disk.wear(tmp_path, tmp_path)] == [state]


def test_the_kernels_words_are_sorted_by_what_they_concern() -> None:
    lines = tuple(kernel_log._told(b"3,1,5000000,-;mmcblk0: error -110 sending status command\n SUBSYSTEM=mmc\n"))
    assert lines == ("5.000000 mmcblk0: error -110 sending status command",)
    said = (
        "1 EXT4-fs error (device mmcblk0p2)",
        "2 Undervoltage detected!",
        "3 usb 1-1: USB disconnect",
        "4 EXT4-fs (sda1): mounted filesystem",
    )
    assert kernel_log.matching((*lines, *said), kernel_log.DISK) == [*lines, said[0]]
    assert kernel_log.matching(said, kernel_log.SUPPLY) == [said[1]]


def test_under_voltage_heat_and_want_of_memory_are_seen(tmp_path: Path) -> None:
    put(tmp_path, "sys/class/hwmon/hwmon0/name", "rpi_volt\n")
    alarm = put(tmp_path, "sys/class/hwmon/hwmon0/in0_lcrit_alarm", "0\n")
    heat = put(tmp_path, "sys/class/thermal/thermal_zone0/temp", "52500\n")
    memory = put(tmp_path, "proc/meminfo", "MemTotal: 512000 kB\nMemAvailable: 300000 kB\n")
    start = scene(tmp_path)
    assert states(computer.look(start)) == [("clock", "not needed", ""), *((name, "passed", "") for name in ("supply", "heat", "memory"))]
    alarm.write_text("1\n")
    heat.write_text("83000\n")
    memory.write_text("MemTotal: 512000 kB\nMemAvailable: 20000 kB\n")
    assert [state for _, state, _ in states(computer.look(start))] == ["not needed", "failed", "warning", "warning"]


@pytest.mark.parametrize(
    ("volts", "apart_s", "state"), [("3100000", 0, "passed"), ("2100000", 0, "warning"), ("3100000", 86_400, "warning")]
)
def test_a_clock_with_a_flat_battery_or_another_time_is_a_warning(tmp_path: Path, volts: str, apart_s: int, state: str) -> None:
    put(tmp_path, "sys/class/rtc/rtc0/battery_voltage", f"{volts}\n")
    put(tmp_path, "sys/class/rtc/rtc0/since_epoch", f"{int(stopwatch.now().timestamp()) - apart_s}\n")
    assert computer._clock(tmp_path).state == state


# What the station says


def fault(**more: Any) -> dict[str, Any]:
    return {"name": "rcd_tripped", "code": "CP-201", "info": "", "age_s": 5.0, "stops_charging": True, "technician": ("Look.",), **more}


def document(**more: Any) -> dict[str, Any]:
    ocpp = {"configured": True, "connected": True}
    evse = {"id": 1, "fault_details": [], "transaction": None}
    return {"link": True, "ocpp": ocpp, "messages": {"waiting": 0, "given_up": 0}, "fault_details": [], "evses": [evse], **more}


def standing_of(tmp_path: Path, **more: Any) -> dict[str, Finding]:
    return {each.name: each for each in standing.look(scene(tmp_path, document=document(**more)))}


def test_faults_messages_and_sessions_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    good = standing_of(tmp_path)
    assert {each.state for each in good.values()} == {"passed"}
    bad = standing_of(tmp_path, evses=[{"id": 1, "fault_details": [fault()], "transaction": "t-1"}], messages={"waiting": 3, "given_up": 1})
    assert (bad["faults"].state, bad["faults"].code, bad["faults"].remedy) == ("failed", "CP-201", "Look.")
    assert "EVSE 1: rcd_tripped, for 5 s" in bad["faults"].text
    assert "runs now at EVSE 1" in bad["last session"].text
    lost = standing_of(tmp_path, ocpp={"configured": True, "connected": False}, messages={"waiting": 3, "given_up": 0})
    assert (lost["messages"].state, "3 wait" in lost["messages"].text) == ("warning", True)


NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("vital", "days", "state"), [(True, 400, "passed"), (True, 29, "warning"), (True, -2, "failed"), (False, -2, "warning")]
)
def test_certificates_by_the_days_that_are_left(vital: bool, days: int, state: str) -> None:
    file = File("root for the CSMS", Path("csms.pem"), vital)
    found = validity.judged(file, "root", NOW - timedelta(days=900), NOW + timedelta(days=days, hours=1), NOW)
    assert found.state == state


def test_the_way_is_the_one_of_the_configuration(tmp_path: Path) -> None:
    up = way_of(scene(tmp_path, configuration=build(tree_of(EXAMPLE))))
    assert up is not None
    assert (up.url, up.host, up.port, up.at_home, up.with_tls) == ("ws://127.0.0.1:9000/cp001", "127.0.0.1", 9000, True, False)
    assert up.settings.access().password == "..."
    assert way_of(scene(tmp_path)) is None


def test_a_file_that_this_user_may_not_read_is_not_known_and_no_error_of_the_station(tmp_path: Path) -> None:
    start = scene(tmp_path, errors=("cannot be read: Permission denied; check the name and the file's permissions",))
    (found,) = configured.look(start)
    assert (found.state, found.code) == ("not known", "")
    assert "root" in found.remedy


def test_a_station_that_answers_runs_though_its_process_is_hidden(tmp_path: Path) -> None:
    start = scene(tmp_path, configuration=build(tree_of(EXAMPLE)), document=document(), presence="answers")
    assert {each.name: each.state for each in processes.look(start)} == {
        "control": "passed",
        "station": "passed",
        "web": "not needed",
        "link to control": "passed",
    }
