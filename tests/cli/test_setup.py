"""``chargepoint setup`` at a terminal of 80 columns: from nothing to a car that charges, through wrong answers and interruptions."""

import asyncio
import io
import os
import re
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.cli.configuration import read
from chargepoint.cli.main import main
from chargepoint.cli.setting_up import answers, looking, unattended, walk
from chargepoint.cli.setting_up.screen import Back, Screen
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.cli.wizard import wizard_ports
from chargepoint.inquiry.trial import Device, Sight, Try
from chargepoint.web.accounts import Accounts
from tests.cli.test_web import until
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


ANSWERS: dict[str, str] = {
    "account": f'password = "{PASSWORD}"',
    "station": 'id = "cp7"\nvendor = "Acme"\nmodel = "One"\nfuse_a = 32',
    "board": 'driver = "simulated"',
    "meter": 'driver = "simulated"',
    "socket": "max_current_a = 16",
    "access": 'who = "free"\ncards = ["04A1B2C3", "04A1B2C4"]',
    "csms": 'uses = "none"',
    "public": 'open = true\nhelp_line = "+44 20 7946 0000"\nlanguages = ["en", "de"]',
}


def installed(folder: Path, **changes: Any) -> int:
    """Its exit status. A table in another form names itself."""
    tables = {**ANSWERS, **changes}
    (folder / "answers.toml").write_text("\n".join(text if text.startswith("[") else f"[{name}]\n{text}" for name, text in tables.items()))
    return main(["setup", *options(folder), "--answers", str(folder / "answers.toml")])


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"station": "id = "}, 2, "not TOML"),
        ({"toaster": "slots = 2"}, 2, "toaster: unknown; expected tables station, board"),
        ({"site": "[[station]]\nid = 'x'", "station": "[access.x]"}, 2, "[station]"),
        ({"station": 'identity = "cp7"'}, 1, "Station and site: identity: unknown; expected one of evses, fuse_a"),
        ({"station": 'id = "cp7"\nvendor = "Acme"\nmodel = "One"'}, 1, "Station and site: site.fuse_a: missing"),
        ({"board": 'drive = "openevse"'}, 1, "Board of EVSE 1: driver: missing"),
        ({"board": 'driver = "toaster"'}, 1, "Board of EVSE 1: evses[0].board.driver"),
        ({"board": 'driver = "openevse"\nprot = "/dev/ttyUSB0"'}, 1, "Board of EVSE 1: prot: unknown; expected one of"),
        ({"board": 'driver = "openevse"'}, 1, "Board of EVSE 1: evses[0].board"),
        ({"station": ANSWERS["station"] + "\nevses = 2", "meter": '[[meter]]\ndriver = "simulated"'}, 1, "Meter of EVSE 2: not answered"),
        ({"socket": 'kind = "plug"\nmax_current_a = 16'}, 1, "Socket or cable of EVSE 1: kind: 'plug'; expected one of 'socket'"),
        ({"csms": 'url = "ws://x"\nprofile = 9'}, 1, "CSMS: profile: '9'; expected one of"),
        ({"csms": 'url = "http://x"\nprofile = 1'}, 1, "CSMS: ocpp."),
        ({"csms": 'url = "ws://127.0.0.1:1"\nprofile = 0', "board": ANSWERS["board"] + "\ntry = false"}, 1, "Meter of EVSE 1: "),
        ({"public": 'languages = ["xx"]'}, 1, "For drivers: languages: ['xx']"),
        ({"public": "open = 1"}, 1, "For drivers: open: 1; expected true or false"),
        ({"public": 'try = "no"'}, 1, "For drivers: try: 'no'"),
        ({"account": 'password = "short"'}, 1, "Owner of the pages: password: 5 characters"),
        ({"account": 'name = "boss"'}, 1, "Owner of the pages: password: missing"),
        ({}, 1, "Board of EVSE 1: "),
    ],
)
def test_an_installation_without_a_person_ends_at_the_first_step_that_fails(
    changes: dict[str, str], status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chargepoint.cli.setting_up.unattended.PATIENCE_S", 0.5)
    assert installed(tmp_path, **changes) == status
    assert said in capsys.readouterr().err
    assert not (tmp_path / "new.toml").exists()
    assert Accounts(tmp_path / "state" / "web").all() == ()


def test_an_installation_without_a_person_tries_everything_and_ends_with_a_station_that_runs(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text("\n".join(f"[{name}]\n{text}" for name, text in ANSWERS.items()))
    with bench(tmp_path), (tmp_path / "answers.toml").open() as given:
        told(tmp_path, r"set-up code: (\S+)")
        command = (sys.executable, "-m", "chargepoint", "setup", *options(tmp_path), "--answers", "-")
        ended = subprocess.run(command, stdin=given, capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stderr) == (0, ""), ended
        assert "Meter of EVSE 1: the meter answers, and what it says is plausible" in ended.stdout
        given.seek(0)
        again = subprocess.run(command, stdin=given, capture_output=True, text=True, check=False)
        assert (again.returncode, again.stderr) == (0, ""), again
        assert "Board of EVSE 1: as it was" in again.stdout
    after = read(tmp_path / "new.toml")
    assert (after.station.id, after.public.languages, after.authorization.cards) == ("cp7", ("en", "de"), ("04A1B2C3", "04A1B2C4"))


def test_the_example_of_the_documents_is_accepted(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", (Path(__file__).parents[2] / "docs" / "setup.md").read_text(), re.DOTALL)
    (tmp_path / "answers.toml").write_text(example[0].replace('"..."', f'"{PASSWORD}"'))
    tree = answers.read(str(tmp_path / "answers.toml"))
    sitting = Sitting(tmp_path / "new.toml", tmp_path / "state", wizard_ports(tmp_path / "new.toml", tmp_path / "state"), None)
    unattended.answer_all(sitting, tree)
    assert [each["meter"]["unit"] for each in sitting.tree()["evses"]] == [1, 2]
    assert "[[readers]]" in sitting.text()


class Scripted(Screen):
    """Nobody sits there: lines come from a list."""

    def __init__(self, lines: list[str]) -> None:
        from rich.console import Console

        self.shown = io.StringIO()
        super().__init__(Console(file=self.shown, width=80, highlight=False, emoji=False, markup=False))
        self.lines = lines

    def line(self, prompt: str, *, secret: bool = False) -> str:
        typed = self.lines.pop(0)
        self.console.file.write(f"  {prompt}> {typed}\n")
        if typed == "<":
            raise Back
        return typed


def test_what_is_found_is_offered_and_asked_for_no_further_than_need_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = (
        Device(kind="boards", driver="openevse", where="/dev/ttyUSB0", says="8.2.3", entries={"port": "/dev/ttyUSB0"}),
        Device(kind="meters", driver="sdm630", where="/dev/ttyUSB1, unit 3", says="SDM630", entries={"port": "/dev/ttyUSB1", "unit": 3}),
    )
    looks: list[str] = []

    async def attempt(asked: Try) -> AsyncGenerator[Sight, None]:
        looks.append(asked.what)
        yield (
            Sight(state="good", text="2 found", devices=found) if asked.what == "detect" else Sight(state="bad", text="a phase is missing")
        )

    async def all_of(begin: looking.Begin) -> list[Sight]:
        return [each async for each in begin()]

    monkeypatch.setattr(looking, "look", lambda screen, begin, **_: asyncio.run(all_of(begin))[-1])
    ports = msgspec.structs.replace(wizard_ports(tmp_path / "new.toml", tmp_path / "state"), attempt=attempt)
    screen = Scripted(["cp1", "", "Acme", "One", "", "1", "32", "3", "230", ""])  # the station
    screen.lines += ["y", "1", "", "n", "y", "3"]  # look; the one found; its port; nothing seldom; try; go on without
    screen.lines += ["1", "", "", "", "n", "n", "<"]  # the meter, found by the same look: port, baud, unit; not tried; back to it
    sitting = Sitting(tmp_path / "new.toml", tmp_path / "state", ports, screen)
    with pytest.raises(IndexError):
        walk.walk(sitting)
    assert looks == ["detect", "board"]
    assert {"driver": "openevse", "entry.port": "/dev/ttyUSB0"}.items() <= sitting.draft.of("board/1").items()
    assert {"driver": "sdm630", "entry.port": "/dev/ttyUSB1", "entry.unit": "3"}.items() <= sitting.draft.of("meter/1").items()
    assert "openevse at /dev/ttyUSB0" in screen.shown.getvalue()
    assert screen.shown.getvalue().count("Meter of EVSE 1") == 2
    tried = sitting.draft.trial("board/1")
    assert tried is not None
    assert (tried.good, tried.text) == (False, "a phase is missing")
