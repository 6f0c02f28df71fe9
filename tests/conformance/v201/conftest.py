"""How the 2.0.1 cases are run: with the station that stands ready, or with one of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.playing import Player
from tests.conformance.standing import Alone, Shared, Standing
from tests.conformance.v201.cases import Case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.putting_back import put_back


@pytest.fixture(scope="package")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing[Lab]]:
    standing = Standing(lambda: Lab(tmp_path_factory.mktemp("station")), Lab.open, put_back)
    yield standing
    standing.close()


@pytest.fixture(autouse=True)
def player(request: pytest.FixtureRequest, standing: Standing[Lab], tmp_path: Path) -> Player[Lab] | None:
    marker = request.node.get_closest_marker("case")
    if marker is None:
        return None
    (case,) = marker.args
    assert isinstance(case, Case), "by the decorator of this version"
    return Alone(standing, Lab(tmp_path), case.begin) if case.alone else Shared(standing)


@pytest.fixture
def lab(player: Player[Lab]) -> Lab:
    return player.lab
