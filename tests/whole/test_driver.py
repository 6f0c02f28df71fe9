"""A driver with a phone before a real site: bench, control, station and pages as processes."""

import asyncio
import http.cookiejar
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from chargepoint import texts
from chargepoint.cli import paths
from chargepoint.cli.configuration import build
from chargepoint.domain import catalogue
from chargepoint.inquiry.client import inquire
from chargepoint.inquiry.history import Events, ListEvents
from tests.campaigns.bench import READY_S, Bench, until_true

WAIT_S = 60.0
TREE: dict[str, Any] = {
    "station": {"id": "cp001", "vendor": "Acme", "model": "One"},
    "site": {"fuse_a": 63},
    "evses": [{"id": 1, "max_current_a": 32, "connectors": [{"id": 1, "type": "sType2", "cable": "socket"}]}],
    "ocpp": {"version": "1.6"},
    "hal": {"backend": "sim"},
    "bench": {"listen": "127.0.0.1:0"},
    "web": {"listen": "127.0.0.1:0", "driver_listen": "127.0.0.1:0"},
    "public": {"label": "XY-12", "help_line": "+49 800 123", "languages": ["en", "de", "pl"], "start": True, "stop": True},
}


class Phone:
    """A browser with cookies, in one language, at the page of EVSE 1."""

    def __init__(self, origin: str, language: str) -> None:
        self._origin = origin
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._jar))
        self._opener.addheaders = [("Accept-Language", language), ("Accept", "text/html")]
        self.page = ""

    async def see(self, path: str = "/e/1") -> str:
        """Load it."""
        self.page = await asyncio.to_thread(self._load, urllib.request.Request(self._origin + path))
        return self.page

    async def post(self, path: str, **fields: str) -> str:
        """A form of the page that was loaded last."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page)
        data = urlencode({"csrf": found[1] if found else "", **fields}).encode()
        request = urllib.request.Request(self._origin + path, data, {"Origin": self._origin})
        self.page = await asyncio.to_thread(self._load, request)
        return self.page

    def _load(self, request: urllib.request.Request) -> str:
        try:
            with self._opener.open(request, timeout=10) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.read().decode()

    async def until(self, words: str) -> None:
        """Look until they stand there."""

        async def seen() -> bool:
            return words in await self.see()

        await until_true(seen, WAIT_S, lambda: f"{words!r} is not on the page: {self.page}", 0.1)


async def pages_of(folder: Path) -> str:
    """Where the driver's pages are, without a slash at the end."""
    file = folder / "state" / "web" / "addresses.json"

    async def there() -> bool:
        return file.exists()

    await until_true(there, READY_S, lambda: "the pages do not come up", 0.1)
    address: str = msgspec.json.decode(file.read_bytes())["drivers"]
    return address.rstrip("/")


async def charges_and_stops(bench: Bench, phone: Phone, other: Phone) -> str:
    """From the empty socket to the receipt; its address."""
    await phone.until("<h2>Bereit</h2>")
    await bench.ask("POST", "/evses/1/ev/plug", {"reaction_s": 0})
    await phone.until("/e/1/start")
    await phone.post("/e/1/start")
    await phone.until("<h2>Lädt</h2>")
    assert "/e/1/stop" in phone.page
    await other.until("<h2>Ładowanie</h2>")
    assert "/e/1/stop" not in other.page
    await other.see("/e/1/problem")
    assert texts.of("pl").text("This is not possible at the moment.") in await other.post("/e/1/stop")
    await phone.until("kW")
    await phone.post("/e/1/stop")
    await phone.until('href="/r/')
    found = re.search(r'href="(/r/[^"]+)"', phone.page)
    assert found
    return found[1]


async def reads_of_a_fault(bench: Bench, phones: dict[str, Phone]) -> None:
    """What is wrong, and the code, in the language of each: to who is plugged in, and to who comes after him."""
    entry = catalogue.of("board_ground_failure")
    await bench.ask("PUT", "/evses/1/faults/leak", {"kind": "ground_failure"})
    for language, phone in phones.items():
        await phone.until(texts.of(language).text(entry.driver))
        assert entry.code in phone.page
        assert 'href="tel:+49800123"' in phone.page
    await bench.ask("POST", "/evses/1/ev/unplug", {"side": "station"})
    for language, phone in phones.items():
        await phone.until(texts.of(language).text("This charging place is out of order: please use another one."))
    await bench.ask("DELETE", "/evses/1/faults/leak")
    for language, phone in phones.items():
        await phone.until(f"<h2>{texts.of(language).text('Ready')}</h2>")


async def is_heard(folder: Path, phone: Phone) -> None:
    """A report stands in the history."""
    await phone.see("/e/1/problem")
    assert texts.of("de").text("Thank you. Your report has been passed on.") in await phone.post(
        "/e/1/problem", kind="damaged", text="Kabel angeschmort"
    )
    inquiry = paths.sockets(build(TREE), folder / "state").inquiry
    events = await inquire(str(inquiry), Events, ListEvents(area="driver"))
    assert [line.what.text for line in events.lines] == ["a driver reports: damaged: Kabel angeschmort"]


def test_a_driver_starts_stops_reads_of_a_fault_and_reports_what_is_wrong(tmp_path: Path) -> None:
    async def play() -> None:
        bench = Bench(tmp_path, TREE)
        try:
            await bench.start()
            await bench.ready()
            origin = await pages_of(tmp_path)
            phone, other = Phone(origin, "de-DE,de;q=0.9"), Phone(origin, "pl")
            receipt = await charges_and_stops(bench, phone, other)
            assert "XY-12" in await phone.see(receipt)
            assert "kWh" in phone.page
            await reads_of_a_fault(bench, {"de": phone, "pl": other})
            await is_heard(tmp_path, phone)
        finally:
            await bench.leave()

    asyncio.run(asyncio.wait_for(play(), 240))
