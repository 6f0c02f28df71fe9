"""Pages for drivers in every state, for tests that look at them: a house whose station says what the test wants."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from chargepoint.domain import catalogue
from chargepoint.domain.configuration import Configuration, PublicPart
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.driver import EvseSight
from chargepoint.web import application
from chargepoint.web.drivers import place
from chargepoint.web.ports import Reading
from tests.domain.examples import configuration
from tests.virtual_time import run
from tests.web.browser import Browser, Inline, Rig

PUBLIC = PublicPart(
    open_to_public=True,
    operator="Stadtwerke Musterstadt",
    help_line="+49 800 123 45 67",
    location="Parkhaus am Markt, Ebene 2",
    label="XY-12",
    languages=("en", "de", "fr", "es", "nl", "it", "pl"),
    payment=("Visa", "Mastercard", "EMP"),
    currency="EUR",
    privacy_url="https://example.com/privacy",
    start=True,
    stop=True,
)


SECRET = "s" * 43
"""Of the browser that has started where somebody charges."""


def code(name: str) -> str:
    """Of the catalogue."""
    return catalogue.of(name).code


PRICE = {"en": "0.45 EUR/kWh, 2 EUR/h after charging", "de": "0,45 EUR/kWh, 2 EUR/h nach dem Laden"}
CHARGES = EvseSight(
    evse=1,
    headline="charging",
    power_w=10_930,
    energy_wh=12_345,
    lasted_s=4_320,
    cost="5.56",
    price_texts=PRICE,
    browser=place.hashed(SECRET),
)
SIGHTS: Mapping[str, EvseSight | None] = {
    "away": None,
    "starting": EvseSight(evse=1),
    "available": EvseSight(evse=1, headline="available", price_texts=PRICE),
    "offline": EvseSight(evse=1, headline="offline"),
    "authorise": EvseSight(evse=1, headline="authorise", code=code("authorisation_awaited"), price_texts=PRICE),
    "start": EvseSight(evse=1, headline="authorise", code=code("authorisation_awaited"), may_start=True, price_texts=PRICE),
    "authorising": EvseSight(evse=1, headline="authorising", code=code("card_judged")),
    "accepted": EvseSight(evse=1, headline="accepted"),
    "refused": EvseSight(evse=1, headline="refused", code=code("card_unknown_offline")),
    "plug_in": EvseSight(evse=1, headline="plug_in"),
    "plugged": EvseSight(evse=1, headline="plugged", code=code("car_woken"), energy_wh=0, lasted_s=12, power_w=0),
    "plugged_by_tap": EvseSight(evse=1, headline="plugged", energy_wh=0, lasted_s=12, power_w=0, ends="plug"),
    "charging": CHARGES,
    "another_card": replace(CHARGES, card=code("card_without_place")),
    "charging_mine": replace(CHARGES, may_stop=True),
    "ev_paused": replace(CHARGES, headline="ev_paused", power_w=0, code=code("car_finished")),
    "paused": replace(CHARGES, headline="paused", power_w=0, code=code("limit_station"), goes_on_s=1_500),
    "finished": EvseSight(
        evse=1,
        headline="finished",
        code=code("session_over"),
        energy_wh=23_456,
        lasted_s=9_000,
        cost="10.56",
        cost_final=True,
        receipt="k" * 22,
    ),
    "just_ended": EvseSight(evse=1, headline="accepted", code=code("session_over"), energy_wh=23_456, receipt="k" * 22),
    "left": EvseSight(evse=1, headline="available", energy_wh=23_456, lasted_s=9_000, cost="10.56", receipt="k" * 22),
    "reserved": EvseSight(evse=1, headline="reserved", code=code("reserved")),
    "unavailable": EvseSight(evse=1, headline="unavailable", code=code("out_of_service_technician")),
    "ending": replace(CHARGES, code=code("session_ending")),
    "withdrawn": replace(CHARGES, headline="paused", power_w=0, code=code("authorisation_withdrawn")),
    "kept": EvseSight(evse=1, headline="finished", code=code("plug_kept")),
    "lock": EvseSight(evse=1, headline="plugged", code=code("plug_lock_awaited"), energy_wh=0, lasted_s=2),
    "no_reader": EvseSight(evse=1, headline="authorise", code=code("reader_silent")),
    "updating": EvseSight(evse=1, headline="updating", code=code("firmware_installing")),
    "fault": EvseSight(evse=1, headline="fault", code=code("rcd_tripped"), plugged=True),
    "broken": EvseSight(evse=1, headline="fault", code=code("over_temperature")),
    "emergency": EvseSight(evse=1, headline="emergency", code=code("emergency_stop")),
    "prices": EvseSight(
        evse=1, headline="available", prices={"kwh": "0.45", "hour": "0.5", "flat": "1.00", "idle_hour": "2.40", "idle_grace_min": "15"}
    ),
}
"""By a name for each page."""


def public(**changes: Any) -> Configuration:
    """A station in a car park; ``authorization``: entries of that part; ``readers``: of the whole."""
    known = replace(configuration(csms_url="ws://csms.example/"), readers=changes.pop("readers", None))
    parts = {name: replace(getattr(known, name), **value) for name, value in changes.items() if isinstance(value, dict)}
    fields = {name: value for name, value in changes.items() if not isinstance(value, dict)}
    return replace(known, public=replace(PUBLIC, **fields), **parts)


class Pages(Rig):
    """``sight``: what the station says of every EVSE; ``None``: it does not answer. ``answers``: to other questions, by their type."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        super().__init__(folder, Reading(state="good", configuration=public(**changes)), accounts=False)
        self.sight: EvseSight | None = SIGHTS["available"]
        self.answers: dict[type, Any] = {}
        self.asked: list[Any] = []
        self.house.ask = self._ask  # type: ignore[method-assign]
        self.app = application.for_drivers(self.house)

    async def _ask(self, question: msgspec.Struct | None, answer: type, timeout_s: float = 0) -> Any:
        self.asked.append(question)
        if answer is EvseSight and self.sight is not None:
            return self.sight
        if answer is EvseSight or type(question) not in self.answers:
            raise InquiryError("no station answers at /run/secret/path")
        return self.answers[type(question)]

    def browser(self, address: str = "192.0.2.7") -> Browser:
        return Browser(self.app, address, "http")

    async def see(self, name: str, language: str, path: str = "/e/1") -> str:
        """The page in one of the states, as HTML, for the browser that has started there."""
        self.sight = SIGHTS[name]
        self.house.sights.stale(1)
        browser = self.browser()
        browser.cookies[place.COOKIE] = SECRET
        return (await browser.get(f"{path}?lang={language}")).text


def plain(html: str) -> str:
    """Words alone, as they are read."""
    html = re.sub(r"<(script|style|svg|noscript).*?</\1>", "", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", html)
    for entity, sign in (("&#39;", "'"), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("\u00a0", " ")):
        text = text.replace(entity, sign)
    return " ".join(text.split())


def playing(story: Any, folder: Path, **changes: Any) -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        await story(Pages(folder, **changes))

    run(main())
