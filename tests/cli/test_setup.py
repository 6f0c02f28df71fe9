"""``chargepoint setup`` at a terminal of 80 columns: from nothing to a car that charges, through wrong answers and interruptions."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chargepoint.cli.configuration import read
from chargepoint.web.accounts import Accounts
from tests.cli.processes import until
from tests.cli.test_wizard import bench, done, told
from tests.cli.typist import Typist, plain, typist

PASSWORD = "gravel umbrella 71 notebook"
Said = tuple[str, str]
"""What the question says, and what is typed."""
OWNER: tuple[Said, ...] = (("Name", "Boss"), ("Password of boss", PASSWORD), ("once more", PASSWORD))
STEPS: Mapping[str, tuple[Said, ...]] = {
    "Step 1 of 8": (
        *(("Identity", "cp042"), ("Label", "XY-12"), ("Vendor", "Acme"), ("Model", "One"), ("Serial", "77"), ("How many EVSEs", "1")),
        *(("Fuse of the feed", "32"), ("Phases of the feed", "3"), ("Voltage", "230"), ("Type of grid", "TN-S")),
    ),
    "Step 2 of 8": (("Look for", "n"), ("Which board", "simulated"), ("this one", "y"), ("Try it now", "n")),
    "Step 3 of 8": (("Look for", "n"), ("Which meter", "simulated"), ("this one", "y"), ("Try it now", "n")),
    "Step 4 of 8": (("driver plug in", "1"), ("Maximum current", "16"), ("Failsafe", "6"), ("Phases", "3")),
    "Step 5 of 8": (("Who may charge", "2"), ("Look for", "n"), ("Which card reader", "1"), ("Cards that", "04A1B2C3 04A1B2C4")),
    "Step 6 of 8": (("Is there a CSMS", "2"),),
    "Step 7 of 8": (("Strangers", "y"), ("Operator", "Acme"), ("Help line", "+44 20 7946 0000"), ("stands", ""), ("Languages", "en de")),
}
NOBODY: tuple[Said, ...] = (
    *(("Address", "ws://127.0.0.1:1"), ("OCPP version", ""), ("Security profile", "0"), ("Try it now", "")),
    (r"BAD\s+tcp[\s\S]*CP-711[\s\S]*Compare\s+host[\s\S]*What now", "change"),
)
"""A CSMS that is not there: the rung that fails, with its remedy."""
WITH_READER: Mapping[str, tuple[Said, ...]] = {
    **STEPS,
    "Step 5 of 8": (
        *(("Who may charge", "2"), ("Look for", "n"), ("Which card reader", "simulated"), ("this one", "y")),
        *(("Cards that", "04A1B2C3 04A1B2C4"), ("Try it now", "y")),
    ),
}
WRONG: Mapping[str, tuple[Said, ...]] = {
    "Name": (("Name", "No body"), ("Password", PASSWORD), ("once more", PASSWORD)),
    "Password of boss": (("Password", "short"), ("Name", "boss")),
    "once more": (("once more", "something else 36 cathedral"), ("Name", "boss"), ("Password", PASSWORD)),
    "Identity": (("Identity", "-"), ("Identity", "?"), ("", "a/b" * 20)),
    "Vendor": (("Vendor", ""), ("Vendor", "x" * 60)),
    "Model": (("Model", "a model with a name that is too long"),),
    "Serial": (("Serial", "7" * 30),),
    "How many EVSEs": (("How many", "9"), ("", "many"), ("", "?")),
    "Fuse of the feed": (("Fuse", "much"), ("Fuse", "-5"), ("Fuse", "<"), ("How many", "")),
    "Phases of the feed": (("Phases", "2"),),
    "Voltage": (("Voltage", "12"),),
    "Which board": (("Which board", "99"), ("", "? 1"), ("", "? openevse"), ("", "openevse contr"), ("Is it this one", "maybe"), ("", "<")),
    "Which meter": (("Which meter", ""), ("", "toaster")),
    "driver plug in": (("plug in", "5"),),
    "Maximum current": (("Maximum", ""), ("Maximum", "100"), ("Maximum", "1 6")),
    "Failsafe": (("Failsafe", "3"),),
    "Which card reader": (("Which card reader", "0"),),
    "Cards that": (("Cards", "1" * 50),),
    "Is there a CSMS": (("Is there", "perhaps"), ("", "1"), ("Address", ""), ("Address", "http://nowhere"), *NOBODY),
    "Strangers": (("Strangers", "two"),),
    "Help line": (("Help line", "call us"),),
    "Languages": (("Languages", "en xx"), ("Languages", "-")),
}
"""Before the right one is typed."""


def options(folder: Path) -> tuple[str, ...]:
    return ("--config", str(folder / "new.toml"), "--state-dir", str(folder / "state"))


def trials(folder: Path) -> Iterator[str]:
    """Command lines of those that still run."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "\0trial\0" in command and str(folder) in command:
            yield command


def test_from_an_empty_directory_to_a_car_that_charges_past_every_wrong_answer(tmp_path: Path) -> None:
    with bench(tmp_path):
        world = told(tmp_path, r"simulated boards until then: (\S+)/v1/world")
        with typist("setup", *options(tmp_path)) as person:
            for question, line in (*OWNER, *(each for said in WITH_READER.values() for each in said)):
                wrong = WRONG.get(question, ())
                for before in wrong:
                    person.answer(*before)
                if question == "Try it now":
                    person.answer(question, "y")
                    if "reader is there" in person.until("Good: the (board|meter) answers|the reader is there"):
                        done(f"{world}/v1/rfid", {"token": "04A1B2C3"})
                    seen = person.until("Good: the (board|meter|reader)")
                    assert re.search(r"\+12\.00 V|230\.0 / 230\.0|\*\*\*B2C3", seen)
                    person.type("")
                else:
                    person.answer("" if wrong else question, line)
            seen = person.answer("What now", "show")
            assert "good: the board answers" in " ".join(seen.split())
            assert "not tried" not in seen
            assert "grid: TN-S" in person.prompt("What now")
            assert not (tmp_path / "new.toml").exists()
            person.type("1")
            assert person.ended() == 0, person.seen
            assert "Control and station are running with it." in person.seen
            assert "status --watch" in person.seen
            assert PASSWORD not in person.said
            drawn = re.sub(r"\r|\x1b\[\d*[A-K]", "\n", person.said)  # what is drawn in place begins anew
        assert [line for line in plain(drawn).splitlines() if len(line.rstrip()) > 80 and str(tmp_path) not in line] == []
        url = told(tmp_path, r"bench of cp042: (\S+)/ for people")
        until(lambda: done(f"{url}/v1/state")["ready"])
        done(f"{url}/v1/evses/1/ev/plug", {"current_a": 16, "phases": 3})
        until(lambda: done(f"{url}/v1/state")["evses"][0]["meter"]["power_w"] > 0)
    assert [account.name for account in Accounts(tmp_path / "state" / "web").all()] == ["boss"]
    assert os.stat(tmp_path / "new.toml").st_mode & 0o007 == 0
    assert not (tmp_path / "state" / "web" / "setup.json").exists(), "what was typed is in the file now"
    assert "Traceback" not in (tmp_path / "log").read_text()


def interrupted(person: Typist) -> None:
    person.interrupt()
    assert person.ended() == 1
    assert "Nothing was written" in person.seen
    assert "to go on:\n  chargepoint setup --config" in person.seen
    assert "Traceback" not in person.seen


def test_whoever_is_interrupted_at_any_step_goes_on_where_he_was(tmp_path: Path) -> None:
    with typist("setup", *options(tmp_path)) as person:
        person.prompt("Name")
        interrupted(person)
    earlier: tuple[Said, ...] = OWNER
    for heading, said in STEPS.items():
        with typist("setup", *options(tmp_path), environment={"TERM": "dumb"}) as person:
            for question, line in earlier:
                person.answer(question, line)
            seen = person.answer(said[0][0], said[0][1])
            assert heading in seen
            assert "\x1b" not in person.said, "nothing but text for a dumb terminal"
            if len(said) > 1:
                person.prompt(said[1][0])
            else:
                person.prompt("Step 7")
            interrupted(person)
        earlier = said if len(said) > 1 else ()
        assert not (tmp_path / "new.toml").exists()
    with typist("setup", *options(tmp_path), environment={"NO_COLOR": "1"}) as person:
        for question, _ in STEPS["Step 7 of 8"]:
            seen = person.answer(question, "en de" if question == "Languages" else "+44 20 7946 0000" if question == "Help line" else "")
            assert question != "Operator" or "Who runs this station" in seen
        summary = person.prompt("What now")
        assert "not tried: passed over without a test" in " ".join(summary.split())
        assert re.search(r"\x1b\[[0-9;]*3[0-7]m", person.said) is None, "no colours"
        person.type("board/1")
        person.answer("Look for", "n")
        assert "[11] >" in person.answer("Which board")
        person.answer("Try it now|once more", "y")
        person.until(r"needs\s+the\s+bench\s+beneath")
        interrupted(person)
    until(lambda: not list(trials(tmp_path)))


def test_the_end_of_input_is_a_way_to_leave_and_no_terminal_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with typist("setup", *options(tmp_path)) as person:
        person.answer("Name", "boss")
        person.prompt("Password")
        person.press("\x04")
        assert person.ended() == 1
        assert "to go on" in person.seen
    command = (sys.executable, "-m", "chargepoint", "setup", *options(tmp_path))
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (ended.returncode, "use --answers FILE" in ended.stderr) == (2, True)


THERE = """
[station]
id = "cp001"
vendor = "Acme"
model = "One"
after_power_loss = "end"

[site]
fuse_a = 63

[[evses]]
id = 1
max_current_a = 32
ventilation = true
connectors = [ { id = 1, type = "cType2", cable = "fixed" } ]

[ocpp]
version = "1.6"
csms_url = "ws://127.0.0.1:1/x"
[ocpp.keys]
MeterValueSampleInterval = "60"

[hal]
backend = "sim"
"""


def test_what_is_there_is_offered_and_what_nobody_asks_for_stays(tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(THERE)
    with typist("setup", *options(tmp_path)) as person:
        for question, line in OWNER:
            person.answer(question, line)
        assert "as it was" in person.prompt("What now")
        person.type("station")
        assert "[cp001]" in person.answer("Identity", "cp009")
        for question in ("Label", "Vendor", "Model", "Serial", "How many", "Fuse", "Phases", "Voltage", "grid"):
            person.answer(question)
        assert "CSMS" in person.answer("Try it now", "n"), "another station to the CSMS"
        assert "good" in person.answer("What now", "1")
        person.until("Control and station start")
        person.interrupt()
        assert person.ended() == 1
        assert "is written, and nobody sees whether they come up" in " ".join(person.seen.split())
    with typist("setup", *options(tmp_path)) as person:
        assert "Going on with" not in person.prompt("What now"), "answers to another configuration"
        person.type("station")
        assert "[cp009]" in person.prompt("Identity")
    after = read(tmp_path / "new.toml")
    assert (after.station.id, after.station.after_power_loss, after.evses[0].ventilation) == ("cp009", "end", True)
    assert after.ocpp.keys == {"MeterValueSampleInterval": "60"}
    assert (tmp_path / "new.toml.previous").read_text() == THERE
