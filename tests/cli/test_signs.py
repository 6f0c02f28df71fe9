"""``chargepoint signs``."""

from pathlib import Path

import pytest

from chargepoint.cli import signs
from chargepoint.cli.configuration import read
from chargepoint.cli.main import main
from tests.web.signs.pdf_text import text

HERE = Path(__file__).with_name("example.toml")
PUBLIC = '\n[public]\nlabel = "XY-12"\nhelp_line = "+49 800 123"\nlanguages = ["de", "pl"]\n'


def station(folder: Path, more: str = PUBLIC) -> Path:
    file = folder / "station.toml"
    file.write_text(HERE.read_text() + more)
    return file


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
    assert main(["signs", "--config", str(config), "--output", str(tmp_path), "--evse", "1", "--language", "fr", "--language", "it"]) == 0
    assert "help_line is empty" in capsys.readouterr().out
    said = text((tmp_path / "sheet-1.pdf").read_bytes())
    assert ("Comment recharger" in said, "Come ricaricare" in said) == (True, True)


def test_what_cannot_be_done_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(station(tmp_path))
    assert main(["signs", "--config", config, "--evse", "9"]) == 2
    assert "--evse 9: unknown; there are 1" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["signs", "--config", config, "--output", str(tmp_path / "file")]) == 1
    assert "name a folder with --output" in capsys.readouterr().err
    for wrong in ("charge.example", "ftp://x/", "http://", "http://x/?a=b"):
        with pytest.raises(SystemExit) as left:
            main(["signs", "--config", config, "--address", wrong])
        assert left.value.code == 2


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ('[public]\nurl = "https://charge.example/q/"\n', "https://charge.example/q/"),
        ('[web]\ndriver_listen = "192.0.2.4:80"\n', "http://192.0.2.4/e/"),
        ('[web]\ndriver_listen = "192.0.2.4:8081"\n', "http://192.0.2.4:8081/e/"),
    ],
)
def test_the_address_is_that_of_the_configuration(more: str, address: str, tmp_path: Path) -> None:
    assert signs.address(read(station(tmp_path, "\n" + more)), None) == address


def test_else_it_is_a_name_of_this_machine_that_phones_find(tmp_path: Path) -> None:
    assert signs.address(read(station(tmp_path, '\n[web]\ndriver_listen = "[::]:8082"\n')), None).endswith(".local:8082/e/")
