"""One Chromium and one station for all of them: each test leaves it as it found it, with nobody there and nothing wrong."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser import site as sites
from tests.browser.site import Site
from tests.browser.tab import Chrome, Tab

HEAVIEST = 60_000
"""Bytes of a picture in docs."""


@pytest.fixture(scope="session")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    program = Chrome(tmp_path_factory.mktemp("chromium") / "profile")
    yield program
    program.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sites.whole(tmp_path_factory.mktemp("site")) as station:
        yield station


@pytest.fixture(scope="session")
def owner(chrome: Chrome, site: Site) -> Iterator[Tab]:
    """Has logged in. Session-wide, as the cookie is."""
    opened = chrome.tab()
    opened.size(390)
    site.begin(opened)
    yield opened
    opened.close()


@pytest.fixture
def tab(owner: Tab) -> Iterator[Tab]:
    """The technician's, on a phone. Whatever its page could not do fails the test."""
    owner.said.clear()
    owner.size(390)
    yield owner
    assert owner.said == []


@pytest.fixture
def driver(chrome: Chrome) -> Iterator[Tab]:
    """Somebody else's phone."""
    opened = chrome.tab()
    opened.size(390)
    yield opened
    assert opened.said == []
    opened.close()


@pytest.fixture
def pictured() -> Callable[..., None]:
    """Takes a picture for the docs where these are wanted (``make pictures``)."""
    folder = os.environ.get("PICTURES")

    def take(tab: Tab, name: str, *, whole: bool = False) -> None:
        if folder is None:
            return
        file = Path(folder) / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        tab.picture(file, whole=whole)
        assert file.stat().st_size < HEAVIEST, f"{file}: {file.stat().st_size} bytes"

    return take
