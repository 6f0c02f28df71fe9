"""Guided steps against real control and a real station: somebody does what is asked, and each step concludes by itself."""

import asyncio
from collections.abc import Mapping
from typing import Any

from chargepoint.cli import commissioning
from chargepoint.commissioning.guiding import Prompt, Switch
from chargepoint.commissioning.steps import Step
from tests.commissioning.site import Site

Deed = tuple[str, str, dict[str, Any]]

DEEDS: Mapping[str, Deed] = {
    "guided_b": ("POST", "/evses/1/ev/plug", {"phases": 3, "request": False, "reaction_s": 0}),
    "closing": ("PATCH", "/evses/1/ev", {"request": True}),
    "opening": ("PATCH", "/evses/1/ev", {"request": False}),
    "guided_d": ("PATCH", "/evses/1/ev", {"request": True, "ventilation": True}),
    "guided_e": ("PATCH", "/evses/1/ev", {"pilot": "E", "request": False, "ventilation": False}),
    "guided_back": ("PATCH", "/evses/1/ev", {"pilot": "ok"}),
    "guided_pe": ("PATCH", "/evses/1/ev", {"request": True}),
    "guided_diode": ("PATCH", "/evses/1/ev", {"diode": "failed"}),
    "emergency_stop": ("PATCH", "/evses/1/hardware", {"emergency_stop": True}),
    "reader": ("POST", "/rfid", {"token": "04A1B2C3"}),
}
"""Who reads the prompt of that name does this."""


def guided(site: Site, left_out: tuple[str, ...] = (), stop_at: str = "") -> dict[str, Step]:
    """What the steps have come to, by their names."""

    async def play() -> dict[str, Step]:
        switch, done, found = Switch(), set(), {}
        async for told in commissioning.guided(site.config, site.state, 1, "adapter", switch):
            if isinstance(told, Step):
                found[told.name] = told
            elif told.name not in done:
                done.add(told.name)
                if told.name == stop_at:
                    switch.stop()
                await asyncio.to_thread(_do, site, told, switch, left_out)
            elif told.name == "guided_pe" and "contactor closed" in told.live and "cut" not in done:
                done.add("cut")
                await asyncio.to_thread(site.call, "POST", "/evses/1/ev/unplug", side="ev")
        return found

    return asyncio.run(play())


def _do(site: Site, told: Prompt, switch: Switch, left_out: tuple[str, ...]) -> None:
    if told.name in left_out:
        switch.skip(told.name)
        return
    if told.name == "guided_a":
        site.break_part(emergency_stop=None)
        site.call("POST", "/evses/1/ev/unplug", side="station")
    if told.name == "guided_diode":
        site.call("POST", "/evses/1/ev/plug", phases=3, request=False)
    if told.name in DEEDS:
        method, path, body = DEEDS[told.name]
        site.call(method, path, **body)


def outcomes(found: Mapping[str, Step]) -> dict[str, str]:
    """Of each."""
    return {name: step.outcome for name, step in found.items()}


def test_an_adapter_is_led_through_every_state_and_the_figures_are_told(site: Site) -> None:
    site.sound()
    found = guided(site)
    assert set(outcomes(found).values()) == {"passed"}, found
    assert list(found) == [
        *("guided_b", "closing", "counting", "opening", "guided_d", "guided_e", "guided_back", "guided_pe"),
        *("guided_diode", "emergency_stop", "guided_a", "reader"),
    ]
    closing = found["closing"]
    assert "offered 16 A, measured 230.0 / 230.0 / 230.0 V" in closing.text
    assert 0.0 <= float(closing.figures["closed_after_s"] or 0.0) <= 3.0
    assert "a cable for 32 A (220 ohm)" in found["guided_b"].text
    assert found["reader"].text == "card ***B2C3 was seen"
    assert site.document()["evses"][0]["transaction"] is None
    assert site.faults() == []


def test_a_contactor_that_does_not_close_fails_and_nothing_more_is_offered(site: Site) -> None:
    site.sound()
    site.break_part(contactor="stuck_open")
    found = guided(site, left_out=("reader",))
    assert (found["closing"].outcome, found["closing"].code) == ("failed", "CP-302")
    assert {found[name].text for name in ("counting", "opening", "guided_e")} == {"not tried: Contactor closes failed"}
    assert found["guided_a"].outcome == "passed"


def test_a_lock_that_does_not_hold_the_plug_lets_nothing_close(site: Site) -> None:
    site.sound()
    site.break_part(lock="stuck_open")
    found = guided(site, left_out=("reader",))
    assert (found["closing"].outcome, found["closing"].code) == ("failed", "CP-311")


def test_a_meter_that_stands_under_load_fails(site: Site) -> None:
    site.sound()
    site.break_part(meter="register_stands")
    found = guided(site, left_out=("guided_d", "guided_e", "guided_back", "guided_pe", "guided_diode", "emergency_stop", "reader"))
    assert found["counting"].outcome == "failed"
    assert found["counting"].code == "CP-513" or "stands still" in found["counting"].text


def test_an_end_takes_the_offer_back(site: Site) -> None:
    site.sound()

    found = guided(site, stop_at="counting")
    assert [name for name, step in found.items() if step.outcome == "passed"] == ["guided_b", "closing"]
    assert {step.text for step in found.values() if step.outcome == "by_hand"} == {"ended before it was done"}
    assert len(found) == 11
    site.until(lambda: site.call("GET", "/state")["evses"][0]["contactor"] == "open")
    assert site.document()["evses"][0]["permit"] == "none"
