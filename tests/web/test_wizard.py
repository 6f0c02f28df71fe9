"""The first configuration in a browser: every step, back again, wrong answers, power cuts, trials, and what becomes of the file."""

import asyncio
import os
import re
import socket
import tomllib
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from msgspec.structs import replace

from chargepoint.cli import configuration as configurations
from chargepoint.cli import wizard
from chargepoint.cli.configuration import build
from chargepoint.cli.errors import ConfigurationError
from chargepoint.domain.findings import Finding
from chargepoint.inquiry.trial import Row, Sight
from chargepoint.ladder import time_of_day
from chargepoint.ladder.way import Way
from chargepoint.web.ports import Reading
from chargepoint.web.wizard import candidate
from chargepoint.web.wizard.climbing import climbed
from chargepoint.web.wizard.draft import Draft
from chargepoint.web.wizard.fields import Field
from chargepoint.web.wizard.ports import Progress, Tree, WizardPorts
from chargepoint.web.wizard.wrong import field_of, in_words
from tests.virtual_time import run
from tests.web.browser import Browser, Inline
from tests.web.wizard_pages import BOARD, SILENT, STATION, STEPS, WizardRig


def making(story: Callable[[WizardRig, Browser], Coroutine[Any, Any, None]], folder: Path) -> None:
    """Somebody who may make it has logged in."""

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        rig = WizardRig(folder)
        await story(rig, await rig.inside("technician"))

    run(main())


SINGLE = ("socket/1", {"kind": "socket", "max_current_a": "16", "failsafe_current_a": "6", "phases": "1"})


async def looked(browser: Browser, path: str, seconds: float = 3.0) -> None:
    """A page with live values is open for a while."""
    task = asyncio.ensure_future(browser.get(path))
    await asyncio.sleep(seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_every_step_leads_to_the_next_and_the_file_is_good(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        assert (await browser.get("/wizard")).headers["location"] == "/wizard/station"
        follow = [path for path, _ in STEPS[1:]] + ["summary"]
        for (path, answers), after in zip(STEPS, follow, strict=True):
            assert (await rig.answer(browser, path, answers, "skip")).headers["location"] == f"/wizard/{after}"
        page = (await browser.get("/wizard/summary")).text
        assert "not seen to work" in page
        assert "Board of EVSE 1: passed over without a test" in page
        assert (await browser.post("/wizard/save")).headers["location"] == "/wizard/start"
        await asyncio.sleep(1)
        (text,) = rig.files
        configuration = build(tomllib.loads(text), boards=True)
        assert configuration.station.id == "cp042"
        assert configuration.public.label == "XY-12"
        assert configuration.public.languages == ("en", "de")
        assert configuration.authorization.free
        assert configuration.web is not None, "without it there would be no pages any more"
        assert "[site]  # grid: TN-S\n" in text
        assert not (tmp_path / "draft.json").exists()
        assert "saved by the set-up pages" in rig.logged[-1]["info"]

    making(story, tmp_path)


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("station", STATION | {"fuse_a": "-63"}, "site.fuse_a"),
    ("station", STATION | {"fuse_a": "many"}, "site.fuse_a"),
    ("station", STATION | {"id": ""}, "station.id"),
    ("station", STATION | {"label": "x" * 30}, "public.label"),
    ("board/1", {"driver": "nonsense"}, "evses[0].board.driver"),
    ("board/1", {"driver": "openevse", "entry.port": "", "entry.fallback_a": "7"}, "evses[0].board.port"),
    ("meter/1", {"driver": "sdm630", "entry.port": "/dev/ttyUSB0", "entry.unit": "x"}, "evses[0].meter.unit"),
    ("socket/1", {"kind": "socket", "max_current_a": "5", "failsafe_current_a": "6", "phases": "3"}, "evses[0].max_current_a"),
    ("socket/1", {"kind": "cable", "max_current_a": "16", "failsafe_current_a": "3", "phases": "3"}, "evses[0].failsafe_current_a"),
    ("access", {"who": "cards", "driver": "none", "cards": "x" * 40}, "authorization.cards"),
    ("csms", {"uses": "csms", "url": "http://x", "version": "both", "profile": "2", "password": "long enough to be good"}, "ocpp.csms_url"),
    ("csms", {"uses": "csms", "url": "wss://x", "version": "both", "profile": "9"}, "ocpp.security_profile"),
]


@pytest.mark.parametrize(("path", "answers", "entry"), WRONG)
def test_a_wrong_answer_is_told_once_at_its_field_in_the_words_of_the_form_and_kept(
    path: str, answers: dict[str, str], entry: str, tmp_path: Path
) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        await rig.all(browser)
        if path == "meter/1":
            await rig.answer(browser, "board/1", {"driver": "heidelberg"})
            await rig.answer(browser, "board/1", {"driver": "heidelberg", "entry.port": "/dev/ttyUSB0"})
        await rig.answer(browser, path, {"driver": answers.get("driver", "")})  # its questions are there from now on
        answer = await rig.answer(browser, path, answers)
        if answer.status == 303:
            answer = await browser.get(f"/wizard/{path}")
        with pytest.raises(ConfigurationError) as said:
            configurations.build(rig.house.workshop.tree, boards=True)
        (sentence,) = [error for error in said.value.errors if error.startswith(entry)]
        assert sentence.partition(": ")[0] not in answer.text, "that is a name of the file"
        name = field_of(sentence, [Field(name=each, label="") for each in answers])
        assert answer.text.count(str(escape(in_words(sentence, ())))) == 1 or "_" in sentence.partition(": ")[2]
        assert answer.text.count(f'id="e-{name}"') == 1, "at the field"
        assert rig.house.workshop.draft.of(path)[next(iter(answers))] == answers[next(iter(answers))]
        assert (await browser.post("/wizard/save")).status == 409
        assert rig.files == []

    making(story, tmp_path)


def test_an_identity_that_ocpp_does_not_know_is_refused_before_anything_else_is_asked(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        answer = await rig.answer(browser, "station", STATION | {"id": "cp 042/x"})
        assert answer.status == 400
        assert str(escape('"cp 042/x": a space and "/" cannot be in an identity; OCPP 2.0.1 allows letters')) in answer.text
        assert re.search(r'name="id" [^>]*aria-invalid="true"', answer.text)
        answer = await rig.answer(browser, "station", STATION | {"fuse_a": "thirty"})
        assert str(escape('"thirty": expected a number')) in answer.text
        assert re.search(r'name="fuse_a" [^>]*aria-invalid="true"', answer.text)
        assert answer.text.count("thirty") == 2, "what was typed, and what is said of it"

    making(story, tmp_path)


def test_a_sentence_about_other_entries_names_their_fields() -> None:
    fields = [Field(name="profile", label="Security profile"), Field(name="password", label="Password")]
    assert in_words("ocpp.basic_auth_password: missing; security_profile 2 needs it", fields) == "missing; “Security profile” 2 needs it"
    assert in_words('ocpp.x: "security_profile": security_profile', fields) == '"security_profile": “Security profile”'


def test_nothing_is_lost_by_going_back_nor_by_a_power_cut(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        for path, answers in STEPS[:4]:
            await rig.answer(browser, path, answers, "skip")
        await rig.answer(browser, "station", STATION | {"model": "Two", "fuse_a": "wrong"})
        rig.begin()
        assert (await browser.get("/wizard")).headers["location"] == "/wizard/access"
        page = (await browser.get("/wizard/station")).text
        assert 'value="Two"' in page
        assert 'value="wrong"' in page
        assert os.stat(tmp_path / "draft.json").st_mode & 0o077 == 0
        await rig.all(browser)
        (tmp_path / "station.toml").write_text(rig.house.workshop.text(masked=False))
        rig.begin()
        assert not rig.house.workshop.begun, "the cut came after the file was written"
        assert not (tmp_path / "draft.json").exists()
        (tmp_path / "draft.json").write_text("{")
        rig.begin()
        assert (await browser.get("/wizard")).headers["location"] == "/wizard/station", "half a draft is none"

    making(story, tmp_path)


def test_what_has_not_been_seen_to_work_is_not_passed_by_accident(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        path, answers = STEPS[1]
        await rig.answer(browser, "station", STATION)
        assert (await rig.answer(browser, path, answers)).status == 409
        rig.told["board"] = [SILENT]
        await looked(browser, f"/wizard/{path}/live")
        assert rig.house.workshop.draft.trial(path) is not None
        rig.told["board"] = [SILENT, BOARD, SILENT]
        await looked(browser, f"/wizard/{path}/live")
        tried = rig.house.workshop.draft.trial(path)
        assert tried is not None
        assert tried.good, "it was seen once"
        assert (await rig.answer(browser, path, answers)).headers["location"] == "/wizard/meter/1"
        await rig.answer(browser, path, {"driver": "openevse", "entry.port": "/dev/ttyUSB0"})
        assert rig.house.workshop.draft.trial(path) is None, "another board is another matter"

    making(story, tmp_path)


def test_a_feed_of_one_phase_lets_everything_be_tried_before_the_socket_is_described(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        await rig.answer(browser, "station", STATION | {"phases": "1"})
        await rig.answer(browser, *STEPS[1])
        await looked(browser, "/wizard/board/1/live")
        assert configurations.build(dict(rig.asked[0].configuration), boards=True).evses[0].phases == 1
        page = (await browser.get("/wizard/socket/1")).text
        assert re.search(r'name="phases" value="1" checked', page), "the feed has no more"

    making(story, tmp_path)


def test_what_a_trial_rests_on_is_tried_again_once_it_is_answered_otherwise(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        await rig.all(browser)
        csms = {"uses": "csms", "url": "ws://csms.example.com/ocpp", "version": "1.6", "profile": "0"}
        await rig.answer(browser, "csms", csms)
        for path in ("board/1", "meter/1", "csms"):
            await looked(browser, f"/wizard/{path}/live")

        def untried() -> list[str]:
            draft = rig.house.workshop.draft
            return [each for each in ("board/1", "meter/1", "csms") if draft.trial(each) is None]

        assert untried() == []
        await rig.answer(browser, "station", STATION | {"vendor": "Other", "voltage_v": ""})
        assert untried() == [], "230 V are the usual ones"
        await rig.answer(browser, "station", STATION | {"id": "cp043"})
        assert untried() == ["csms"], "another station to the CSMS"
        await rig.answer(browser, "station", STATION)
        await rig.answer(browser, *SINGLE)
        assert untried() == ["meter/1"], "three phases were expected of it"
        assert (await browser.get("/wizard")).headers["location"] == "/wizard/meter/1"

    making(story, tmp_path)


def test_one_port_is_never_tried_twice_at_a_time(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        for path, answers in STEPS[:3]:
            await rig.answer(browser, path, answers, "skip")
        pages = [asyncio.ensure_future(browser.get(f"/wizard/{path}/live")) for path in ("board/1", "meter/1", "board/1")]
        await asyncio.sleep(10)
        assert rig.open == 1
        assert [asked.what for asked in rig.asked][-1] == "board"
        for page in pages:
            page.cancel()
        await asyncio.gather(*pages, return_exceptions=True)
        await asyncio.sleep(5)
        assert rig.open == 0, "nobody looks any more"

    making(story, tmp_path)


def test_whoever_still_looks_at_a_trial_does_not_hold_a_port_that_control_wants(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        await rig.all(browser)
        applied = rig.apply

        async def apply(text: str) -> AsyncGenerator[Progress, None]:
            assert rig.open == 0, "the port is free before control starts"
            await asyncio.sleep(10)
            async for each in applied(text):
                yield each

        rig.ports = replace(rig.ports, apply=apply)
        rig.begin()
        others = await rig.inside("technician")
        forgotten = asyncio.ensure_future(others.get("/wizard/board/1/live"))
        await asyncio.sleep(5)
        assert rig.open == 1
        await browser.get("/wizard/summary")
        await browser.post("/wizard/save")
        await asyncio.sleep(3)
        again = asyncio.ensure_future(others.get("/wizard/meter/1/live"))
        await asyncio.sleep(3)
        assert rig.open == 0, "nor does anybody who loads his page again"
        for each in (forgotten, again):
            each.cancel()
        await asyncio.gather(forgotten, again, return_exceptions=True)
        await asyncio.sleep(10)
        assert len(rig.files) == 1

    making(story, tmp_path)


def test_a_configuration_that_was_made_elsewhere_ends_what_was_begun_here(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        await rig.all(browser)
        rig.reading = Reading(state="good", configuration=build(rig.house.workshop.tree))
        (tmp_path / "station.toml").write_text("made in a terminal")
        (tmp_path / "draft.json").unlink()
        await rig.house.configured.look()
        assert (await browser.get("/wizard/board/1")).headers["location"] == "/wizard/start"
        assert (await browser.post("/wizard/save")).headers["location"] == "/wizard/start"
        assert rig.files == [], "nothing takes the place of what runs"

    making(story, tmp_path)


def test_a_device_that_was_found_is_taken_with_its_entries(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        await rig.answer(browser, "station", STATION)
        found = {"driver": "openevse", "entries": '{"port":"/dev/ttyUSB0"}', "act": "use"}
        assert (await browser.post("/wizard/board/1", found)).headers["location"] == "/wizard/board/1"
        assert rig.house.workshop.tree["evses"][0]["board"] == {"driver": "openevse", "port": "/dev/ttyUSB0"}
        assert 'value="/dev/ttyUSB0"' in (await browser.get("/wizard/board/1")).text
        assert (await browser.post("/wizard/board/1", found | {"entries": "[" * 3000})).status == 400

    making(story, tmp_path)


def test_the_csms_is_read_from_a_code_and_its_password_never_shown(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        await rig.all(browser)
        code = '{"url": "wss://csms.example.com/ocpp", "identity": "CP77", "password": "correct horse battery"}'
        await browser.get("/wizard/csms")
        assert (await browser.post("/wizard/csms", {"act": "read", "code": "nothing"})).status == 400
        assert (await browser.post("/wizard/csms", {"act": "read", "code": code})).status == 303
        page = (await browser.get("/wizard/csms")).text
        assert "wss://csms.example.com/ocpp" in page
        asked = {"uses": "csms", "url": "wss://csms.example.com/ocpp", "version": "1.6", "profile": "2", "password": ""}
        assert (await rig.answer(browser, "csms", asked)).status == 409
        rig.rungs = [Finding(name="tls", state="failed", text="expired", remedy="Ask the operator.", code="CP-705")]
        await looked(browser, "/wizard/csms/live")
        tried = rig.house.workshop.draft.trial("csms")
        assert tried is not None
        assert not tried.good
        page += (await browser.get("/wizard/summary")).text
        assert "correct horse battery" not in page
        assert "basic_auth_password = &#34;***&#34;" in page
        assert rig.house.workshop.tree["ocpp"]["basic_auth_password"] == "correct horse battery"
        assert rig.house.workshop.tree["station"]["id"] == "CP77"

    making(story, tmp_path)


def test_a_configuration_that_does_not_come_up_leaves_its_answers_to_be_mended(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        await rig.all(browser)
        rig.progress = [Progress("saved", "written"), Progress("failed", "Control does not come up with it within 30 s.")]
        await browser.get("/wizard/summary")
        await browser.post("/wizard/save")
        await asyncio.sleep(1)
        rig.reading = Reading(state="good", configuration=build(rig.house.workshop.tree))
        (tmp_path / "station.toml").write_text("it is there")
        await rig.house.configured.look()
        assert rig.house.configured.now.state == "good"
        page = (await browser.get("/wizard/start")).text
        assert "Control does not come up" in page
        assert "/wizard/summary" in page
        assert (await browser.get("/wizard/board/1")).status == 200

    making(story, tmp_path)


@pytest.mark.parametrize("typed", ["ws://x/ocpp", "ws://x/ocpp/", "ws://x/ocpp/cp 42", "ws://x/ocpp/cp%2042/", " ws://x/ocpp/cp%2042 "])
def test_an_operator_who_names_the_whole_address_has_the_identity_called_once(typed: str) -> None:
    draft = Draft({"station": STATION | {"id": "cp 42"}, "csms": {"uses": "csms", "url": typed, "profile": "0"}})
    assert candidate.tree(draft, wizard.drivers())["ocpp"]["csms_url"].rstrip("/") == "ws://x/ocpp"


def test_steps_that_are_not_there_and_those_who_may_not(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        for path in ("board/2", "board", "station/1", "nonsense", "board/0/live"):
            assert (await browser.get(f"/wizard/{path}")).status == 404, path
        await rig.answer(browser, "station", STATION | {"evses": "999999999999"})
        assert rig.house.workshop.draft.evses == 1
        viewer = await rig.inside("viewer")
        assert (await viewer.get("/wizard/station")).status == 403
        assert (await viewer.post("/wizard/save")).status == 403

    making(story, tmp_path)


def test_signals_are_escaped(tmp_path: Path) -> None:
    async def story(rig: WizardRig, browser: Browser) -> None:
        sight = Sight(state="good", text="<script>", rows=(Row(title="<b>", value="<i>"),))
        html = rig.house.rendering.html("wizard_sight.html", sight=sight, devices=(), others=0, place=None, csrf="")
        assert not any(each in html for each in ("<script>", "<b>", "<i>"))

    making(story, tmp_path)


def test_the_real_ladder_names_the_rung_that_fails_and_what_must_be_mended_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def in_time(way: Way) -> Finding:
        return Finding(name=time_of_day.NAME, state="passed", text="no time server is asked in a test")

    monkeypatch.setattr(time_of_day, "look", in_time)
    ports = wizard.wizard_ports(tmp_path / "none.toml", tmp_path)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{nobody.getsockname()[1]}/x"
        draft = Draft({"station": STATION, "csms": {"uses": "csms", "url": url, "profile": "1", "password": "0123456789abcdef"}})
        tree = candidate.tree(draft, ports.drivers())
        last = asyncio.run(_last(ports, tree))
        assert [row.title for row in last.rows if row.good is False] == ["tcp"]
        assert (last.rows[0].title, last.rows[0].value) == ("address called", f"{url}/cp042.")
        last = asyncio.run(_last(ports, {**tree, "site": {}}))
        assert last.state == "bad"
        assert "site.fuse_a" in last.rows[0].value


async def _last(ports: WizardPorts, tree: Tree) -> Sight:
    return [sight async for sight in climbed(ports, tree)][-1]
