"""A configuration that is changed, and a backup that is looked at: what a technician does there in a browser."""

import json

from tests.browser.site import PASSWORD, Site
from tests.browser.tab import WIDER, Tab
from tests.browser.test_pages import TECHNICIANS, judge

TAKE = """(async () => {
  const form = new URLSearchParams(new FormData(document.querySelector('form[action="/backup/take"]')));
  return (await fetch("/backup/take", { method: "POST", body: form })).text();
})()"""
OFFER = """(text) => {
  const file = new DataTransfer();
  file.items.add(new File([text], "backup.json"));
  document.querySelector("#file").files = file.files;
}"""


def usable(tab: Tab) -> list[str]:
    """What is wrong with the page as it stands, on the smallest phone."""
    tab.size(320)
    found = [*tab.violations(), *([f"{tab.path} is too wide"] if tab.js(WIDER) > 0 else [])]
    tab.size(390)
    return found


def test_every_section_is_a_form_that_everybody_can_use(tab: Tab, site: Site) -> None:
    tab.open(site.page("/configuration"))
    paths = tab.js("[...document.querySelectorAll('main li a')].map((each) => each.getAttribute('href'))")
    assert len(paths) >= 10, paths
    assert [each for path in paths for each in judge(tab, site.page(path), TECHNICIANS)] == []


def test_what_is_wrong_is_shown_where_it_is_mended_and_what_changes_before_it_does(tab: Tab, site: Site) -> None:
    tab.open(site.page("/configuration/station"))
    tab.fill({"fuse_a": "-3"})
    tab.press("See what changes")
    assert tab.js("document.querySelector('#f-fuse_a').getAttribute('aria-describedby')").startswith("e-fuse_a")
    tab.reads("expected a number above 0", "#e-fuse_a")
    assert usable(tab) == []
    tab.fill({"fuse_a": "40"})
    tab.press("See what changes")
    tab.reads("- fuse_a = 50")
    tab.reads("+ fuse_a = 40")
    assert usable(tab) == []
    tab.open(site.page("/configuration/web"))
    tab.fill({"listen": "[2001:db8:1234:5678:9abc:def0:1234:5678]:8443"})
    tab.press("See what changes")
    tab.reads("These pages move to [2001:db8")
    assert usable(tab) == []
    tab.open(site.page("/configuration/text"))
    tab.js("(() => { const area = document.querySelector('#text'); area.value = area.value.replace('fuse_a = 40', 'fuse_a = -3'); })()")
    tab.press("See what changes")
    tab.reads("site.fuse_a: -3: expected", "#wrong")
    assert usable(tab) == []
    tab.open(site.page("/configuration"))
    tab.reads("changes that are not applied yet")
    tab.press("Drop them")
    tab.reads("Your changes are dropped")
    tab.said.clear()  # refusals have a status of their own


def test_what_was_typed_when_the_session_had_ended_is_there_again_after_the_login(tab: Tab, site: Site) -> None:
    tab.open(site.page("/configuration/csms"))
    tab.fill({"url": "wss://csms.example/ocpp", "version": "2.0.1", "profile": "2", "password": "correct horse battery"})
    tab.call("Network.clearBrowserCookies")
    tab.press("See what changes")
    tab.press("Log in, and go on")
    assert tab.path == "/login"
    tab.fill({"name": "owner", "password": PASSWORD})
    tab.press("Log in")
    assert tab.path == "/configuration/csms"
    tab.reads("What you had typed is here again, but for passwords. It is not saved yet.")
    values = tab.js("Object.fromEntries(new FormData(document.querySelector('form[data-typed]')))")
    assert [values[name] for name in ("url", "version", "profile", "password")] == ["wss://csms.example/ocpp", "2.0.1", "2", ""]
    assert usable(tab) == []
    tab.open(site.page("/configuration/csms"))
    assert tab.js("document.querySelector('[name=url]').value") != "wss://csms.example/ocpp", "once, and never again"
    tab.said.clear()


def test_a_backup_says_what_it_would_put_in_place_before_it_does(tab: Tab, site: Site) -> None:
    tab.open(site.page("/backup"))
    text = tab.js(TAKE)
    assert json.loads(text)["station"] == "cp042"
    tab.js(f"({OFFER})({json.dumps(text)})")
    tab.press("Look at it")
    tab.reads("Backup of cp042")
    tab.reads("cp042: 2 EVSEs")
    assert usable(tab) == []
    tab.open(site.page("/backup"))
    tab.js(f"({OFFER})({json.dumps(text.replace('cp042', 'cp043'))})")
    tab.press("Look at it")
    tab.reads("does not match")
    tab.said.clear()
