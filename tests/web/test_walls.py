"""What nobody means well with, at every route: access that is over, nonsense in paths and fields, bodies beyond bounds."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from chargepoint.web import application, drivers, pages
from chargepoint.web.roles import RANK, Role
from chargepoint.web.routes import Get, Post
from tests.web.browser import Answer, Browser, Rig, visiting

EVERY = list(application.every_route(pages.TABLE, pages.__name__))
OF_DRIVERS = list(application.every_route(drivers.TABLE, drivers.__name__))
TEMPLATES = Path(application.__file__).with_name("templates")
FIELDS = sorted({name for file in TEMPLATES.glob("*.html") for name in re.findall(r'name="([a-z_.]+)"', file.read_text())} - {"csrf"})
NASTY = (
    "",
    "../../../../etc/passwd",
    "..%2f..%2faccounts.json",
    "\x00",
    "-1",
    "9" * 40,
    "1e999",
    "x" * 3_000,
    "é\u202e'\"><script>",
    "{{7*7}}",
)
"""Of paths and fields."""
OURS = frozenset({200, 204, 303, 400, 403, 404, 405, 409, 411, 413, 415, 422, 429, 503, 507})
"""Statuses of answers that somebody has thought of."""
STREAMS_S = 30.0


def path(route: Get | Post, value: str = "1") -> str:
    return re.sub(r"\{[^}]*\}", value, route.path)


async def asked(browser: Browser, method: str, where: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer | None:
    """``None``: a stream, which goes on."""
    try:
        return await asyncio.wait_for(browser.ask(method, where, body, headers), STREAMS_S)
    except TimeoutError:
        return None


def test_access_that_was_for_a_time_opens_nothing_when_that_is_over(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add("visitor", "technician", timedelta(hours=1))
        browser = await rig.inside("visitor")
        assert (await browser.get("/me")).status == 200
        kept, token = dict(browser.cookies), browser.token
        for passed_s in (3_601, 0):
            rig.time.pass_by(passed_s)
            for route, needs in EVERY:
                if needs == "anybody":
                    continue
                browser.cookies = dict(kept)
                answer = await (browser.get(path(route)) if isinstance(route, Get) else browser.post(path(route), token=token))
                assert answer.status in (303, 401), route.path
                assert answer.status == 401 or answer.headers["location"].startswith("/login"), route.path
        assert (await browser.log_in("visitor")).status == 403

    visiting(story, tmp_path)


@pytest.mark.parametrize("role", ["viewer", "technician", "owner"])
def test_every_page_opens_for_every_role_that_is_enough_and_for_no_other(role: Role, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside(role)
        for route, needs in EVERY:
            if isinstance(route, Get):
                answer = await asked(browser, "GET", path(route))
                status = 200 if answer is None else answer.status
                assert status in OURS, f"{route.path}: {status}"
                assert (status == 403) == (RANK[needs] > RANK[role]), f"{route.path}: {status}"

    visiting(story, tmp_path)


@pytest.mark.parametrize("value", NASTY[1:], ids=ascii)
def test_a_path_with_nonsense_in_it_leads_nowhere(value: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for browser, table in (
            (await rig.inside("owner"), EVERY),
            (Browser(application.for_drivers(rig.house), scheme="http"), OF_DRIVERS),
        ):
            for route, _ in table:
                if "{" not in route.path:
                    continue
                answer = await asked(browser, "GET", path(route, value))
                status = 200 if answer is None else answer.status
                assert status in OURS, f"{route.path}: {status}"
                assert answer is None or ("root:" not in answer.text and "quick$" not in answer.text and "><script>" not in answer.text)

    visiting(story, tmp_path)


@pytest.mark.parametrize("value", NASTY, ids=ascii)
def test_a_form_full_of_nonsense_is_refused_or_harmless(value: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for route, _ in EVERY:
            if isinstance(route, Post) and not route.large:
                browser = await rig.inside("owner")
                answer = await browser.post(path(route), {**dict.fromkeys(FIELDS, value), "name": value or "x"})
                assert answer.status in OURS, f"{route.path}: {answer.status} {answer.text[:300]}"
                assert "><script>" not in answer.text, route.path
                assert rig.house.accounts.find("owner") is not None, route.path

    visiting(story, tmp_path)


def test_no_body_is_read_beyond_the_bound_of_its_route(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        for route, _ in EVERY:
            if isinstance(route, Post):
                told = {"content-type": "multipart/form-data; boundary=b", "content-length": str(route.most_bytes + 1)}
                answer = await browser.ask("POST", path(route), b"--b\r\n", told)
                assert answer.status in (413, 507), f"{route.path}: {answer.status}"

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=b", b"--b\r\nnonsense\r\n--b--"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nbroken off'),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="../../x\x00"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("multipart/form-data; boundary=" + "b" * 5_000, b"--b"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"X-Header: y\r\n" * 5_000),
        ("application/octet-stream", b"\x7fELF"),
        ("application/json", b"{}"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_an_upload_that_is_none_changes_nothing(kind: str, body: bytes, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        for route, _ in EVERY:
            if isinstance(route, Post):
                answer = await browser.ask("POST", path(route), body, {"content-type": kind, "x-csrf-token": ""})
                assert answer.status in (400, 403, 413, 415), f"{route.path}: {answer.status} {answer.text[:200]}"

    visiting(story, tmp_path)
    assert not [each for each in tmp_path.rglob("*") if each.name.startswith(("x", "tmp"))]
