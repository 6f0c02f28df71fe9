"""One site for all tests of a file."""

from collections.abc import Iterator

import pytest

from tests.commissioning.site import Site, running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Real control and a real station."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        with running(folder) as found:
            yield found
