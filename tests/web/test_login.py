"""Logging in, being in, and getting out again."""

import html
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest

from chargepoint.inquiry.security import NoteSecurity
from chargepoint.web import passwords, throttle
from chargepoint.web.pages import login
from chargepoint.web.sessions import IDLE_S, LONGEST_S, MOST_EACH
from tests.web.browser import OTHER, PASSWORD, Rig, visiting

SESSION = "__Host-session"


async def guess(rig: Rig, name: str, address: str = "203.0.113.9", password: str = "wrong " * 4) -> tuple[int, str]:
    answer = await rig.browser(address).log_in(name, password)
    return answer.status, answer.text


def test_who_knows_the_password_gets_a_session_that_scripts_and_other_sites_cannot_use(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = rig.browser()
        answer = await browser.log_in("Technician ")
        assert (answer.status, answer.headers["location"]) == (303, "/")
        cookie = next(each for each in answer.cookies if each.startswith(SESSION))
        assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie
        assert "technician" in (await browser.get("/me")).text
        assert [(line["what"], line["who"], line["address"]) for line in rig.logged] == [("login", "technician", "192.0.2.7")]

    visiting(story, tmp_path)


def test_after_five_wrong_ones_the_pauses_grow_and_nothing_is_tried_meanwhile(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        pauses = []
        for _ in range(throttle.FREE - 1):
            assert (await guess(rig, "owner"))[0] == 403
        for _ in range(8):
            status, text = await guess(rig, "owner")
            assert (status, "Too many wrong tries" in text) == (429, True)
            pause_s = rig.house.throttle.wait_s("owner", "203.0.113.9", rig.time.monotonic())
            tried = rig.hashing.tried
            assert (await guess(rig, "owner", password=PASSWORD))[0] == 429
            rig.time.pass_by(pause_s - 0.5)
            assert (await guess(rig, "owner", password=PASSWORD))[0] == 429
            assert rig.hashing.tried == tried
            rig.time.pass_by(0.5)
            pauses.append(pause_s)
        assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]
        assert (await guess(rig, "owner", password=PASSWORD))[0] == 303
        assert sum(line["what"] == "login failed" for line in rig.logged) == throttle.FREE + 7

    visiting(story, tmp_path)


def test_a_thousand_addresses_that_guess_at_one_account_get_no_more_than_one(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for number in range(1000):
            await guess(rig, "owner", f"198.51.{number // 250}.{number % 250}")
        assert rig.hashing.tried == throttle.FREE

    visiting(story, tmp_path)


def test_one_address_that_guesses_at_a_thousand_names_is_stopped_and_so_is_its_whole_ipv6_network(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for number in range(1000):
            await guess(rig, f"name{number}", f"2001:db8:0:1::{number:x}")
        assert rig.hashing.tried == throttle.FREE
        assert (await guess(rig, "owner", "2001:db8:0:2::1", PASSWORD))[0] == 303

    visiting(story, tmp_path)


def test_nobody_is_locked_out_by_somebody_who_guesses_elsewhere(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await rig.inside("owner", "192.0.2.7")
        for number in range(20):
            await guess(rig, "owner", f"198.51.100.{number}")
        assert (await rig.browser("192.0.2.99").log_in("owner")).status == 429
        assert (await rig.browser("192.0.2.7").log_in("owner")).status == 303

    visiting(story, tmp_path)


def test_who_may_log_in_himself_gets_no_more_guesses_by_it_where_the_owner_has_been_before(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await rig.inside("owner", "192.0.2.7")
        tried = 0
        for _ in range(20):
            before = rig.hashing.tried
            await guess(rig, "owner", "192.0.2.7")
            tried += rig.hashing.tried - before
            await rig.browser("192.0.2.7").log_in("viewer")
        assert tried == throttle.FREE

    visiting(story, tmp_path)


def test_a_password_that_was_not_looked_at_is_no_wrong_one(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        quick = rig.house.hashing

        class Crowded(passwords.Hashing):
            async def matches(self, password: str, kept: str | None) -> bool:
                raise passwords.Busy

        rig.house.hashing = Crowded()
        for _ in range(throttle.FREE + 1):
            assert (await guess(rig, "owner", "192.0.2.7", PASSWORD))[0] == 503
        rig.house.hashing = quick
        assert (await guess(rig, "owner", "192.0.2.7", PASSWORD))[0] == 303

    visiting(story, tmp_path)


def test_setting_the_clock_ends_no_pause_and_begins_none(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("technician")
        for _ in range(throttle.FREE):
            await guess(rig, "owner")
        for jump in (86_400.0 * 365 * 40, -86_400.0 * 365 * 80):
            rig.time.jump(jump)
            assert (await guess(rig, "owner", password=PASSWORD))[0] == 429
            assert (await browser.get("/me")).status == 200
            assert (await rig.browser("192.0.2.55").log_in("viewer")).status == 303

    visiting(story, tmp_path)


def test_a_name_that_nobody_has_looks_like_a_wrong_password_and_costs_as_much(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.house.hashing = passwords.Hashing()
        for name in ("owner", "nobody"):
            status, text = await guess(rig, name, "198.51.100.1")
            assert (status, login.WRONG in text) == (403, True)
        assert passwords.nobodys().split("$")[:4] == passwords.hashed(PASSWORD).split("$")[:4]

    visiting(story, tmp_path)


def test_a_session_that_somebody_else_has_laid_into_the_browser_is_not_used(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        thief = await rig.inside("viewer")
        for laid in (thief.cookies[SESSION], "x" * 43, ""):
            victim = rig.browser("192.0.2.20")
            await victim.get("/login")
            victim.cookies[SESSION] = laid
            assert (await victim.get("/me")).status == (200 if laid == thief.cookies[SESSION] else 303)
            answer = await victim.post("/login", {"name": "owner", "password": PASSWORD})
            assert answer.status == 303
            assert victim.cookies[SESSION] != laid
            assert (await victim.get("/accounts")).status == 200
            assert (await thief.get("/accounts")).status in (303, 403)

    visiting(story, tmp_path)


def test_a_session_ends_when_nothing_is_done_and_looking_on_is_nothing(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        rig.time.pass_by(IDLE_S - 1)
        assert (await browser.get("/me")).status == 200
        rig.time.pass_by(IDLE_S - 1)
        assert (await browser.get("/me", x_looks_on="1")).status == 200
        rig.time.pass_by(2)
        gone = await browser.get("/me")
        assert (gone.status, gone.headers["location"]) == (303, "/login?next=/me")

    visiting(story, tmp_path)


def test_a_session_ends_after_half_a_day_whatever_is_done(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        for _ in range(int(LONGEST_S / IDLE_S * 2) - 1):
            rig.time.pass_by(IDLE_S / 2)
            assert (await browser.get("/me")).status == 200
        rig.time.pass_by(IDLE_S / 2)
        assert (await browser.get("/me")).status == 303

    visiting(story, tmp_path)


def test_logging_out_ends_it_here_and_in_the_browser(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = await rig.inside("owner")
        held = browser.cookies[SESSION]
        answer = await browser.post("/logout")
        assert (answer.status, answer.headers["location"]) == (303, "/login")
        assert SESSION not in browser.cookies
        browser.cookies[SESSION] = held
        assert (await browser.get("/me")).status == 303
        assert rig.logged[-1]["what"] == "logout"

    visiting(story, tmp_path)


def test_another_password_ends_every_other_session_and_renews_this_one(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser, other = await rig.inside("technician"), await rig.inside("technician", "192.0.2.8")
        held = browser.cookies[SESSION]
        wrong = await browser.post("/me/password", {"old": "not mine at all", "password": OTHER, "again": OTHER})
        assert (wrong.status, login.WRONG in wrong.text) == (403, True)
        easy = await browser.post("/me/password", {"old": PASSWORD, "password": "technician12", "again": "technician12"})
        assert (easy.status, "too easy to guess" in easy.text) == (403, True)
        done = await browser.post("/me/password", {"old": PASSWORD, "password": OTHER, "again": OTHER})
        assert done.status == 303
        assert browser.cookies[SESSION] != held
        assert (await browser.get("/me")).status == 200
        assert (await other.get("/me")).status == 303
        assert (await rig.browser().log_in("technician", PASSWORD)).status == 403
        assert (await rig.browser().log_in("technician", OTHER)).status == 303

    visiting(story, tmp_path)


def test_who_loses_his_role_loses_it_at_once(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        owner, technician = await rig.inside("owner"), await rig.inside("technician", "192.0.2.8")
        form = {"name": "technician", "role": "viewer", "password": OTHER, "again": OTHER}
        assert (await owner.post("/accounts/put", form)).status == 303
        assert (await technician.get("/security")).status == 303
        assert (await owner.post("/accounts/remove", {"name": "technician"})).status == 303
        assert (await rig.browser("192.0.2.8").log_in("technician", OTHER)).status == 403

    visiting(story, tmp_path)


def test_access_for_a_time_ends_for_sessions_too_and_setting_the_clock_back_gives_none_back(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add("helper", "technician", timedelta(hours=1))
        browser = await rig.inside("helper")
        assert "Your access ends at 2026-11-23 13:00:00 UTC" in (await browser.get("/me")).text
        rig.time.jump(-86_400 * 30)
        assert (await browser.get("/me")).status == 200
        for _ in range(4):
            rig.time.pass_by(900)
            await browser.get("/me")
        assert (await browser.get("/me")).status == 303
        over = await rig.browser("192.0.2.8").log_in("helper")
        assert (over.status, login.OVER in over.text) == (403, True)
        rig.house.accounts.settle(rig.time.monotonic())
        again = Rig(tmp_path, accounts=False)
        again.time.jump(-86_400 * 30)
        assert (await again.browser().log_in("helper")).status == 403

    visiting(story, tmp_path)


def test_a_clock_that_is_set_forward_ends_it_early_and_locks_no_owner_out(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        rig.add("helper", "technician", timedelta(hours=24))
        rig.time.jump(86_400 * 365)
        assert (await rig.browser().log_in("helper")).status == 403
        assert (await rig.browser().log_in("owner")).status == 303
        rig.time.jump(-86_400 * 365)
        assert (await rig.browser().log_in("helper")).status == 303

    visiting(story, tmp_path)


def test_one_account_has_so_many_sessions_and_its_owner_ends_those_that_he_does_not_know(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        first = await rig.inside("viewer")
        for _ in range(MOST_EACH + 2):
            rig.time.pass_by(1)
            last = await rig.inside("viewer", "192.0.2.8")
        assert (await first.get("/me")).status == 303
        assert len(rig.house.sessions.of("viewer", rig.time.monotonic())) == MOST_EACH
        assert (await last.post("/me/sessions/end", {"label": "others"})).status == 303
        assert len(rig.house.sessions.of("viewer", rig.time.monotonic())) == 1
        assert (await last.get("/me")).status == 200

    visiting(story, tmp_path)


def test_nobody_ends_the_sessions_of_somebody_else(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        viewer, owner = await rig.inside("viewer"), await rig.inside("owner", "192.0.2.8")
        label = rig.house.sessions.of("owner", rig.time.monotonic())[0].label
        await viewer.post("/me/sessions/end", {"label": label})
        assert (await owner.get("/me")).status == 200

    visiting(story, tmp_path)


def test_whose_session_has_ended_goes_on_where_he_was_with_what_he_had_chosen(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        browser = rig.browser()
        led = await browser.get("/variables/one?name=OCPPCommCtrlr.MessageTimeout%5BDefault%5D&more=a%26b")
        form = (await browser.get(led.headers["location"])).text
        kept = html.unescape(re.findall(r'name="next" value="([^"]*)"', form)[0])
        answer = await browser.post("/login", {"name": "viewer", "password": PASSWORD, "next": kept})
        assert answer.headers["location"] == "/variables/one?name=OCPPCommCtrlr.MessageTimeout%5BDefault%5D&more=a%26b"

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("/accounts", "/accounts"),
        ("/events?evse=1&area=fault", "/events?evse=1&area=fault"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a:b@evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("", "/"),
        ("/login", "/"),
    ],
)
def test_after_the_login_there_are_only_pages_of_ours(said: str, path: str) -> None:
    assert login.beyond(said) == path


def test_no_password_session_or_token_is_ever_in_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def story(rig: Rig) -> None:
        rig.house.hashing = passwords.Hashing()
        browser = rig.browser()
        await browser.get("/login")
        await browser.post("/login", {"name": PASSWORD, "password": OTHER})
        await browser.post("/login", {"name": "owner", "password": OTHER})
        rig.house.hashing = rig.hashing
        await browser.log_in("owner")
        form = {"name": "helper", "role": "technician", "hours": "4", "password": OTHER, "again": OTHER, "new": "yes"}
        await browser.post("/accounts/put", form)
        await browser.post("/accounts/remove", {"name": "helper"}, token="f" * 128)
        await browser.get(f"/nowhere?token={browser.token}")
        logs = caplog.text + (tmp_path / "security.jsonl").read_text() + repr(rig.house.accounts.all())
        logs += repr(rig.house.sessions.of("owner", rig.time.monotonic())) + repr(list(rig.house.security._waiting))
        for secret in (PASSWORD, OTHER, browser.cookies[SESSION], browser.token, "quick$"):
            assert secret not in logs
        assert "unknown name" in logs

    visiting(story, tmp_path)


def test_the_station_is_told_by_the_names_of_the_standard(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await guess(rig, "owner")
        owner = await rig.inside("owner")
        await owner.post("/accounts/remove", {"name": "viewer"})
        assert list(rig.house.security._waiting) == [
            NoteSecurity("MaintenanceLoginFailed", "{'user':'owner','origin':'203.0.113.9','info':'pages: login failed'}"),
            NoteSecurity("MaintenanceLoginAccepted", "{'user':'owner','origin':'192.0.2.7','info':'pages: login, as owner'}"),
            NoteSecurity("ReconfigurationOfSecurityParameters", "pages: account, owner, from 192.0.2.7, removed: viewer"),
        ]

    visiting(story, tmp_path)


def test_a_flood_of_failures_is_counted_and_pushes_nothing_else_out(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        await rig.inside("owner")
        for _ in range(500):
            await rig.browser().post("/login", {"name": "owner"})
        assert len(rig.logged) == 61
        rig.time.pass_by(601)
        await rig.browser().post("/login", {"name": "owner"})
        assert "and 440 more before" in rig.logged[-1]["info"]
        assert rig.logged[0]["what"] == "login"

    visiting(story, tmp_path)
