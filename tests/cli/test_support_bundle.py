"""``chargepoint support-bundle``: what is in the file, and what is not."""

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.cli import doctor, support_bundle
from chargepoint.cli.bundle import archive, parts
from chargepoint.cli.checks import kernel_log
from chargepoint.cli.checks.scene import Scene
from chargepoint.cli.main import main
from chargepoint.inquiry.frames import Frames
from chargepoint.inquiry.history import Events
from chargepoint.inquiry.log import LogLines
from tests.cli.test_why import DOCUMENT

EXAMPLE = Path(__file__).with_name("example.toml")
SECRETS = ("n0-password-leaks", "n0-key-password-leaks", "04DEADBEEF77", "n0-url-secret-leaks", "n0-variable-leaks", "n0-unknown-leaks")
SPILT = f"event=x password={SECRETS[5]} url=ws://user:{SECRETS[3]}@csms said {SECRETS[0]} {SECRETS[1]} card {SECRETS[2]} {SECRETS[4]}"
"""What a careless program might have written anywhere."""
STATUS = {
    "ocpp": {"configured": False},
    "messages": {"waiting": 0, "given_up": 0},
    "fault_details": [],
    "reservations": [],
    "link": True,
    "id": SPILT,
    "evses": [],
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration full of secrets, and a computer whose kernel is careless."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(kernel_log, "lines", lambda _: (f"1.0 usb 1-1: {SPILT}",))
    monkeypatch.setattr(doctor, "every", _nothing)
    text = EXAMPLE.read_text().replace('basic_auth_password = "..."', f'basic_auth_password = "{SECRETS[0]}"')
    text = text.replace('key_password = "..."', f'key_password = "{SECRETS[1]}"').replace(
        "ws://127.0.0.1", f"ws://user:{SECRETS[3]}@127.0.0.1"
    )
    text = text.replace('free_id_tag = "free"', f'free_id_tag = "free"\ncards = ["{SECRETS[2]}"]')
    text += f'\n[[ocpp.variables]]\ncomponent = "SecurityCtrlr"\nvariable = "BasicAuthPassword"\nvalue = "{SECRETS[4]}"\n'
    file = tmp_path / "station.toml"
    file.write_text(text)
    return file


async def _nothing(_: object) -> Any:
    found: tuple[Any, ...] = ()
    for each in found:
        yield each


def answered(scene: Scene, answer: type, question: msgspec.Struct) -> Any:
    """A station that is as careless."""
    if answer is Events:
        return Events(lines=(), after=0)
    if answer is Frames:
        line = {
            "number": 1,
            "at": "x",
            "sent": True,
            "kind": "CALL",
            "size": 1,
            "text": f'[2,"1","Authorize",{{"idTag":"{SECRETS[5]}"}}] {SPILT}',
        }
        return msgspec.convert({"lines": [line], "after": 1}, Frames)
    return LogLines((SPILT,)) if answer is LogLines else None


def unpacked(file: Path) -> dict[str, str]:
    with tarfile.open(file) as opened:
        return {member.name.partition("/")[2]: opened.extractfile(member).read().decode() for member in opened}  # type: ignore[union-attr]


def test_no_secret_is_in_any_part_however_careless_its_source(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(support_bundle, "survey", lambda *_: Scene(config=config, state_dir=tmp_path, document={**DOCUMENT, **STATUS}))
    monkeypatch.setattr(Scene, "ask", answered)
    output = tmp_path / "b.tar.gz"
    assert main(["support-bundle", "--config", str(config), "--output", str(output)]) == 0
    found = unpacked(output)
    assert set(found) == {"README.txt", *(part.name for part in parts.PARTS)} - {"messages.json", "signals.json"}
    assert {secret: name for name, text in found.items() for secret in SECRETS if secret.lower() in text.lower()} == {}
    assert not any(secret.encode() in output.read_bytes() for secret in SECRETS)
    assert "event=x" in found["log.txt"]
    assert "usb 1-1" in found["kernel.txt"]
    assert "Authorize" in found["frames.jsonl"]
    assert output.stat().st_mode & 0o777 == 0o600
    assert "without messages.json, signals.json: the station does not answer that question" in capsys.readouterr().out
    assert "may be" in found["README.txt"]


def test_with_nothing_running_and_no_configuration_there_is_still_a_bundle_that_says_what_it_lacks(
    tmp_path: Path, config: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    arguments = ["support-bundle", "--config", str(tmp_path / "none.toml"), "--state-dir", str(tmp_path / "none"), "--output", "-"]
    assert main(arguments) == 0
    with tarfile.open(fileobj=io.BytesIO(capsysbinary.readouterr().out)) as opened:
        readme = next(opened.extractfile(each).read().decode() for each in opened if each.name.endswith("README.txt"))  # type: ignore[union-attr]
        assert {"doctor.json", "versions.json", "kernel.txt"} <= {each.name.partition("/")[2] for each in opened.getmembers()}
    assert "no station could be asked" in readme
    assert "cannot be read" in readme


def test_a_place_that_cannot_be_written_to_leaves_nothing_and_says_so(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "none" / "b.tar.gz"
    assert main(["support-bundle", "--config", str(config), "--state-dir", str(tmp_path), "--output", str(output)]) == 1
    assert "name a place that can be written to with --output" in capsys.readouterr().err
    assert list(tmp_path.glob("**/.b.tar.gz*")) == []


def test_a_long_part_is_cut_at_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    assert archive.bounded("0123456789") == "0123456789"
    assert archive.bounded("x" * 90 + "the end") == "... the beginning was left out: 97 bytes in all\nxxxthe end"


def test_a_clock_before_1970_makes_a_readable_archive(tmp_path: Path) -> None:
    archive.write(tmp_path / "b.tar.gz", "x", [(parts.PARTS[0], "text", "")], datetime(1960, 1, 1, tzinfo=UTC))
    assert unpacked(tmp_path / "b.tar.gz")["doctor.json"] == "text\n"
