"""A browser without a screen, inside the process: cookies, forms with their token, headers as browsers send them. And a house to visit."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.types import ASGIApp

from chargepoint.web import application
from chargepoint.web.clock import Clock
from chargepoint.web.house import House
from chargepoint.web.passwords import Hashing
from chargepoint.web.ports import Ports, Reading
from chargepoint.web.roles import Role
from chargepoint.web.updates import UpdatePorts
from tests.domain.examples import configuration
from tests.virtual_time import run

HOST = "station.local"
PASSWORD = "gravel umbrella 71 notebook"
OTHER = "teapot velvet 36 cathedral"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Time:
    """Both clocks of a house, moved by hand, or by the virtual loop."""

    def __init__(self) -> None:
        self.moved_s = 0.0
        self.jumped_s = 0.0

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() + self.moved_s

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic() + self.jumped_s)

    def pass_by(self, seconds: float) -> None:
        self.moved_s += seconds

    def jump(self, seconds: float) -> None:
        """Somebody sets the time of day."""
        self.jumped_s += seconds


class Inline(ThreadPoolExecutor):
    """What would go on beside the loop is done at once: a virtual clock waits for no thread."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except (OSError, ValueError) as error:
            future.set_exception(error)
        return future


class Quick(Hashing):
    """Passwords kept as text, so that a test of a thousand logins takes no minute. What is tried is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.tried = 0

    async def matches(self, password: str, kept: str | None) -> bool:
        self.tried += 1
        return kept is not None and password == kept.removeprefix("quick$")

    async def hashed(self, password: str) -> str:
        return f"quick${password}"


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.status = status
        self.raw_headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in headers]
        self.headers = dict(self.raw_headers)
        self.body = body

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def cookies(self) -> list[str]:
        return [value for name, value in self.raw_headers if name == "set-cookie"]

    @property
    def token(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.text)
        assert found, self.text
        return found[1]


class Browser:
    """Asks an application. ``token``: the one of the page that was seen last."""

    def __init__(self, app: ASGIApp, address: str = "192.0.2.7", scheme: str = "https") -> None:
        self.app = app
        self.address = address
        self.scheme = scheme
        self.cookies: dict[str, str] = {}
        self.token = ""

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, chunks: list[bytes] | None = None
    ) -> Answer:
        sent: list[dict[str, Any]] = []
        parts = list(chunks if chunks is not None else [body])

        async def receive() -> dict[str, Any]:
            if not parts:
                await asyncio.Event().wait()
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(self.scope(method, path, len(body) if chunks is None else None, headers or {}), receive, send)
        start = next(each for each in sent if each["type"] == "http.response.start")
        answer = Answer(start["status"], list(start["headers"]), b"".join(each.get("body", b"") for each in sent))
        self._keep(answer)
        return answer

    def scope(self, method: str, path: str, length: int | None, headers: dict[str, str]) -> dict[str, Any]:
        plain, _, query = path.partition("?")
        given = {"host": HOST, "accept": "text/html,*/*;q=0.8"}
        if self.cookies:
            given["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            given |= {"origin": f"{self.scheme}://{HOST}", "content-type": "application/x-www-form-urlencoded"}
            given |= {} if length is None else {"content-length": str(length)}
        given = {name: value for name, value in (given | headers).items() if value}
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": self.scheme,
            "path": plain,
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
            "client": (self.address, 50_000),
            "server": (HOST, 443),
            "state": {},
        }

    def _keep(self, answer: Answer) -> None:
        for cookie in answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            if "Max-Age=0" in cookie or not value.strip('"'):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        if b'name="csrf"' in answer.body:
            self.token = answer.token

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    async def post(self, path: str, form: dict[str, str] | None = None, token: str | None = None, **headers: str) -> Answer:
        fields = {"csrf": self.token if token is None else token, **(form or {})}
        return await self.ask("POST", path, urlencode(fields).encode(), {name.replace("_", "-"): value for name, value in headers.items()})

    async def log_in(self, name: str, password: str = PASSWORD) -> Answer:
        await self.get("/login")
        answer = await self.post("/login", {"name": name, "password": password})
        if answer.status == 303:
            await self.get("/me")
        return answer


class Rig:
    """A house with an account of each role, whose station is a document."""

    def __init__(self, folder: Path, reading: Reading | None = None, accounts: bool = True, updates: UpdatePorts | None = None) -> None:
        self.time = Time()
        self.folder = folder
        self.reading = reading or Reading(state="good", configuration=configuration())
        ports = Ports(
            config=folder / "station.toml",
            folder=folder,
            inquiry=str(folder / "nobody"),
            read=lambda path: self.reading,
            updates=updates,
        )
        self.house = House(
            ports, Clock(self.time.now, self.time.monotonic, asyncio.sleep), frozenset({"station", "station.local", "localhost"})
        )
        self.hashing = self.house.hashing = Quick()
        self.app = application.technicians(self.house)
        for role in ("viewer", "technician", "owner") if accounts else ():
            self.add(role, role)

    def add(self, name: str, role: Role, lasts: timedelta | None = None, password: str = PASSWORD) -> None:
        self.house.accounts.put(name, role, f"quick${password}", self.time.now() if lasts else START, lasts)

    def browser(self, address: str = "192.0.2.7") -> Browser:
        return Browser(self.app, address)

    async def inside(self, role: str, address: str = "192.0.2.7") -> Browser:
        """Somebody who has logged in."""
        browser = self.browser(address)
        answer = await browser.log_in(role)
        assert answer.status == 303, answer.text
        return browser

    @property
    def logged(self) -> list[dict[str, Any]]:
        """The security log, the oldest first."""
        path = self.folder / "security.jsonl"
        return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def visiting(story: Callable[[Rig], Coroutine[Any, Any, None]], folder: Path, **options: Any) -> None:
    """Play it on a virtual clock."""

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        await story(Rig(folder, **options))

    run(main())
