"""Every page of the table as it is served: who can read it, who can use it, what it weighs, how soon there is something to read."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import pytest

from chargepoint.web import application, drivers, pages
from chargepoint.web.routes import Get, Page
from tests.browser.site import Site
from tests.browser.tab import PATIENCE_S, WIDER, Tab, until

SLOWER = 4
"""A phone is as much slower than a PC (DevTools' own figure for one of the middle)."""
TRIES = 5
"""The machine may be busy with something else: the best counts."""
PAINTED_MS = 1_000
TECHNICIANS, DRIVERS = 60_000, 50_000
"""Bytes over the wire, with everything that is loaded first."""
VARIABLE = "OCPPCommCtrlr.HeartbeatInterval"
OVERFLOWING = """[...document.querySelectorAll("main *, header *")].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !each.closest("pre, .scroll, [tabindex], .quiet");
}).map((each) => each.outerHTML.slice(0, 120))"""


def shown(table: Sequence[Page], package: str) -> Iterator[str]:
    """Paths of pages that anybody can open by hand: what needs more than the number of an EVSE is met from one of these."""
    for route, _ in application.every_route(table, package):
        path = route.path.replace("{evse:int}", "1").replace("{evse}", "1")
        if isinstance(route, Get) and "{" not in path:
            yield path


def is_page(tab: Tab, url: str) -> bool:
    """What is no page is a stream, a file, a piece of a page, or leads elsewhere."""
    script = f"""fetch({url!r}, {{headers: {{accept: "text/html"}}}}).then((each) => {{
      const is = each.ok && !each.redirected && (each.headers.get("content-type") ?? "").startsWith("text/html")
        && (each.headers.get("content-disposition") ?? "") === "";
      return is ? each.text().then((text) => text.includes("<html")) : (each.body?.cancel(), false);
    }})"""
    return bool(tab.js(script))


def judge(tab: Tab, url: str, most: int) -> list[str]:
    """What is wrong with it, by day on a screen and by night on the smallest phone."""
    tab.size(1280)
    tab.open(url)
    found = [f"{tab.weight} bytes"] if tab.weight >= most else []
    found += tab.violations()
    tab.size(320, dark=True)
    found += tab.violations()
    found += [f"{tab.js(WIDER)} px too wide: {each}" for each in tab.js(OVERFLOWING) or ()] if tab.js(WIDER) > 0 else []
    return [f"{url}: {each}" for each in found]


def test_everybody_can_use_every_page_of_technicians_and_none_is_heavy(tab: Tab, site: Site) -> None:
    tab.call("Network.setCacheDisabled", cacheDisabled=True)
    tab.open(site.page("/me"))
    paths = [path for path in dict.fromkeys(shown(pages.TABLE, pages.__name__)) if is_page(tab, path)]
    assert len(paths) >= 12, paths
    assert "/log" in paths
    tab.said.clear()
    paths += [f"/variables/one?name={VARIABLE}", "/evse/9"]
    found = [each for path in paths for each in judge(tab, site.page(path), TECHNICIANS)]
    assert found == []
    assert not (wrong := [each for each in tab.said if "/evse/9" not in each]), "\n".join(wrong)
    tab.said.clear()  # what was looked for is not there


def test_everybody_can_use_every_page_of_drivers_and_none_is_heavy(driver: Tab, site: Site) -> None:
    driver.call("Network.setCacheDisabled", cacheDisabled=True)
    driver.open(site.page("/", "drivers"))
    paths = [path for path in dict.fromkeys(shown(drivers.TABLE, drivers.__name__)) if is_page(driver, path)]
    assert "/e/1" in paths
    assert [each for path in paths for each in judge(driver, site.page(path, "drivers"), DRIVERS)] == []


def test_without_an_account_there_is_a_login_that_everybody_can_use(driver: Tab, site: Site) -> None:
    assert judge(driver, site.page("/login"), TECHNICIANS) == []


def test_the_log_shows_what_control_and_station_say_while_they_say_it(tab: Tab, site: Site) -> None:
    tab.open(site.page("/log?process=control&area=control"))
    site.do("POST", "/evses/2/ev/plug")
    tab.reads("evse=2 state=B1", "[sse-swap=log]")
    site.do("POST", "/evses/2/ev/unplug")
    tab.reads("evse=2 state=A", "[sse-swap=log]")
    tab.open(site.page("/log?process=station&text=UNPLUGGED"))
    tab.reads("event=history area=vehicle kind='unplugged' evse=2")


def test_one_live_page_too_many_says_which_to_close(tab: Tab, site: Site) -> None:
    tab.open(site.page("/me"))
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in tab.call("Network.getCookies")["cookies"])
    with ExitStack() as others:

        def another() -> bool:
            url = urlsplit(site.page("/live"))
            line = others.enter_context(closing(HTTPSConnection(url.netloc, context=ssl._create_unverified_context(), timeout=PATIENCE_S)))
            line.request("GET", url.path, headers={"cookie": cookie, "accept": "text/event-stream"})
            return line.getresponse().status == 503

        until(another, "as many as there may be are live")
        tab.open(site.page("/"))
        tab.reads("close one of them")
    tab.until("document.querySelector('[data-lost]').hidden")
    tab.said.clear()


@pytest.mark.parametrize(("path", "which"), [("/", "technicians"), ("/evse/1", "technicians"), ("/e/1", "drivers")])
def test_a_slow_phone_shows_something_to_read_within_a_second(
    tab: Tab, site: Site, path: str, which: str, record_property: Callable[[str, object], None]
) -> None:
    tab.call("Emulation.setCPUThrottlingRate", rate=SLOWER)
    tab.call("Network.setCacheDisabled", cacheDisabled=True)
    found: list[float] = []
    while len(found) < TRIES and min(found, default=PAINTED_MS) >= PAINTED_MS:
        tab.open(site.page(path, which))
        found.append(tab.first_paint_ms)
    tab.call("Emulation.setCPUThrottlingRate", rate=1)
    record_property("first_paint_ms", found)
    assert min(found) < PAINTED_MS, found


def test_the_menu_is_one_row_that_a_keyboard_can_use(tab: Tab, site: Site, pictured: Callable[..., None]) -> None:
    tab.size(1280, 800)
    tab.open(site.page("/"))
    assert tab.js("document.querySelector('header.top').offsetHeight") < 70
    assert tab.js("document.querySelector('nav.wide').offsetHeight") < 60
    tab.js("document.querySelector('nav.wide .group summary').focus()")
    tab.key("Enter")
    tab.until("document.querySelector('nav.wide .group').open")
    tab.key("Tab")
    assert tab.js("document.activeElement.innerText") == "Connection"
    tab.key("Escape")
    tab.until("!document.querySelector('nav.wide .group').open")
    assert tab.js("document.activeElement.tagName") == "SUMMARY"
    pictured(tab, "overview")
