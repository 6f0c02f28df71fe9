"""A configuration that is there, changed by forms and as text."""

import asyncio
import html
import tomllib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.virtual_time import run
from tests.web.browser import Inline
from tests.web.editing_house import FILE, EditingRig

SECRET = "correct horse battery"
STATION = {"id": "cp001", "label": "", "vendor": "Acme", "model": "One", "serial": "", "fuse_a": "63", "phases": "3", "voltage_v": "230"}


def editing(story: Callable[[EditingRig], Coroutine[Any, Any, None]], folder: Path, **options: Any) -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        await story(EditingRig(folder, **options))

    run(main())


def test_a_change_is_seen_as_a_difference_and_only_then_applied(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        page = (await browser.get("/configuration")).text
        assert "Board of EVSE 1" in page
        assert "Socket or cable of EVSE 2" in page
        await browser.get("/configuration/station")
        answer = await browser.post("/configuration/station", STATION | {"fuse_a": "50"})
        assert answer.headers["location"] == "/configuration/review"
        page = (await browser.get("/configuration/review")).text
        assert "- fuse_a = 63" in page
        assert "+ fuse_a = 50" in page
        assert SECRET not in page
        assert rig.applied == []
        answer = await browser.post("/configuration/apply")
        assert answer.status == 303, answer.text
        assert answer.headers["location"] == "/work"
        await asyncio.sleep(1)
        page = (await browser.get("/work")).text
        assert "Control and station are running with it." in page
        (text,) = rig.applied
        assert "fuse_a = 50" in text
        for kept in (SECRET, "phase_pause_s = 90", "sType3", "MeterValueSampleInterval", "# whose it is"):
            assert kept in text
        assert "configuration changed" in rig.logged[-1]["info"]

    editing(story, tmp_path)


def test_every_error_stands_at_its_field_with_what_is_allowed_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        await browser.get("/configuration/station")
        answer = await browser.post("/configuration/station", STATION | {"fuse_a": "-4", "model": "Two"})
        assert answer.status == 400
        assert 'id="e-fuse_a">-4: expected a number above 0, at most 1000 (ampere)' in answer.text
        assert 'name="model" value="Two"' in answer.text
        answer = await browser.post("/configuration/socket/2", {"kind": "cable", "max_current_a": "99", "failsafe_current_a": "6"})
        assert 'id="e-max_current_a">99' in answer.text
        assert "nothing to be applied" in (await _follow(browser, "/configuration/review"))

    editing(story, tmp_path)


async def _follow(browser: Any, path: str) -> str:
    answer = await browser.get(path)
    return str((await browser.get(answer.headers["location"])).text)


def test_a_password_is_never_shown_and_stays_where_it_is_left_empty(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("owner")
        page = (await browser.get("/configuration/csms")).text
        assert SECRET not in page
        assert "left empty it stays" in page
        answers = {"uses": "csms", "url": "ws://10.0.0.1:9000/station", "version": "1.6", "profile": "1", "password": ""}
        await browser.post("/configuration/csms", answers)
        await browser.post("/configuration/apply")
        assert SECRET in rig.applied[0]
        assert "9000/station" in rig.applied[0]
        await browser.get("/configuration/csms")
        await browser.post("/configuration/csms", answers | {"password": "another long enough one"})
        page = (await browser.get("/configuration/review")).text
        assert "another long enough one" not in page
        assert "another secret, is changed" in page

    editing(story, tmp_path)


def test_a_technician_does_not_learn_a_password_by_sending_the_station_to_a_csms_of_his_own(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        answers = {"uses": "csms", "url": "ws://10.6.6.6:9000", "version": "1.6", "profile": "1", "password": ""}
        await browser.get("/configuration/csms")
        refused = await browser.post("/configuration/csms", answers)
        assert (refused.status, "type the password anew" in refused.text) == (400, True)
        assert (await browser.post("/configuration/csms", answers | {"password": "another long enough one"})).status == 303
        await browser.post("/configuration/drop")
        for typed, told in (
            (FILE.replace("10.0.0.1", "10.6.6.6"), "ocpp.basic_auth_password: type the password anew"),
            (FILE.replace('vendor = "Acme"', f'vendor = "{SECRET}"'), "station.vendor: ***1*** stands for a secret of another entry"),
        ):
            page = await browser.post("/configuration/text", {"text": typed.replace(SECRET, "***1***")})
            assert (page.status, told in html.unescape(page.text)) == (400, True)

    editing(story, tmp_path)


def test_who_leaves_the_csms_need_not_know_its_password(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        await browser.get("/configuration/csms")
        assert (await browser.post("/configuration/csms", {"uses": "none"})).status == 303

    editing(story, tmp_path)


def test_what_no_option_says_stays_until_something_else_is_chosen(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("owner")
        page = (await browser.get("/configuration/socket/1")).text
        assert 'value="as it is" checked' in page
        typed = {"kind": "as it is", "cable_current_a": "", "max_current_a": "20", "failsafe_current_a": "6", "phases": "3"}
        await browser.post("/configuration/socket/1", typed)
        await browser.post("/configuration/socket/1", typed | {"kind": "socket"})
        page = (await browser.get("/configuration/review")).text
        assert "sType2" in page
        assert "max_current_a = 20" in page

    editing(story, tmp_path)


def test_what_was_put_back_is_there_to_be_mended(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        rig.comes_up = False
        await browser.get("/configuration/station")
        await browser.post("/configuration/station", STATION | {"fuse_a": "50"})
        await browser.post("/configuration/apply")
        await asyncio.sleep(1)
        assert "changes that are not applied yet" in (await browser.get("/configuration")).text
        rig.comes_up = True
        await browser.post("/configuration/apply")
        await asyncio.sleep(1)
        assert "changes that are not applied yet" not in (await browser.get("/configuration")).text
        assert len(rig.applied) == 2

    editing(story, tmp_path)


def test_an_evse_comes_and_goes_and_the_last_one_stays(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        await browser.get("/configuration")
        await browser.post("/configuration/evses/add")
        page = (await browser.get("/configuration")).text
        assert "EVSE 3 is a copy of the one before" in page
        assert "Board of EVSE 3" in page
        assert "# whose it is" in (await browser.get("/configuration/text")).text
        await browser.post("/configuration/evses/remove")
        await browser.post("/configuration/evses/remove")
        assert "Board of EVSE 2" not in (await browser.get("/configuration")).text
        await browser.post("/configuration/evses/remove")
        assert "one EVSE at least" in (await browser.get("/configuration")).text
        await browser.post("/configuration/apply")
        await asyncio.sleep(1)
        assert [each["id"] for each in tomllib.loads(rig.applied[0])["evses"]] == [1]

    editing(story, tmp_path)


def test_pages_that_would_move_or_go_are_said_to_before(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        await browser.get("/configuration/web")
        await browser.post("/configuration/web", {"listen": "[::]:9443", "driver_listen": ""})
        assert "These pages move to [::]:9443" in (await browser.get("/configuration/review")).text
        await browser.post("/configuration/drop")
        await browser.post("/configuration/text", {"text": FILE.replace("[web]", "")})
        assert "These pages will be gone" in (await browser.get("/configuration/review")).text

    editing(story, tmp_path)


def test_another_driver_is_asked_for_what_it_needs(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("owner")
        await browser.get("/configuration/board/1")
        answer = await browser.post("/configuration/board/1", {"driver": "heidelberg", "shown": "simulated"})
        assert answer.status == 200
        assert "Tell this driver what it needs" in answer.text
        assert 'name="entry.port"' in answer.text
        answer = await browser.post("/configuration/board/1", {"driver": "heidelberg", "shown": "heidelberg", "entry.port": "/dev/ttyUSB0"})
        assert answer.headers["location"] == "/configuration/review"

    editing(story, tmp_path)


def test_who_comes_too_late_changes_nothing(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        await browser.get("/configuration/station")
        await browser.post("/configuration/station", STATION | {"fuse_a": "50"})
        rig.file.write_text(FILE + "# by somebody else\n")
        answer = await browser.post("/configuration/apply")
        assert answer.headers["location"] == "/configuration"
        assert rig.applied == []

    editing(story, tmp_path)


@pytest.mark.parametrize(
    "path", ["/configuration/nonsense", "/configuration/board/9", "/configuration/board/0", "/configuration/station/1"]
)
def test_there_is_no_such_section(tmp_path: Path, path: str) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        assert (await browser.get(path)).status == 404

    editing(story, tmp_path)


def test_viewers_change_nothing_and_a_forged_form_is_refused(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        viewer = await rig.inside("viewer")
        for path in ("/configuration", "/configuration/text", "/configuration/review", "/backup", "/reset", "/work"):
            assert (await viewer.get(path)).status == 403
        owner = await rig.inside("owner")
        for path in ("/configuration/station", "/configuration/text", "/configuration/apply", "/backup/take", "/backup/restore", "/reset"):
            assert (await owner.post(path, {"id": "cp001"}, token="00")).status == 403
        assert rig.applied == []
        assert rig.kept == []

    editing(story, tmp_path)
