"""A fault at the bench, as a technician and two drivers read it, and as it goes away."""

from collections.abc import Callable

from chargepoint import texts
from chargepoint.domain import catalogue
from tests.browser.site import Site
from tests.browser.tab import Chrome, Tab, until

GERMAN = texts.of("de")
WELDED = catalogue.of("contactor_welded")
DONE = f"{WELDED.title}: has been dealt with"


def cleared(tab: Tab) -> bool:
    """Somebody says once more that it has been dealt with."""
    tab.press(DONE)
    return "still there" not in tab.text


def test_a_fault_is_read_by_the_technician_and_by_drivers_in_two_languages(
    chrome: Chrome, tab: Tab, driver: Tab, site: Site, pictured: Callable[..., None]
) -> None:
    other = chrome.tab()
    other.size(390)
    tab.open(site.page("/evse/1"))
    driver.open(site.page("/e/1?lang=en", "drivers"))
    other.open(site.page("/e/1?lang=de", "drivers"))
    driver.reads("Ready")
    other.reads(GERMAN.text("Ready"))
    pictured(driver, "driver-available")
    site.do("PATCH", "/evses/1/hardware", contactor="welded")
    tab.reads(WELDED.title, "[sse-swap=faults]")
    tab.reads(WELDED.technician[0], "[sse-swap=faults]")
    tab.reads(WELDED.code, "[sse-swap=answer]")
    pictured(tab, "fault")
    driver.reads(WELDED.driver)
    driver.reads(WELDED.code)
    pictured(driver, "driver-fault")
    other.reads(WELDED.code)
    other.reads(GERMAN.text(WELDED.driver))
    assert other.js("document.documentElement.lang") == "de"
    assert all("+44 20 7946 0000" in each.text for each in (driver, other))
    tab.press(DONE)
    tab.reads("its cause is still there")
    site.do("PATCH", "/evses/1/hardware", contactor=None)
    until(lambda: cleared(tab), "control has seen that it is gone")
    tab.until("!document.querySelector('[sse-swap=faults] .fault')")
    site.do("PATCH", "/evses/1/hardware", breaker=None)  # control has tripped it
    tab.said.clear()  # refusals have a status of their own
    driver.reads("Ready")
    other.reads(GERMAN.text("Ready"))
    assert other.said == []
    other.close()
