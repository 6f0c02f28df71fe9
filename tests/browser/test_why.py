"""The page of an EVSE answers which bound counts, whosever it is: those that somebody can bring about at the bench, one after the other."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chargepoint.control.limits import OWN, PERMIT
from tests.browser.site import PASSWORD, Site
from tests.browser.tab import Tab, until

BOUNDS = "[...document.querySelectorAll('[aria-labelledby=limits] li')].map((each) => each.innerText)"
PROFILE = "csms profile 7"
LOWERING = {"evse rating", PERMIT, PROFILE, "site fuse", "temperature", "cable"}
KEEPING = {"phase switch", "plug lock", "no permit"}
ENDING = {"minimum current", "duty change", "stop sequence", "contactor rest", "fault", "self-test", "simplified pilot"}
STARTING = {"no meter reading"}
AT_THE_TABLE = {"thermometer": "takes a minute", "failsafe": "over once the station can tell", "control stopping": "gone with control"}
"""What nobody sees at the bench, and why; ``tests.web.pages.test_evse`` has every source on the page, as control raises it."""


class Seen(set[str]):
    """Sources that somebody has read on the page."""

    def lowest(self, tab: Tab, source: str, *texts: str) -> None:
        """The bound that counts is of this source, and says all that."""
        self._read(tab, f"{BOUNDS}.slice(0, 1)", source, texts)

    def listed(self, tab: Tab, source: str, *texts: str) -> None:
        """One of the bounds is of this source, and says all that."""
        self._read(tab, BOUNDS, source, texts)

    def _read(self, tab: Tab, bounds: str, source: str, texts: tuple[str, ...]) -> None:
        tab.until(f"{bounds}.some((each) => {json.dumps([source, *texts])}.every((text) => each.includes(text)))")
        self.add(source)


@pytest.fixture
def seen() -> Seen:
    """Nothing yet."""
    return Seen()


def test_no_source_of_control_is_forgotten() -> None:
    assert LOWERING | KEEPING | ENDING | STARTING | AT_THE_TABLE.keys() == OWN | {PERMIT, PROFILE}


def profile(number: int, purpose: str, limit_a: float, phases: int | None) -> dict[str, Any]:
    """Of the CSMS, without an end."""
    period = {"startPeriod": 0, "limit": limit_a} | ({} if phases is None else {"numberPhases": phases})
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
    told = {"chargingProfileId": number, "stackLevel": 0, "chargingProfilePurpose": purpose, "chargingProfileKind": "Relative"}
    return told | {"chargingSchedule": schedule}


@contextmanager
def bounded(site: Site, connector: int, purpose: str, limit_a: float, phases: int | None = None, **more: Any) -> Iterator[None]:
    """By a charging profile."""
    wanted = {"connectorId": connector, "csChargingProfiles": profile(7, purpose, limit_a, phases) | more}
    assert site.call("SetChargingProfile", **wanted) == {"status": "Accepted"}
    yield
    assert site.call("ClearChargingProfile", id=7) == {"status": "Accepted"}


@contextmanager
def wrong(site: Site, evse: int, **entries: Any) -> Iterator[None]:
    """With the hardware of an EVSE."""
    site.do("PATCH", f"/evses/{evse}/hardware", **entries)
    yield
    site.do("PATCH", f"/evses/{evse}/hardware", **dict.fromkeys(entries))


def answers(tab: Tab, *texts: str) -> None:
    """To why it does not charge."""
    for text in texts:
        tab.reads(text, "[sse-swap=answer]")


def test_whatever_bounds_the_current_is_named_with_its_reason(
    tab: Tab, driver: Tab, site: Site, seen: Seen, pictured: Callable[..., None]
) -> None:
    site.charge(1, current_a=32)
    tab.open(site.page("/evse/1"))
    tab.reads("Charging: ")
    seen.lowest(tab, "evse rating", "32 A", "installer", "what this EVSE is built for")
    seen.listed(tab, PERMIT, "32 A", "station", "granted to this car")
    driver.open(site.page("/e/1?lang=en", "drivers"))
    driver.reads("Charging")
    driver.reads("kW")
    pictured(driver, "driver-charging")
    with bounded(site, 1, "TxDefaultProfile", 13):
        seen.lowest(tab, PROFILE, "13 A", "station", "granted to this car")
        transaction = int(until(lambda: site.state(1)["csms_transaction"], "the CSMS has numbered it"))
    with bounded(site, 1, "TxProfile", 11, transactionId=transaction):
        seen.lowest(tab, PROFILE, "11 A", "station", "granted to this car")
    with bounded(site, 0, "ChargePointMaxProfile", 10):
        seen.lowest(tab, PROFILE, "10 A", "station", "all EVSEs together")
    site.charge(2, current_a=32)
    seen.lowest(tab, "site fuse", "installer", "one fuse for all EVSEs together")
    with wrong(site, 1, temperature_c=72):
        seen.lowest(tab, "temperature", "0 A", "control", "72")
        answers(tab, "CP-421")
    with bounded(site, 1, "TxDefaultProfile", 0):
        answers(tab, "0 A by csms profile 7", "CP-941", "Look in the list of limits at which profile it is")
        pictured(tab, "why")
        driver.reads("Charging is paused by the operator")
        driver.reads("it goes on by itself")
        site.unplug(1, 2)
    with wrong(site, 1, pp_ohm=680):
        site.charge(1)
        seen.lowest(tab, "cable", "20 A", "680 ohm", "driver")
        site.unplug(1)
    assert seen == LOWERING


def test_whatever_keeps_it_waiting_is_named_with_its_reason(tab: Tab, site: Site, seen: Seen) -> None:
    tab.open(site.page("/evse/1"))
    site.charge(1)
    with bounded(site, 1, "TxDefaultProfile", 16, phases=1):
        seen.lowest(tab, "phase switch", "0 A", "control", "before another number of phases")
        answers(tab, "CP-954", "It takes up to some minutes")
        with wrong(site, 1, lock="stuck_open"):
            seen.listed(tab, "plug lock", "0 A", "control", "has to be locked first")
    site.unplug(1)
    with wrong(site, 1, lock_travel_s=2.5):
        site.do("POST", "/evses/1/ev/plug")
        seen.listed(tab, "no permit", "0 A", "station", "nobody has authorised this car")
        answers(tab, "CP-921", "Hold a known card to the reader")
        site.do("POST", "/rfid", token="04A1B2C3", evses=[1])
        answers(tab, "CP-953", "Look whether the pin moves")
        site.unplug(1)
    assert seen == KEEPING


def test_whatever_ends_or_delays_an_offer_is_named_with_its_reason(tab: Tab, site: Site, seen: Seen) -> None:
    site.charge(1)
    tab.open(site.page("/evse/2"))
    with bounded(site, 2, "TxDefaultProfile", 7):
        site.do("POST", "/evses/2/ev/plug", car="slow-to-let-go")
        site.do("POST", "/rfid", token="04A1B2C3", evses=[2])
        seen.listed(tab, "minimum current", "0 A", "installer", "less than was set for this EVSE")
        answers(tab, "CP-947", "minimum_current_3p_a")
    seen.lowest(tab, "duty change", "18 A", "control", "grows at most every 5 s")
    until(lambda: site.state(2)["contactor"] == "closed", "EVSE 2 charges")
    with bounded(site, 2, "TxDefaultProfile", 0):
        seen.listed(tab, "stop sequence", "0 A", "control", "6 s to let go")
        seen.listed(tab, "contactor rest", "0 A", "control", "opened just now")
        site.do("PUT", "/evses/2/faults/loose", kind="other", info="a wire hangs out")
        seen.listed(tab, "fault", "0 A", "control", "see the faults")
        answers(tab, "(loose): a wire hangs out", "CP-599")
        site.do("DELETE", "/evses/2/faults/loose")
        site.unplug(1, 2)
    until(lambda: site.state(2)["status"] == "Available", "EVSE 2 is free")
    with wrong(site, 2, rcd="dead"):
        site.do("POST", "/evses/2/ev/plug", car="hasty")
        seen.listed(tab, "self-test", "0 A", "control", "tested before each session")
        seen.listed(tab, "simplified pilot", "10 A", "installer", "asked before anything was offered")
    site.unplug(2)
    until(lambda: site.state(2)["faults"] == [], "EVSE 2 is well")
    assert seen == ENDING


def test_what_a_start_waits_for_is_named_with_its_reason(tab: Tab, site: Site, seen: Seen) -> None:
    before = site.page("/evse/2")
    tab.open("about:blank")
    with wrong(site, 2, meter="lost"):
        site.do("POST", "/evses/2/ev/plug")
        site.do("POST", "/power", state="off")
        site.do("POST", "/power", state="on")
        tab.open(str(until(lambda: (now := site.page("/evse/2")) != before and now, "the pages are there again")))
        tab.fill({"name": "owner", "password": PASSWORD})
        tab.press("Log in")
        tab.open(site.page("/evse/2"))
        seen.listed(tab, "no meter reading", "0 A", "control", "nothing is delivered that is not measured")
        site.unplug(2)
    until(lambda: site.station()["ocpp"]["registration"] == "accepted", "the CSMS has accepted it")
    until(lambda: site.state(2)["faults"] == [], "EVSE 2 is well")
    assert seen == STARTING
