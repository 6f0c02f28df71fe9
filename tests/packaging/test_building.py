"""Both architectures, and the same package again."""

from pathlib import Path

import pytest

from deb.package import build
from deb.project import Project
from deb.target import Target
from tests.packaging import test_package as one
from tests.packaging.updates import Maker


@pytest.fixture(scope="module")
def foreign(ours: Project, package: Path, maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For a board."""
    return build(ours, Target(12, "arm64"), tmp_path_factory.mktemp("foreign"), "gzip", maker.trust)


def test_that_of_a_board_is_for_a_board(foreign: Path) -> None:
    one.test_every_library_is_for_its_architecture(foreign)
    one.test_nothing_in_it_tells_of_the_place_where_it_was_built(foreign)


def test_both_architectures_have_the_same_of_everything_else(package: Path, foreign: Path) -> None:
    def plain(package: Path) -> set[str]:
        return {name for name, path in one.files(package) if path.read_bytes()[:4] != b"\x7fELF" and not name.endswith((".pyc", "WHEEL"))}

    assert plain(package) == plain(foreign)


def test_the_same_again_is_the_same_file(ours: Project, package: Path, maker: Maker, tmp_path: Path) -> None:
    assert build(ours, Target(12, "amd64"), tmp_path, "gzip", maker.trust).read_bytes() == package.read_bytes()
