"""A file of answers: what is wrong with one is told before anything is tried; a good one ends with a station that runs."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli.configuration import read
from chargepoint.cli.main import main
from chargepoint.cli.setting_up import answers, unattended
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.cli.wizard import wizard_ports
from chargepoint.web.accounts import Accounts
from tests.cli.test_setup import PASSWORD, options
from tests.cli.test_wizard import bench, told
from tests.pki.authority import Authority

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
        (
            {"csms": 'url = "wss://x"\npassword = "long enough to be good"\nroot = "nothing.pem"'},
            1,
            "CSMS: root: nothing.pem: no such file",
        ),
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
        ended = subprocess.run(command, stdin=given, capture_output=True, text=True, check=False, umask=0o077)
        assert (ended.returncode, ended.stderr) == (0, ""), ended
        assert os.stat(tmp_path / "new.toml").st_mode & 0o777 == 0o640, "control and station have to read it"
        assert "Meter of EVSE 1: the meter answers, and what it says is plausible" in ended.stdout
        given.seek(0)
        again = subprocess.run(command, stdin=given, capture_output=True, text=True, check=False)
        assert (again.returncode, again.stderr) == (0, ""), again
        assert "Board of EVSE 1: as it was" in again.stdout
    after = read(tmp_path / "new.toml")
    assert (after.station.id, after.public.languages, after.authorization.cards) == ("cp7", ("en", "de"), ("04A1B2C3", "04A1B2C4"))


def test_the_example_of_the_documents_is_accepted(tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", (Path(__file__).parents[3] / "docs" / "setup.md").read_text(), re.DOTALL)
    (tmp_path / "answers.toml").write_text(example[0].replace('"..."', f'"{PASSWORD}"'))
    tree = answers.read(str(tmp_path / "answers.toml"))
    sitting = Sitting(tmp_path / "new.toml", tmp_path / "state", wizard_ports(tmp_path / "new.toml", tmp_path / "state"), None)
    unattended.answer_all(sitting, tree)
    assert [each["meter"]["unit"] for each in sitting.tree()["evses"]] == [1, 2]
    assert "[[readers]]" in sitting.text()


def test_a_root_of_the_csms_s_own_is_copied_to_where_the_station_reads_it(tmp_path: Path) -> None:
    root = Authority("Acme root")
    (tmp_path / "given.pem").write_text(root.pem)
    kept = []
    for given in (f'"{tmp_path / "given.pem"}"', f"'''{root.pem}'''"):
        csms = f'url = "wss://x"\npassword = "long enough to be good"\nroot = {given}'
        (tmp_path / "answers.toml").write_text("\n".join(f"[{name}]\n{text}" for name, text in {**ANSWERS, "csms": csms}.items()))
        sitting = Sitting(tmp_path / "new.toml", tmp_path / "state", wizard_ports(tmp_path / "new.toml", tmp_path / "state"), None)
        unattended.answer_all(sitting, answers.read(str(tmp_path / "answers.toml")))
        kept.append(sitting.tree()["security"])
    assert kept[0] == kept[1]
    assert kept[0]["system_trust"] is False
    assert Path(kept[0]["trust"]["csms"]).read_text() == root.pem
    assert Path(kept[0]["trust"]["csms"]).parent == tmp_path / "certificates"
