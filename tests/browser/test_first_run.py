"""Somebody who has never seen it makes it charge, in a browser, from an empty directory."""

from collections.abc import Callable
from pathlib import Path

from tests.browser import site as sites
from tests.browser.site import PASSWORD
from tests.browser.tab import Chrome
from tests.cli.test_wizard import STEPS


def test_from_nothing_to_a_car_that_charges(chrome: Chrome, tmp_path: Path, pictured: Callable[..., None]) -> None:
    tab = chrome.tab()
    tab.size(390)
    with sites.bench(tmp_path) as site:
        tab.open(site.page("/"))
        assert tab.path == "/setup"
        pictured(tab, "setup")
        tab.fill({"code": site.told(r"set-up code: (\S+)"), "name": "owner", "password": PASSWORD, "again": PASSWORD})
        tab.press("Make the account")
        tab.open(site.page("/wizard"))
        for path, answers in STEPS:
            assert tab.path == f"/wizard/{path}"
            tab.fill(answers)
            if path[:5] in ("board", "meter"):
                tab.press("Save and try it")
                tab.until("Boolean(document.querySelector('[sse-swap=sight] .note.good'))")
                if path == "board/1":
                    pictured(tab, "board", whole=True)
            tab.press("Next")
        tab.reads("grid")
        tab.press("Save and start")
        tab.reads("Plug in a car")
        pictured(tab, "start")
        site.do("POST", "/evses/1/ev/plug", current_a=16, phases=3)
        tab.reads("It charges.")
        tab.open(site.page("/evse/1"))
        tab.reads("Charging: ")
        assert tab.said == []
    tab.close()
