"""``chargepoint password``, as it is typed."""

import io
import os
import re
from pathlib import Path

import msgspec
import pytest

from chargepoint.cli.main import main
from chargepoint.web import passwords, setup_code
from chargepoint.web.accounts import Accounts

PASSWORD = "gravel umbrella 71 notebook"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", 4)


def typed(monkeypatch: pytest.MonkeyPatch, folder: Path, *argv: str, said: str = f"{PASSWORD}\n") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    return main(["password", *argv, "--state-dir", str(folder), "--config", str(folder / "none.toml")])


def test_the_setup_code_is_told_until_there_is_an_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, tmp_path, "--setup-code") == 0
    code = capsys.readouterr().out.strip()
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert typed(monkeypatch, tmp_path, "--setup-code") == 0
    assert capsys.readouterr().out.strip() == code
    assert typed(monkeypatch, tmp_path, "owner") == 0
    assert setup_code.read(tmp_path / "web") is None
    assert typed(monkeypatch, tmp_path, "--setup-code") == 1
    assert "there are accounts already (owner)" in capsys.readouterr().err


def test_passwords_are_set_and_reset_and_roles_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, tmp_path, "Boss") == 0
    assert typed(monkeypatch, tmp_path, "helper", "--expires", "24h") == 0
    assert "helper may come in as technician until 20" in capsys.readouterr().out
    assert typed(monkeypatch, tmp_path, "eyes", "--role", "viewer") == 0
    before = Accounts(tmp_path / "web").find("eyes")
    assert typed(monkeypatch, tmp_path, "eyes", said="teapot velvet 36 cathedral") == 0
    after = Accounts(tmp_path / "web").find("eyes")
    assert before is not None
    assert after is not None
    assert (after.role, after.stamp != before.stamp) == ("viewer", True)
    assert passwords.matches("teapot velvet 36 cathedral", after.password)
    assert typed(monkeypatch, tmp_path, "--remove", "eyes") == 0
    capsys.readouterr()
    assert typed(monkeypatch, tmp_path, "--list") == 0
    listed = capsys.readouterr().out
    assert re.fullmatch(r"boss +owner\nhelper +technician  until 20.* UTC\n", listed)
    lines = [msgspec.json.decode(line) for line in (tmp_path / "web" / "security.jsonl").read_bytes().splitlines()]
    assert [line["info"] for line in lines][-1] == "removed: eyes"
    assert PASSWORD not in (tmp_path / "web" / "security.jsonl").read_text()
    assert (tmp_path / "web" / "accounts.json").stat().st_uid == os.geteuid()


def test_a_look_at_the_accounts_makes_nothing_and_needs_rights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(monkeypatch, tmp_path / "none", "--list") == 0
    assert not (tmp_path / "none").exists()
    capsys.readouterr()
    (tmp_path / "web").mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)  # as for anybody but root
    assert typed(monkeypatch, tmp_path, "--list") == 1
    assert "web: this user may not look into it; run this as root" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "said", "status", "told"),
    [
        (["owner"], "short\n", 1, "expected at least 12"),
        (["owner"], "", 1, "expected at least 12"),
        (["ownerowner"], "ownerowner-ownerowner\n", 1, "too easy to guess"),
        (["Bad Name"], f"{PASSWORD}\n", 1, "expected a name"),
        (["boss", "--role", "owner", "--expires", "1h"], f"{PASSWORD}\n", 1, "does not end"),
        (["--remove", "nobody"], "", 1, "no such account"),
        ([], "", 2, "NAME: missing"),
        (["--remove"], "", 2, "NAME: missing"),
        (["x", "--list"], "", 2, "take no NAME"),
        (["--list", "--role", "owner"], "", 2, "only where a password is set"),
    ],
)
def test_what_cannot_be_is_said(
    argv: list[str],
    said: str,
    status: int,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed(monkeypatch, tmp_path, *argv, said=said) == status
    assert told in capsys.readouterr().err
    assert Accounts(tmp_path / "web").all() == ()


@pytest.mark.parametrize("lasts", ["73h", "0h", "1d", "h", "-1h", "99999999h", "4321m", "²h"])
def test_times_that_are_none_are_wrong_usage(lasts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as left:
        typed(monkeypatch, tmp_path, "helper", f"--expires={lasts}")
    assert left.value.code == 2
