"""A configuration that is there, changed as text; and files that are broken, or no TOML."""

import json
import tomllib
from pathlib import Path

from tests.web.editing_house import FILE, EditingRig
from tests.web.pages.test_configuration import SECRET, STATION, editing


def test_as_text_the_marks_stand_for_secrets_and_errors_have_their_lines(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        page = (await browser.get("/configuration/text")).text
        assert SECRET not in page
        assert "basic_auth_password = &#34;***1***&#34;" in page
        masked = FILE.replace(SECRET, "***1***")
        answer = await browser.post("/configuration/text", {"text": masked.replace("max_current_a = 16", "max_current_a = 160")})
        assert answer.status == 400
        assert "<b>Line 18</b>: evses[1].max_current_a: 160" in answer.text
        answer = await browser.post("/configuration/text", {"text": masked.replace("[site]", "[site")})
        assert "<b>Line 7</b>: not TOML" in answer.text
        answer = await browser.post("/configuration/text", {"text": masked.replace("# whose it is", "# ours").replace("\n", "\r\n")})
        assert answer.headers["location"] == "/configuration/review"
        assert "+ # ours" in (await browser.get("/configuration/review")).text
        await browser.post("/configuration/apply")
        assert rig.applied == [FILE.replace("# whose it is", "# ours")]

    editing(story, tmp_path)


def test_a_broken_file_is_mended_as_text_and_shows_no_secret_either(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        assert (await browser.get("/configuration")).headers["location"] == "/configuration/text"
        page = (await browser.get("/configuration/text")).text
        assert "not TOML" in page
        assert SECRET not in page
        await browser.post("/configuration/text", {"text": FILE})
        page = (await browser.get("/configuration/review")).text
        assert SECRET not in page
        await browser.post("/configuration/apply")
        assert rig.applied == [FILE]

    editing(story, tmp_path, text=FILE.replace("[site]", "[site"))


def test_json_stays_json(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        await browser.get("/configuration/station")
        answer = await browser.post("/configuration/station", STATION | {"fuse_a": "50"})
        assert answer.status == 303, answer.text
        await browser.post("/configuration/apply")
        assert rig.applied[0].startswith("{")

    editing(story, tmp_path, text=json.dumps(tomllib.loads(FILE)), name="station.json")
