"""The page of an EVSE answers which bound counts, whosever it is: those that somebody can bring about at the bench, one after the other."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.browser.site import Site
from tests.browser.tab import Tab, until

LOWEST = "document.querySelector('[aria-labelledby=limits] li')?.innerText ?? ''"


def profile(number: int, purpose: str, limit_a: float, **more: Any) -> dict[str, Any]:
    """Of the CSMS, without an end."""
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}]}
    told = {"chargingProfileId": number, "stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Relative"}
    return told | {"chargingSchedule": schedule} | more


@contextmanager
def bounded(site: Site, connector: int, purpose: str, limit_a: float, **more: Any) -> Iterator[None]:
    """By a charging profile."""
    wanted = {"connectorId": connector, "csChargingProfiles": profile(7, purpose, limit_a, **more)}
    assert site.call("SetChargingProfile", **wanted) == {"status": "Accepted"}
    yield
    assert site.call("ClearChargingProfile", id=7) == {"status": "Accepted"}


@contextmanager
def wrong(site: Site, right: dict[str, Any], **entries: Any) -> Iterator[None]:
    """With the hardware of EVSE 1."""
    site.do("PATCH", "/evses/1/hardware", **entries)
    yield
    site.do("PATCH", "/evses/1/hardware", **right)


def lowest(tab: Tab, *texts: str) -> None:
    """The bound that counts says all that."""
    for text in texts:
        tab.until(f"({LOWEST}).includes({json.dumps(text)})")


def test_whatever_bounds_the_current_is_named_with_its_reason(tab: Tab, driver: Tab, site: Site, pictured: Callable[..., None]) -> None:
    site.charge(1, current_a=32)
    tab.open(site.page("/evse/1"))
    tab.reads("Charging: ")
    lowest(tab, "32 A", "evse rating", "installer")
    driver.open(site.page("/e/1?lang=en", "drivers"))
    driver.reads("Charging")
    driver.reads("kW")
    pictured(driver, "driver-charging")
    with bounded(site, 1, "TxDefaultProfile", 13):
        lowest(tab, "13 A", "csms profile 7", "station", "granted to this car")
        transaction = int(until(lambda: site.state(1)["csms_transaction"], "the CSMS has numbered it"))
    with bounded(site, 1, "TxProfile", 11, transactionId=transaction):
        lowest(tab, "11 A", "csms profile 7", "station", "granted to this car")
    with bounded(site, 0, "ChargePointMaxProfile", 10):
        lowest(tab, "10 A", "csms profile 7", "station", "all EVSEs together")
    site.charge(2, current_a=32)
    lowest(tab, "site fuse", "installer", "one fuse for all EVSEs together")
    with wrong(site, {"temperature_c": None}, temperature_c=72):
        lowest(tab, "temperature", "control", "72")
    with bounded(site, 1, "TxDefaultProfile", 0):
        tab.reads("0 A by csms profile 7", "[sse-swap=answer]")
        tab.reads("CP-941", "[sse-swap=answer]")
        tab.reads("Look in the list of limits at which profile it is", "[sse-swap=answer]")
        pictured(tab, "why")
        driver.reads("Charging is paused by the operator")
        driver.reads("it goes on by itself")
        site.unplug(1, 2)
    with wrong(site, {"pp_ohm": None}, pp_ohm=680):
        site.charge(1)
        lowest(tab, "20 A", "cable", "680 ohm", "driver")
        site.unplug(1)
