"""``chargepoint commissioning-report``: of a station that nobody can ask, with a self-test that was kept."""

import json
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes

from chargepoint.cli import digest, rows, station_facts
from chargepoint.cli.main import main
from chargepoint.cli.selftest import NAME, row_of, summary
from chargepoint.commissioning.steps import Record, Step, merged
from chargepoint.domain import fingerprints
from chargepoint.pki import certificates
from tests.commissioning.site import CONFIGURATION
from tests.pki.authority import Authority
from tests.web.signs.pdf_text import text

pytestmark = pytest.mark.usefixtures("apart")

HERE = Path(__file__).with_name("example.toml")
FAILED = Step(evse=1, name="rcd", title="RCM", outcome="failed", text="did not trip", remedy="Replace it.", code="CP-202")
STEPS = (Step(evse=1, name="board", title="Board heard", outcome="passed", text="heard"), FAILED)


def line(folder: Path, *words: str) -> list[str]:
    """A whole command line, with a self-test that was kept."""
    kept = folder / "tested.json"
    kept.write_bytes(msgspec.json.encode(Record(at="2026-11-23T10:00:00+00:00", by="anna", steps=STEPS)))
    own = ["--config", str(HERE), "--state-dir", str(folder / "state"), "--selftest", str(kept)]
    return ["commissioning-report", *own, *words]


def test_the_template_filled_in_becomes_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line(tmp_path, "--template")) == 0
    tree = json.loads(capsys.readouterr().out)
    assert tree["evses"]["1"]["loop_ohm"] == "Ω"
    tree["supply"] = {"earthing": "TN-S", "main_fuse_a": 63, "rcd_type": None}
    tree["evses"]["1"] = {"loop_ohm": 0.62, "insulation_mohm": ">500", "trip_ms": "410"}
    tree["person"] = {"name": "E. Meter"}
    (tmp_path / "measured.json").write_text(json.dumps(tree | {"evses": {"1": tree["evses"]["1"]}}))
    for name in ("report.pdf", "report.html"):
        assert main(line(tmp_path, "--measured", str(tmp_path / "measured.json"), "--out", str(tmp_path / name))) == 0
        told = capsys.readouterr()
        assert told.out == f"{tmp_path / name}: Self-test: 1 FAILED, 1 passed.\n"
        assert "RCD trips within: 410 ms: usual are up to 300 ms" in told.err
    page, paper = (tmp_path / "report.html").read_text(), text((tmp_path / "report.pdf").read_bytes())
    for said in ("0.62", "E. Meter", digest.of(HERE), "did not trip"):
        assert said in page
        assert said in paper


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"supply": {"main_fuse_a": "many"}}, "'many' is no number"),
        ({"supply": {"colour": "red"}}, "supply.colour: unknown"),
        ({"evses": {"99": {"loop_ohm": 1}}}, "evses.99.loop_ohm: unknown"),
        ({"roof": {}}, "--template shows what is expected"),
        ([1], "Expected `object`"),
    ],
)
def test_what_cannot_be_taken_is_named(tree: object, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "measured.json").write_text(json.dumps(tree))
    assert main(line(tmp_path, "--measured", str(tmp_path / "measured.json"), "--out", str(tmp_path / "r.pdf"))) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "r.pdf").exists()


def test_the_template_as_it_is_gets_one_line_for_each_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line(tmp_path, "--template")) == 0
    (tmp_path / "measured.json").write_text(capsys.readouterr().out)
    assert main(line(tmp_path, "--measured", str(tmp_path / "measured.json"), "--out", str(tmp_path / "r.pdf"))) == 2
    first, *rest = capsys.readouterr().err.splitlines()
    assert first.endswith(f"measured.json: {len(rest)} errors")
    assert "  evses.1.loop_ohm: EVSE 1: Loop impedance L-PE: 'Ω' is no number; expected one in Ω" in rest
    assert len(rest) > 10
    assert all(each.startswith("  ") for each in rest)


def test_wrong_names_are_wrong_usage_and_a_place_that_cannot_be_written_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line(tmp_path)) == main(line(tmp_path, "--out", "report.doc")) == 2
    assert "expected FILE.pdf or FILE.html" in capsys.readouterr().err
    assert main(line(tmp_path, "--out", str(tmp_path / "none" / "r.html"))) == 1
    assert main(line(tmp_path, "--out", "r.html", "--measured", str(tmp_path / "none.json"))) == 2


def test_fingerprints_are_those_of_every_certificate_of_a_file(tmp_path: Path) -> None:
    certificate = Authority().certificate
    digest = certificate.fingerprint(hashes.SHA256()).hex()
    assert fingerprints.of_pem(2 * certificates.pem([certificate])) == (digest, digest)
    folder = tmp_path / "state" / "station" / "certificates"
    folder.mkdir(parents=True)
    (folder / "csms.pem").write_text(certificates.pem([certificate]))
    (folder / "mo.pem").write_text(f"{fingerprints.BEGIN}?{fingerprints.END}")
    (tmp_path / "station.toml").write_text(CONFIGURATION)
    told = dict(station_facts.facts(tmp_path / "station.toml", tmp_path / "state").certificates)
    assert told["Root for the CSMS (csms.pem)"] == digest
    assert told["MO root (mo.pem)"].startswith("cannot be read: a certificate is not base64")


def test_a_step_is_told_with_its_mark_and_the_first_failure_is_where_to_begin() -> None:
    shown = list(rows.shown(row_of(FAILED), NAME, True))
    assert shown == ["EVSE 1", f"  FAIL  {'RCM':<24} did not trip [CP-202]", f"  {'':<4}  {'':<24} -> Replace it."]
    assert summary(STEPS) == "1 FAILED, 1 passed. Begin with: EVSE 1, RCM [CP-202]."


def test_what_a_guided_test_saw_is_not_unseen_by_one_that_only_looks() -> None:
    guided = Step(evse=1, name="closing", title="Contactor closes", outcome="passed", text="after 0.8 s")
    looked = Step(evse=1, name="closing", title="Contactor closes", outcome="by_hand", text="go through the guided test")
    broken = Step(evse=1, name="closing", title="Contactor closes", outcome="failed", text="does not")
    assert merged((guided,), (looked,)) == (guided,)
    assert merged((guided,), (broken,)) == (broken,)
    assert merged((broken,), (looked,)) == (looked,)
