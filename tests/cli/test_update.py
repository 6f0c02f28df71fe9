"""``chargepoint update`` and ``versions`` with a real updater that installs nothing; what it cannot show here, with a played one."""

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from threading import Thread

import pytest
from msgspec.structs import replace

from chargepoint.cli import update as verb
from chargepoint.cli.main import main
from chargepoint.cli.paths import updater as place
from chargepoint.cli.update_story import line
from chargepoint.cli.updating import ByUpdater
from chargepoint.cli.versions import look, shown
from chargepoint.station.installers import Installed
from chargepoint.update.client import UpdaterError, inquire
from chargepoint.update.messages import Cancel, Install, LookForSticks, Offered, Phase, See, State, TakeBack
from tests.cli.updaters import STATE, UPDATE, PlayedUpdater, in_phase
from tests.update.bundles import MAKER, bundle, written
from tests.waiting import until

PROGRAM = """
import sys
from chargepoint.update import proving
proving.STEADY_S = 0.2
from chargepoint.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
OWN = version("chargepoint")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("SUDO_USER", "anna")
    monkeypatch.setattr(verb, "LOOK_S", 0.05)
    return tmp_path / "state"


@pytest.fixture
def real(tmp_path: Path, state: Path) -> Iterator[str]:
    """The socket of a real one."""
    trust = written(tmp_path, MAKER.pem.encode(), "trust.pem")
    options = ["updater", "--installer", "dry-run", "--state-dir", state, "--trust", trust, "--config", tmp_path / "none.toml"]
    with subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, options)]) as process:
        try:
            until(lambda: process.poll() is not None or answers(place(state)), "an answer")
            assert process.poll() is None
            yield place(state)
        finally:
            process.kill()


def answers(path: str) -> bool:
    try:
        asyncio.run(inquire(path, State, See()))
    except UpdaterError:
        return False
    return True


def run(state: Path, *words: object) -> int:
    return main(["update", *map(str, words), "--state-dir", str(state)])


def test_a_file_is_installed_shown_taken_back_and_refused(
    tmp_path: Path, state: Path, real: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = written(tmp_path, bundle(version="2.0", notes="Sooner.\nBetter."))
    assert run(state, good) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == ["looking at the bundle", f"update to 2.0, in the place of {OWN}", "what is new:", "  Sooner."]
    assert lines[-1].startswith("done: it runs, and works")
    assert run(state) == 0
    assert f"software 2.0; before it {OWN}, which is kept" in capsys.readouterr().out
    assert run(state, written(tmp_path, bundle(version="1.0"), "old.cpb")) == 1
    assert "refused (CP-822): " in capsys.readouterr().out
    assert run(state, written(tmp_path, bundle(version="1.0"), "old.cpb"), "--older") == 0
    assert run(state, "--back") == 0
    assert "taken back: the version before runs again (CP-829): anna wants version 2.0 again" in capsys.readouterr().out
    content = bytearray(good.read_bytes())
    content[600] ^= 1
    assert run(state, written(tmp_path, bytes(content), "forged.cpb")) == 1
    assert "refused (CP-8" in capsys.readouterr().out
    assert run(state, "--cancel") == 1
    assert "refused: it is taken-back" in capsys.readouterr().out


def test_an_address_is_fetched_first_and_nothing_of_it_stays(
    tmp_path: Path, state: Path, real: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "served").mkdir()
    written(tmp_path / "served", bundle(version="2.0"))
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        assert run(state, f"http://me:secret@{address}/update.cpb", "--json") == 0
        told = capsys.readouterr()
        assert json.loads(told.out)["update"]["phase"] == "done"
        assert f"fetching http://{address}/update.cpb" in told.err
        assert "secret" not in told.out + told.err.replace("/update.cpb HTTP", "")
        assert run(state, f"http://{address}/missing.cpb") == 1
        assert "could not be fetched (CP-825)" in capsys.readouterr().err
        server.shutdown()


def test_the_station_hands_a_file_over_and_asks_again_after_its_restart(tmp_path: Path, real: str) -> None:
    content = bundle(version="2.0")
    path, sha256 = written(tmp_path, content), hashlib.sha256(content).hexdigest()
    assert asyncio.run(ByUpdater(real).install(path, sha256, False)) is Installed.RUNS
    assert asyncio.run(ByUpdater(real).install(path, sha256, True)) is Installed.RUNS
    assert asyncio.run(ByUpdater(real).install(written(tmp_path, b"x" * 9999, "bad"), "00", False)) in (
        Installed.NOT_VERIFIED,
        Installed.FAILED,
    )
    last = asyncio.run(ByUpdater(real).last())
    assert not isinstance(last, str)
    assert last is not None
    assert (last.end, last.version, last.before, last.from_csms) == ("installed", "2.0", OWN, True)


def test_wrong_usage_is_2_and_nobody_there_is_1(tmp_path: Path, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(state, tmp_path / "missing.cpb") == 2
    assert "No such file or directory; expected a bundle (.cpb), or its address" in capsys.readouterr().err
    assert run(state, "--older") == 2
    with pytest.raises(SystemExit) as ended:
        run(state, "--usb", "--back")
    assert ended.value.code == 2
    assert run(state) == 1
    assert "no updater is at" in capsys.readouterr().err
    assert run(state, "--cancel") == 1


async def _played(updater: PlayedUpdater, state: Path, *words: str) -> int:
    async with updater.listening(Path(place(state))):
        return await asyncio.to_thread(run, state, *words)


def test_sticks_are_looked_at_and_what_is_found_is_installed(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    went = [replace(STATE, update=in_phase(phase)) for phase in (Phase.WAITING, Phase.INSTALLING, Phase.TAKING_BACK)]
    updater = PlayedUpdater(*went, replace(STATE, update=in_phase(Phase.TAKEN_BACK, code="CP-829", text="control is not heard")))
    updater.answers[Install] = Offered(accepted=True, update=in_phase(Phase.WAITING))
    assert asyncio.run(_played(updater, state, "--usb")) == 1
    assert updater.asked == [LookForSticks(by="anna"), Install(id=UPDATE.id)]
    assert capsys.readouterr().out.splitlines()[-4:] == [
        "waiting until nobody charges",
        "installing",
        "putting the version before back",
        "taken back: the version before runs again (CP-829): control is not heard",
    ]


def test_back_and_cancel_are_said_in_the_name_of_who_runs_it(state: Path) -> None:
    updater = PlayedUpdater(replace(STATE, update=in_phase(Phase.WAITING)))
    updater.answers[Cancel] = Offered(accepted=True, update=in_phase(Phase.CANCELLED))
    assert asyncio.run(_played(updater, state, "--cancel")) == 0
    updater.answers[TakeBack] = Offered(accepted=False, text="no version before is kept here")
    assert asyncio.run(_played(updater, state, "--back")) == 1
    assert updater.asked == [Cancel(id=UPDATE.id), TakeBack(by="anna")]


@pytest.mark.parametrize(("phase", "said"), [(Phase.WAITING, verb.GOES_ON), (None, verb.NOT_BEGUN)])
def test_whoever_interrupts_is_told_whether_it_goes_on(
    phase: Phase | None, said: str, state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C while a bundle is fetched, and while an update is followed."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    updater = PlayedUpdater(replace(STATE, update=in_phase(phase or Phase.DONE)))
    monkeypatch.setattr(verb, "fetch", interrupted)
    monkeypatch.setattr(asyncio, "sleep", interrupted)
    assert asyncio.run(_played(updater, state, *(["http://h/a.cpb"] if phase is None else []))) == 1
    assert capsys.readouterr().err.rstrip().endswith(said)


def test_a_failure_says_whether_what_ran_before_goes_on() -> None:
    assert line(in_phase(Phase.FAILED, code="CP-827", text="site.fuse_a")) == "not installed; what ran before goes on (CP-827): site.fuse_a"
    assert line(in_phase(Phase.FAILED, code="CP-832", text="why")) == "failed, and there is no way back by itself (CP-832): why"


def test_versions_of_every_part_are_shown_and_who_is_silent_is_named(tmp_path: Path, state: Path) -> None:
    from datetime import date

    async def seen() -> list[str]:
        async with PlayedUpdater().listening(tmp_path / "u") as path:
            return list(shown(await look(str(tmp_path / "nobody"), path, date(2029, 12, 1), "/usr/share/sbom")))

    lines = asyncio.run(seen())
    assert lines[:3] == [f"this program      {OWN}", "operating system  Debian 12", "kernel            6.1.0"]
    assert "kept              0.0.9  (chargepoint update --back)" in lines
    assert "support           Support ends on 2030-01-31, in 2 months. Ask the maker for a newer version before that." in lines
    assert "contents          /usr/share/sbom" in lines
    assert lines[-1].startswith("no station answers at")
    assert main(["versions", "--json", "--state-dir", str(state)]) == 0
