"""``chargepoint signs``."""

import json
from pathlib import Path

import pytest

from chargepoint.cli import signs
from chargepoint.cli.configuration import read
from chargepoint.cli.main import main
from chargepoint.web.server import ADDRESSES
from tests.web.signs.pdf_text import text

HERE = Path(__file__).with_name("example.toml")
PUBLIC = '\n[public]\nlabel = "XY-12"\nhelp_line = "+49 800 123"\nlanguages = ["de", "pl"]\n'
AT = ("--address", "https://charge.example")
FRENCH = ("--language", "fr", "--language", "it")


def station(folder: Path, more: str = PUBLIC) -> Path:
    file = folder / "station.toml"
    file.write_text(HERE.read_text() + more)
    return file


def served(state_dir: Path, drivers: str) -> None:
    (state_dir / "web").mkdir()
    (state_dir / "web" / ADDRESSES).write_text(json.dumps({"technicians": "https://served.local/", "drivers": drivers or None}))


def test_every_evse_gets_a_sticker_and_a_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "signs"
    assert main(["signs", "--config", str(station(tmp_path)), "--output", str(out), "--address", "https://charge.example"]) == 0
    said = capsys.readouterr().out
    count = len(read(tmp_path / "station.toml").evses)
    assert {path.name for path in out.iterdir()} == {
        name for evse in range(1, count + 1) for name in (f"sticker-{evse}.svg", f"sticker-{evse}.pdf", f"sheet-{evse}.pdf")
    }
    assert "EVSE 1: https://charge.example/e/1\n" in said
    assert "Jak ładować" in text((out / "sheet-1.pdf").read_bytes())


def test_languages_and_evse_are_chosen_and_a_missing_help_line_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = station(tmp_path, "")
    assert main(["signs", "--config", str(config), "--output", str(tmp_path), *AT, "--evse", "1", *FRENCH]) == 0
    assert "help_line is empty" in capsys.readouterr().out
    said = text((tmp_path / "sheet-1.pdf").read_bytes())
    assert ("Comment recharger" in said, "Come ricaricare" in said) == (True, True)


def test_what_cannot_be_done_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(station(tmp_path))
    assert main(["signs", "--config", config, "--evse", "9"]) == 2
    assert "--evse 9: unknown; there are 1" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["signs", "--config", config, "--output", str(tmp_path / "file"), *AT]) == 1
    assert "name a folder with --output" in capsys.readouterr().err
    for wrong in ("charge.example", "ftp://x/", "http://", "http://x/?a=b"):
        with pytest.raises(SystemExit) as left:
            main(["signs", "--config", config, "--address", wrong])
        assert left.value.code == 2


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ('[public]\nurl = "https://charge.example/q/"\n[web]\ndriver_listen = "192.0.2.4:81"\n', "https://charge.example/q/"),
        ('[web]\ndriver_listen = "192.0.2.4:80"\n', "http://192.0.2.4/e/"),
        ('[web]\ndriver_listen = "192.0.2.4:8081"\n', "http://192.0.2.4:8081/e/"),
        ('[web]\ndriver_listen = "[2001:db8::4]:80"\n', "http://[2001:db8::4]/e/"),
        ("[web]\n", "http://served.local/e/"),
        ('[web]\ndriver_listen = "[::]:0"\n', "http://served.local/e/"),
    ],
)
def test_the_address_is_that_of_the_configuration_else_where_the_pages_are_served(more: str, address: str, tmp_path: Path) -> None:
    served(tmp_path, "http://served.local/")
    assert signs.address(read(station(tmp_path, "\n" + more)), tmp_path) == address


def test_a_machine_that_listens_everywhere_is_called_by_a_name_that_phones_find(tmp_path: Path) -> None:
    assert signs.address(read(station(tmp_path, '\n[web]\ndriver_listen = "[::]:8082"\n')), tmp_path).endswith(".local:8082/e/")
    assert signs.address(read(station(tmp_path, '\n[web]\ndriver_listen = "[::]:80"\n')), tmp_path).endswith(".local/e/")


@pytest.mark.parametrize(
    ("more", "drivers", "said"),
    [
        ("", "http://served.local/", "has no [web]"),
        ("\n[web]\n", None, "do not run, and web.driver_listen does not say"),
        ("\n[web]\n", "", "but none for drivers"),
    ],
)
def test_nothing_is_printed_where_nothing_says_where_drivers_find_their_pages(
    more: str, drivers: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if drivers is not None:
        served(tmp_path, drivers)
    out = tmp_path / "signs"
    assert main(["signs", "--config", str(station(tmp_path, more)), "--state-dir", str(tmp_path), "--output", str(out)]) == 1
    problem = capsys.readouterr().err
    assert said in problem
    assert "set public.url, or name the beginning with --address URL" in problem
    assert not out.exists()


def test_a_code_that_leads_every_phone_to_itself_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = station(tmp_path, '\n[web]\ndriver_listen = "127.0.0.1:8080"\n' + PUBLIC)
    assert main(["signs", "--config", str(config), "--output", str(tmp_path), "--evse", "1"]) == 0
    assert "no phone can open the code" in capsys.readouterr().out
