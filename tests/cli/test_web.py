"""``chargepoint web`` as a process: from nothing to a configuration, over TLS that is verified."""

import contextlib
import http.client
import json
import os
import re
import signal
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from chargepoint.cli import web
from chargepoint.cli.addresses import address
from chargepoint.web import server
from chargepoint.web.ports import Reading
from chargepoint.web.server import Places
from tests.cli.processes import CONFIGURATION, PATIENCE_S, Home, until
from tests.domain.examples import configuration

PASSWORD = "gravel umbrella 71 notebook"
ANYWHERE = ("--listen", "127.0.0.1:0", "--driver-listen", "127.0.0.1:0")


class Client:
    """A browser that trusts this device's certificate and no other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "state" / "web"
        self.cookies: dict[str, str] = {}
        self.token = ""

    def _open(
        self, method: str, path: str, form: dict[str, str] | None = None, which: str = "technicians"
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        place = urlsplit(until(lambda: (server.read_addresses(self._folder) or {}).get(which)))
        tls = ssl.create_default_context(cafile=str(self._folder / "tls" / "device.pem"))
        line: http.client.HTTPConnection = (
            http.client.HTTPSConnection(str(place.hostname), place.port, context=tls, timeout=PATIENCE_S)
            if place.scheme == "https"
            else http.client.HTTPConnection(str(place.hostname), place.port, timeout=PATIENCE_S)
        )
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Origin": f"https://{place.netloc}", "Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, path, urlencode({"csrf": self.token, **form}) if form is not None else None, headers)
        return line, line.getresponse()

    @contextlib.contextmanager
    def stream(self, path: str) -> Iterator[Iterator[bytes]]:
        """Lines, as they come."""
        line, answer = self._open("GET", path)
        with contextlib.closing(line), contextlib.closing(answer):
            yield iter(answer)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, which: str = "technicians") -> tuple[int, str]:
        line, answer = self._open(method, path, {} if form is None and method == "POST" else form, which)
        try:
            text = answer.read().decode()
        finally:
            line.close()
        for cookie in answer.headers.get_all("set-cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.token = next(iter(re.findall(r'name="csrf" value="([0-9a-f]+)"', text)), self.token)
        return answer.status, text


def test_from_an_empty_directory_to_an_owner_and_a_configuration(tmp_path: Path) -> None:
    home, client = Home(tmp_path), Client(tmp_path)
    config = home.config
    with home.running("web", *ANYWHERE) as process:
        assert client.ask("GET", "/", which="drivers")[0] == 200
        assert client.ask("GET", "/setup")[0] == 200
        code = (tmp_path / "state" / "web" / "setup-code").read_text().strip()
        assert client.ask("POST", "/setup", {"code": code, "name": "owner", "password": PASSWORD, "again": PASSWORD})[0] == 303
        assert "There is no configuration yet" in client.ask("GET", "/")[1]
        config.write_text(CONFIGURATION.replace("63", "-63"))
        assert "site.fuse_a" in until(lambda: "site.fuse_a" in (page := client.ask("GET", "/")[1]) and page)
        config.write_text("[web")
        assert until(lambda: "not TOML" in client.ask("GET", "/")[1])
        before = server.read_addresses(tmp_path / "state" / "web")
        config.write_text(CONFIGURATION.replace('"127.0.0.1:0"', '"127.0.0.2:0"'))
        moved = until(lambda: (now := server.read_addresses(tmp_path / "state" / "web")) != before and now)
        assert moved["technicians"].startswith("https://127.0.0.2:")
        assert moved["drivers"] == (before or {})["drivers"]
        assert "/e/1" in client.ask("GET", "/", which="drivers")[1]
        config.write_text(CONFIGURATION.partition("[web]")[0])
        gone = until(lambda: (now := server.read_addresses(tmp_path / "state" / "web")) and now["technicians"] is None and now)
        assert gone["drivers"] is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    log = (tmp_path / "log").read_text()
    assert code not in log
    assert PASSWORD not in log + (tmp_path / "state" / "web" / "security.jsonl").read_text()
    assert not (tmp_path / "state" / "web" / "addresses.json").exists()
    for private in ("accounts.json", "security.jsonl", "tls/device.key"):
        assert os.stat(tmp_path / "state" / "web" / private).st_mode & 0o077 == 0
    assert set(json.loads((tmp_path / "state" / "web" / "accounts.json").read_text())) == {"owner"}


ONE, OTHER = address("127.0.0.1:1"), address("127.0.0.1:2")


@pytest.mark.parametrize(
    ("text", "state", "places"),
    [
        ("", "missing", Places(ONE, OTHER)),
        ("not toml", "broken", Places(ONE, OTHER)),
        ("[site]", "broken", Places(None, None)),
        ('[web]\nlisten = "127.0.0.1:3"', "broken", Places(("127.0.0.1", 3), OTHER)),
        ('[web]\nlisten = "nonsense"\ndriver_listen = 7', "broken", Places(ONE, OTHER)),
        ("web = 1", "broken", Places(None, None)),
    ],
)
def test_a_configuration_that_is_broken_elsewhere_still_says_where_to_listen(text: str, state: Any, places: Places, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(text)
    assert web.places(Reading(state=state), tmp_path / "c.toml", ONE, OTHER) == places


def test_a_good_configuration_without_web_has_no_pages(tmp_path: Path) -> None:
    assert web.places(Reading(state="good", configuration=configuration()), tmp_path, ONE, OTHER) == Places(None, None)
