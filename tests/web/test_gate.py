"""Who comes through to a page: every route of the table, from every wrong side."""

import re
from pathlib import Path

import pytest

from chargepoint.web import application, drivers, pages
from chargepoint.web.roles import RANK, Needs, Role
from chargepoint.web.routes import Get, Post
from tests.web.browser import HOST, PASSWORD, Browser, Rig, visiting

EVERY = list(application.every_route(pages.TABLE, pages.__name__))
GUARDED = [(route, needs) for route, needs in EVERY if needs != "anybody"]
POSTS = [(route, needs) for route, needs in EVERY if isinstance(route, Post)]
ROLES: tuple[Role, ...] = ("viewer", "technician", "owner")


def method(route: Get | Post) -> str:
    return "POST" if isinstance(route, Post) else "GET"


def path(route: Get | Post) -> str:
    return re.sub(r"\{[^}]*\}", "1", route.path)


def named(value: object) -> str:
    return f"{method(value)} {value.path}" if isinstance(value, Get | Post) else str(value)


@pytest.mark.parametrize(("route", "needs"), GUARDED, ids=named)
def test_nobody_without_a_session_gets_in(route: Get | Post, needs: Needs, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = rig.browser()
        await browser.get("/login")
        answer = await browser.ask(method(route), path(route), headers={"cookie": "__Host-session=guessed"})
        assert (answer.status, answer.headers.get("location", "").partition("?")[0]) in ((303, "/login"), (401, ""))
        asked = await browser.ask(method(route), path(route), headers={"accept": "application/json", "hx-request": "true"})
        assert (asked.status, asked.headers["hx-redirect"].partition("?")[0]) == (401, "/login")

    visiting(story, tmp_path)


@pytest.mark.parametrize(("route", "needs"), [each for each in GUARDED if RANK[each[1]] > 1], ids=named)
def test_a_role_that_is_too_low_is_refused_and_told_so(route: Get | Post, needs: Needs, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for role in (each for each in ROLES if RANK[each] < RANK[needs]):
            browser = await rig.inside(role)
            before = rig.house.accounts.all()
            form = {"csrf": browser.token, "name": "owner", "label": "others"}
            answer = await browser.post(path(route), form) if isinstance(route, Post) else await browser.get(path(route))
            assert answer.status == 403
            assert f"needs the role {needs}" in answer.text
            assert rig.house.accounts.all() == before

    visiting(story, tmp_path)


def test_a_page_that_is_not_in_the_table_is_not_there(tmp_path: Path) -> None:
    files = {each.stem for each in Path(pages.__file__).parent.glob("*.py")} - {"__init__"}
    assert {page.module for page in pages.TABLE} <= files
    reached = {route.path for route, _ in EVERY}
    for module in files - {page.module for page in pages.TABLE}:
        assert not {route.path for route in application.routes_of(pages.__name__, module)} & reached

    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        for nowhere in ("/nowhere", "/accounts/", "/login/x", "/templates/base.html", "//accounts"):
            assert (await browser.get(nowhere)).status == 404

    visiting(story, tmp_path)


def test_no_route_asks_for_less_than_its_row_of_the_table() -> None:
    least = {page.module: (page.sees, page.does) for page in pages.TABLE}
    for page in pages.TABLE:
        for route, needs in application.every_route((page,), pages.__name__):
            sees, does = least[page.module]
            assert RANK[needs] >= RANK[does if isinstance(route, Post) else sees]


@pytest.mark.parametrize(("route", "needs"), POSTS, ids=named)
def test_nothing_is_done_without_the_token_of_the_very_session(route: Post, needs: Needs, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        other = await rig.inside("owner", "192.0.2.8")
        visitor = rig.browser()
        await visitor.get("/login")
        before = (rig.house.accounts.all(), rig.house.sessions.of("owner", rig.time.monotonic()))
        for token in ("", "0" * 128, "nonsense", other.token, visitor.token, browser.token[:-2], f"{browser.token}00"):
            answer = await browser.post(path(route), {"name": "viewer", "label": "others"}, token=token)
            assert (answer.status, "out of date" in answer.text) == (403, True)
        assert (rig.house.accounts.all(), rig.house.sessions.of("owner", rig.time.monotonic())) == before
        assert rig.logged[-1]["what"] == "forged"

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"http://{HOST}"},
        {"origin": f"https://{HOST}:8443"},
        {"origin": ""},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "", "sec_fetch_site": "none"},
    ],
    ids=str,
)
def test_nothing_is_done_for_the_page_of_another_site_even_with_the_token(headers: dict[str, str], tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        answer = await browser.post("/accounts/remove", {"name": "viewer"}, **headers)
        assert (answer.status, "another site" in answer.text) == (403, True)
        assert rig.house.accounts.find("viewer") is not None

    visiting(story, tmp_path)


def test_the_token_is_taken_from_a_form_and_from_htmx_and_looks_different_each_time(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        first = browser.token
        await browser.get("/me")
        assert browser.token != first
        assert (await browser.post("/accounts/remove", {"name": "viewer"}, token=first)).status == 303
        done = await browser.post("/accounts/remove", {"name": "technician"}, token="", x_csrf_token=first, hx_request="true")
        assert (done.status, done.headers["hx-redirect"]) == (204, "/accounts")
        assert [account.name for account in rig.house.accounts.all()] == ["owner"]

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    "host", ["evil.example", "station.evil:99999999", "a b", "[::1", "x" * 300, "station\x00", "../..", "", "@station"]
)
def test_a_host_that_is_not_ours_is_refused(host: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        answer = await browser.get("/", host=host)
        assert answer.status in (400, 421)
        assert "<script>" not in answer.text

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "192.0.2.1:8443", "[fd00::1]:443", "station", "Station.Local:443", "station.fritz.box", "localhost"]
)
def test_a_host_that_is_ours_is_taken(host: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        assert (await rig.browser().get("/login", host=host)).status == 200

    visiting(story, tmp_path)


def test_every_answer_carries_the_security_headers_and_no_page_has_script_or_style_in_it(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        for where in (
            "/",
            "/login",
            "/accounts",
            "/me",
            "/security",
            "/nowhere",
            "/static/0/none.js",
            rig.house.assets.address("site.css"),
        ):
            answer = await browser.get(where)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "server" not in answer.headers
            if "html" in answer.headers.get("content-type", ""):
                assert answer.headers["cache-control"] == "no-store"
                assert not re.search(
                    r"<script(?![^>]* src=\"/static/)|<style| style=| on[a-z]+=|javascript:|(?:src|href)=\"(?:https?:)?//", answer.text
                )

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    "walk",
    [
        "/static/../accounts.json",
        "/static/../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/accounts.json",
        "/static/..%2f..%2faccounts.json",
        "/static//etc/passwd",
        "/static/0/site.css",
        "/static/\x00",
        "/static/...//setup-code",
    ],
)
def test_there_is_no_path_to_walk_among_static_files(walk: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        answer = await rig.browser().get(walk)
        assert (answer.status, answer.text) == (404, "There is no such file.")

    visiting(story, tmp_path)


def test_static_files_are_kept_for_ever_and_packed(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = rig.browser()
        address = rig.house.assets.address("htmx.min.js")
        packed = await browser.get(address, accept_encoding="gzip")
        plain = await browser.get(address)
        assert "immutable" in packed.headers["cache-control"]
        assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
        assert len(packed.body) < 20_000 < len(plain.body)

    visiting(story, tmp_path)


def test_a_page_with_all_that_it_loads_weighs_less_than_half_of_what_it_may(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        for where in ("/", "/accounts", "/me"):
            weight = len((await browser.get(where, accept_encoding="gzip")).body)
            for name in ("site.css", "htmx.min.js", "htmx-ext-sse.min.js", "page.js", "icon.svg"):
                loaded = await browser.get(rig.house.assets.address(name), accept_encoding="gzip")
                assert loaded.headers["content-encoding"] == "gzip"
                weight += len(loaded.body)
            assert weight < 30_000

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (413, "application/x-www-form-urlencoded", b"name=" + b"x" * 70_000),
        (413, "multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"x" * 70_000),
        (400, "multipart/form-data", b"no boundary"),
        (400, "multipart/form-data; boundary=b", b"--b\r\nnonsense\r\n--b--"),
        (400, "application/x-www-form-urlencoded", b"&".join(b"f%d=1" % number for number in range(300))),
        (403, "application/x-www-form-urlencoded", b"%ff%fe=%00&csrf=%80"),
        (403, "application/x-www-form-urlencoded", b"\xff" * 500),
        (415, "application/json", b'{"csrf": 1}'),
        (415, "text/xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]>"),
        (415, "", b"name=owner"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_that_are_too_large_or_nonsense_are_refused(status: int, kind: str, body: bytes, chunked: bool, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        chunks = [body[at : at + 9_000] for at in range(0, len(body), 9_000)] if chunked else None
        answer = await browser.ask("POST", "/accounts/remove", body, {"content-type": kind}, chunks)
        assert answer.status == status
        assert len(rig.house.accounts.all()) == 3
        assert (await browser.get("/")).status == 200

    visiting(story, tmp_path)


def test_methods_that_nobody_uses_are_refused(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        assert [(await browser.ask(verb, "/accounts")).status for verb in ("PUT", "DELETE", "TRACE", "POST")] == [405] * 4
        assert (await browser.ask("HEAD", "/accounts")).status == 200
        assert (await browser.get("/accounts/remove")).status == 405

    visiting(story, tmp_path)


def test_what_people_type_is_shown_as_text(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        evil = '"><script>alert(1)</script>'
        browser = rig.browser()
        await browser.get("/login")
        answer = await browser.post("/login", {"name": evil, "password": PASSWORD})
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;" in answer.text
        owner = await rig.inside("owner")
        assert "<script>alert" not in (await owner.get("/security")).text

    visiting(story, tmp_path)


def test_drivers_see_their_own_pages_and_nothing_else(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.house.technicians_port = 8443
        driver = Browser(application.for_drivers(rig.house), scheme="http")
        home = await driver.get("/", host="charge.example:8080")
        assert (home.status, home.cookies) == (200, [])
        assert "https://charge.example:8443/" in home.text
        assert 'href="/e/2"' in home.text
        for route, _ in EVERY:
            if route.path not in {each.path for each, _ in application.every_route(drivers.TABLE, drivers.__name__)}:
                assert (await driver.ask(method(route), path(route))).status in (404, 405)
        inside = await rig.inside("owner")
        driver.cookies = inside.cookies
        assert (await driver.get("/accounts")).status == 404

    visiting(story, tmp_path)
