"""Where the sockets are."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.cli.errors import CliError
from chargepoint.cli.paths import asked, inquiry, private_directory, sockets
from tests.domain.examples import configuration


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Short enough for the paths of sockets, in whatever process of several this runs."""
    with tempfile.TemporaryDirectory(prefix="cp-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def run_time_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run-time directory of the test's own."""
    directory = tmp_path / "run"
    directory.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(directory))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return directory


def test_every_verb_finds_the_same_private_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "state").mkdir()
    first = sockets(configuration(), tmp_path / "state")
    monkeypatch.chdir(tmp_path)
    assert sockets(configuration(), "state") == first
    assert stat.S_IMODE(os.stat(os.path.dirname(first.link)).st_mode) == 0o700
    assert len({first.link, first.sim, first.inquiry}) == 3


def test_two_state_directories_do_not_collide(tmp_path: Path) -> None:
    assert private_directory(tmp_path / "a") != private_directory(tmp_path / "b")


def test_a_verb_without_the_run_time_directory_in_its_environment_finds_what_another_has_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "nowhere"))
    made = private_directory(tmp_path / "state")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    assert private_directory(tmp_path / "state") == made


def test_the_configuration_names_other_places() -> None:
    known = configuration()
    other = type(known)(
        station=known.station,
        site=known.site,
        evses=known.evses,
        link=type(known.link)(socket="/run/charge/link"),
        hal=type(known.hal)(sim=type(known.hal.sim)(socket="/run/charge/sim")),
    )
    found = sockets(other, "/var/lib/chargepoint")
    assert (found.link, found.sim) == ("/run/charge/link", "/run/charge/sim")


def test_installed_they_are_where_the_package_has_made_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chargepoint.cli.paths.SHARED", str(tmp_path / "shared"))
    monkeypatch.setattr("chargepoint.cli.paths.INSTALLED_STATE", tmp_path / "state")
    assert private_directory(tmp_path / "state") == os.path.dirname(sockets(configuration(), tmp_path / "state").link), "no places"
    (tmp_path / "shared" / "station").mkdir(parents=True)
    found = sockets(configuration(), tmp_path / "state")
    assert (found.link, found.inquiry, found.inquiry_mode) == (
        f"{tmp_path}/shared/link",
        f"{tmp_path}/shared/station/inquiry",
        0o660,
    )
    assert inquiry(tmp_path / "state") == found.inquiry
    assert sockets(configuration(), tmp_path / "another").inquiry_mode == 0o600


def test_a_directory_that_others_can_enter_is_not_used(tmp_path: Path, run_time_directory: Path) -> None:
    made = private_directory(tmp_path / "state")
    os.chmod(made, 0o755)
    assert private_directory(tmp_path / "state") == str(tmp_path / os.path.basename(made))


def test_a_path_that_is_too_long_for_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr("chargepoint.cli.paths.SHARED", str(tmp_path / "nowhere"))
    with pytest.raises(
        CliError, match="too long; the path of a socket has at most 100 bytes, set XDG_RUNTIME_DIR or TMPDIR to a shorter one"
    ):
        private_directory(tmp_path / "state")


def test_whoever_only_asks_makes_no_directory_and_finds_the_one_of_the_station(tmp_path: Path, run_time_directory: Path) -> None:
    before = sorted(run_time_directory.iterdir())
    assert asked(tmp_path / "state").endswith("/inquiry")
    assert sorted(run_time_directory.iterdir()) == before
    assert asked(tmp_path / "state") == os.path.join(private_directory(tmp_path / "state"), "inquiry")
    os.chmod(private_directory(tmp_path / "state"), 0o755)
    with pytest.raises(CliError, match="open to others"):
        asked(tmp_path / "state")
