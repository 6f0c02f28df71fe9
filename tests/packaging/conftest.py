"""What all tests of the package share: it is built once."""

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from deb.package import build
from deb.project import Project, project
from deb.target import Target
from tests.packaging import machine
from tests.packaging.refusing import refusing

NEWER = "99.0"


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
def package(ours: Project, debian: Future[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For a PC with Debian 12."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("needs dpkg-deb: Debian, or its package dpkg")
    return build(ours, Target(12, "amd64"), tmp_path_factory.mktemp("package"), "gzip")


@pytest.fixture(scope="session")
def newer(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, of a later version."""
    return build(project(NEWER), Target(12, "amd64"), tmp_path_factory.mktemp("newer"), "gzip")


@pytest.fixture(scope="session")
def choosy(newer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version later still, which accepts no configuration of today's."""
    return refusing(newer, tmp_path_factory.mktemp("choosy"))
