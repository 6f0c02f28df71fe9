"""Somebody who has never seen it makes it charge, in a browser, from an empty directory."""

from collections.abc import Callable
from pathlib import Path

import segno

from tests.browser import site as sites
from tests.browser.site import PASSWORD
from tests.browser.tab import Chrome, Tab
from tests.cli.test_wizard import STEPS

CODE = "wss://CP7:a-password-of-16-letters@csms.example.com/ocpp"
READER = f"window.BarcodeDetector = class {{ async detect(picture) {{ return picture.width ? [{{ rawValue: {CODE!r} }}] : []; }} }};"
"""Chromium reads codes on phones only."""


def photographed(tab: Tab, file: Path) -> None:
    """The operator's letter."""
    segno.make(CODE).save(str(file), scale=4)
    tab.js("document.querySelector('details:has(#code)').open = true")
    page = tab.call("DOM.getDocument")["root"]["nodeId"]
    photo = tab.call("DOM.querySelector", nodeId=page, selector="#photo")["nodeId"]
    tab.call("DOM.setFileInputFiles", nodeId=photo, files=[str(file)])
    tab.reads("Its text stands above")
    assert tab.js("document.getElementById('code').value") == CODE


def test_from_nothing_to_a_car_that_charges(chrome: Chrome, tmp_path: Path, pictured: Callable[..., None]) -> None:
    tab = chrome.tab()
    tab.call("Page.addScriptToEvaluateOnNewDocument", source=READER)
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
            if path == "csms":
                photographed(tab, tmp_path / "letter.png")
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
