"""What all tests of the package share: it is built once, as a maker does it."""

import os
import shutil
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from deb.project import ROOT, Project, project
from tests.packaging import machine
from tests.packaging.updates import Maker
from tests.packaging.variants import broken, strict, variant


@pytest.fixture(scope="session")
def ours() -> Project:
    """This tree."""
    return project()


@pytest.fixture(scope="session")
def debian() -> Future[Path]:
    """A root directory of Debian's, in the making."""
    pool = ThreadPoolExecutor(1)
    made = pool.submit(machine.base)
    pool.shutdown(wait=False)
    return made


@pytest.fixture(scope="session")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Whose updates our stations take."""
    return Maker(tmp_path_factory.mktemp("maker"))


@pytest.fixture(scope="session")
def package(maker: Maker, debian: Future[Path]) -> Path:
    """For a PC with Debian 12, by ``make deb``."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("needs dpkg-deb: Debian, or its package dpkg")
    options = f"--arch amd64 --compression gzip --into {maker.folder} --trust {maker.trust}"
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(("make", "-C", ROOT, "deb", f"ARGS={options}"), capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    (made,) = maker.folder.glob("*.deb")
    assert str(made) in done.stdout
    return made


@pytest.fixture(scope="session")
def newer(package: Path) -> Path:
    """A later version."""
    return variant(package, "99.0")


@pytest.fixture(scope="session")
def lame(package: Path) -> Path:
    """A version later still, whose station ends at once."""
    return variant(package, "100.0", broken)


@pytest.fixture(scope="session")
def picky(package: Path) -> Path:
    """Another, which accepts no configuration of today's."""
    return strict(package, "101.0")
