"""Backup, restore and factory reset, as the pages offer them; and uploads that are none."""

from pathlib import Path

from chargepoint.inquiry.keeping import ResetSeen, Unsent
from tests.web.editing_house import EditingRig
from tests.web.pages.test_configuration import editing


def test_secrets_are_the_owners(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("technician")
        await browser.get("/backup")
        assert (await browser.post("/backup/take", {"passphrase": "long enough one", "again": "long enough one"})).status == 403
        answer = await browser.post("/backup/take")
        assert 'filename="cp001.cpbackup.json"' in answer.headers["content-disposition"]
        assert rig.kept == [("technician", "")]
        assert (await browser.get("/reset")).status == 403

    editing(story, tmp_path)


def test_a_file_is_looked_at_before_anything_is_changed(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("owner")
        await browser.get("/backup")
        page = (await rig.upload(browser, "/backup/look", b"{}", passphrase="")).text
        assert "cp&lt;9&gt;" in page
        assert "Foo: this station has none" in page
        assert rig.kept == []
        assert (await browser.post("/backup/restore")).headers["location"] == "/work"
        assert (await browser.post("/backup/restore")).status == 409

    editing(story, tmp_path)


def test_what_is_no_backup_is_said_in_a_sentence(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("owner")
        await browser.get("/backup")
        rig.looks = "the file is empty"
        assert "The file is empty." in (await rig.upload(browser, "/backup/look", b"")).text
        assert "No file was chosen" in (await rig.upload(browser, "/backup/look", b"", name="")).text
        answer = await rig.upload(browser, "/backup/look", b"x" * 8_200_000)
        assert answer.status == 413
        assert "Too much at once" in answer.text

    editing(story, tmp_path)


def test_a_reset_wants_the_name_and_says_what_would_be_lost(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        browser = await rig.inside("owner")
        rig.station.answers["SeeReset"] = ResetSeen(outcome="listed", unsent=(Unsent(transaction="a1b2", messages=2),), messages=2)
        assert "a1b2" in (await browser.get("/reset")).text
        assert (await browser.post("/reset", {"id": "cp002", "lose": "yes"})).status == 400
        assert (await browser.post("/reset", {"id": "cp001"})).status == 409
        assert (await browser.post("/reset", {"id": "cp001", "lose": "yes"})).headers["location"] == "/work"

    editing(story, tmp_path)
