"""The first account."""

from pathlib import Path

import pytest

from chargepoint.web import setup_code
from chargepoint.web.house import House
from chargepoint.web.ports import Reading
from tests.web.browser import OTHER, PASSWORD, Rig, visiting

NOTHING = Reading(state="missing")


def form(code: str, password: str = PASSWORD, again: str | None = None, name: str = "owner") -> dict[str, str]:
    return {"code": code, "name": name, "password": password, "again": password if again is None else again}


def test_a_new_station_leads_everybody_to_the_set_up_and_nowhere_else(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for where in ("/", "/login", "/accounts", "/me", "/security", "/live"):
            answer = await rig.browser().get(where)
            assert (answer.status, answer.headers["location"]) == (303, "/setup")
        assert (await rig.browser().post("/login", {"name": "owner", "password": PASSWORD})).status == 401

    visiting(story, tmp_path, accounts=False, reading=NOTHING)


def test_who_has_the_code_becomes_owner_and_the_code_is_gone(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = rig.browser()
        await browser.get("/setup")
        code = setup_code.of(tmp_path)
        assert (tmp_path / "setup-code").stat().st_mode & 0o777 == 0o600
        done = await browser.post("/setup", form(code.lower().replace("-", " ")))
        assert (done.status, done.headers["location"]) == (303, "/")
        assert "There is no configuration yet" in (await browser.get("/")).text
        assert setup_code.read(tmp_path) is None
        assert [(account.name, account.role) for account in rig.house.accounts.all()] == [("owner", "owner")]
        late = rig.browser("192.0.2.8")
        assert (await late.get("/setup")).headers["location"] == "/login"
        await late.get("/login")
        assert (await late.post("/setup", form(code, OTHER, name="thief"))).headers["location"] == "/login"
        assert len(rig.house.accounts.all()) == 1

    visiting(story, tmp_path, accounts=False, reading=NOTHING)


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        ("short", "short", "expected at least 12"),
        ("chargepoint1234", "chargepoint1234", "too easy to guess"),
        (PASSWORD, OTHER, "not the same"),
        ("", "", "expected at least 12"),
    ],
)
def test_there_is_no_way_past_a_good_password(password: str, again: str, told: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = rig.browser()
        await browser.get("/setup")
        answer = await browser.post("/setup", form(setup_code.of(tmp_path), password, again))
        assert (answer.status, told in answer.text) == (403, True)
        assert not rig.house.accounts.all()
        assert setup_code.read(tmp_path) is not None

    visiting(story, tmp_path, accounts=False)


def test_the_code_cannot_be_guessed(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for number in range(50):
            browser = rig.browser(f"198.51.100.{number}")
            await browser.get("/setup")
            answer = await browser.post("/setup", form("AAAA-AAAA-AAAA"))
        assert (answer.status, "Too many wrong tries" in answer.text) == (429, True)
        answer = await browser.post("/setup", form(setup_code.of(tmp_path)))
        assert answer.status == 429
        assert not rig.house.accounts.all()

    visiting(story, tmp_path, accounts=False)


def test_two_who_have_the_code_make_one_owner(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        one, two = rig.browser(), rig.browser("192.0.2.8")
        code = setup_code.of(tmp_path)
        await one.get("/setup")
        await two.get("/setup")
        hashed = rig.hashing.hashed

        async def meanwhile(password: str) -> str:
            rig.hashing.hashed = hashed  # type: ignore[method-assign]
            assert (await two.post("/setup", form(code, OTHER, name="second"))).status == 303
            return await hashed(password)

        rig.hashing.hashed = meanwhile  # type: ignore[method-assign]
        late = await one.post("/setup", form(code, name="first"))
        assert (late.status, "there are accounts already: second" in late.text) == (409, True)
        assert [account.name for account in rig.house.accounts.all()] == ["second"]

    visiting(story, tmp_path, accounts=False)


def test_an_account_file_that_cannot_be_read_lets_nobody_in_and_makes_nobody_the_first(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await rig.inside("owner")
        (tmp_path / "accounts.json").write_bytes(b'{"owner": {"na')
        for where in ("/", "/setup", "/login"):
            answer = await rig.browser().get(where)
            assert (answer.status, "restore it from a backup" in answer.text) == (500, True)

    visiting(story, tmp_path)


def test_a_broken_configuration_is_shown_entry_by_entry_and_read_again_when_it_is_mended(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.reading = Reading(state="broken", errors=("site.fuse_a: -3; expected more than 0 <A>",))
        await changed(rig.house, tmp_path)
        browser = await rig.inside("viewer")
        page = await browser.get("/")
        assert "site.fuse_a: -3; expected more than 0 &lt;A&gt;" in page.text
        assert rig.house.identity == "cp001"
        rig.reading = NOTHING
        await changed(rig.house, tmp_path)
        assert "There is no configuration yet" in (await browser.get("/")).text

    visiting(story, tmp_path)


async def changed(house: House, folder: Path) -> None:
    with (folder / "station.toml").open("a") as file:
        file.write("#")
    await house.configured.look()
