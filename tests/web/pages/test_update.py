"""The page of updates: what runs, how an update goes on, and the ways in: upload, address, stick, and back again."""

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.inquiry.updates import NoteUpdate, UpdateNoted
from chargepoint.update.messages import Cancel, Install, LookForSticks, Offer, Offered, Phase, Question, State, TakeBack, Update
from chargepoint.web import uploads
from chargepoint.web.updates import NoUpdater, UpdatePorts
from tests.cli.updaters import STATE, UPDATE, in_phase
from tests.web.browser import Answer, Browser, Rig, visiting
from tests.web.station import Station, heard

CHECKED = Offered(accepted=True, update=UPDATE)
REFUSED = Offered(accepted=False, code="CP-821", text="who has signed it is <not> trusted")


class Updater:
    """What the composition would give. ``state`` ``None``: nobody answers."""

    def __init__(self, folder: Path) -> None:
        self.state: State | None = STATE
        self.answer = CHECKED
        self.said: list[Question] = []
        self.files: list[bytes] = []
        self.wrong = ""
        self.fetched: list[str] = []
        self.go_on = asyncio.Event()
        self.sbom = folder / "sbom.cdx.json"

    @property
    def ports(self) -> UpdatePorts:
        return UpdatePorts(see=self.see, say=self.say, fetch=self.fetch, ended=self.ended, sbom=self.sbom)

    async def see(self) -> State:
        if self.state is None:
            raise NoUpdater("no updater is at <nowhere>")
        return self.state

    async def say(self, question: Question, file: int | None) -> Offered:
        await self.see()
        self.said.append(question)
        if file is not None:
            self.files.append(os.pread(file, 1 << 24, 0))
        return self.answer

    async def fetch(self, url: str, path: Path) -> str:
        self.fetched.append(url)
        await self.go_on.wait()
        await asyncio.to_thread(path.write_bytes, b"fetched")
        return self.wrong

    def ended(self, update: Update | None) -> NoteUpdate | None:
        return None if update is None or update.phase is not Phase.DONE else NoteUpdate(end="installed", key=update.id)


def station(rig: Rig) -> Station:
    return Station(rig, NoteUpdate=UpdateNoted())


def stories(tmp_path: Path, story: Callable[[Rig, Updater], Coroutine[Any, Any, None]]) -> None:
    async def with_updater(rig: Rig) -> None:
        await story(rig, updater)

    updater = Updater(tmp_path)
    visiting(with_updater, tmp_path, updates=updater.ports)


def now(phase: Phase, **more: Any) -> State:
    return replace(STATE, update=in_phase(phase, **more))


async def upload(
    browser: Browser, content: bytes, older: bool = False, token: str | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """As a browser posts a file."""
    mark = "----mark"
    fields = [("csrf", browser.token if token is None else token), *([("older", "yes")] if older else [])]
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="bundle"; filename="a.cpb"\r\n\r\n'.encode() + content + b"\r\n")
    body = b"".join([*parts, f"--{mark}--\r\n".encode()])
    return await browser.ask("POST", "/update/upload", body, {"content-type": f"multipart/form-data; boundary={mark}", **(headers or {})})


def test_every_part_has_its_version_and_a_viewer_only_reads(tmp_path: Path) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        asked = station(rig)
        asked.document = heard() | {"release": "0.1.0", "control_release": "0.0.9", "link": True}
        updater.state = now(Phase.CHECKED)
        viewer = await rig.inside("viewer")
        page = (await viewer.get("/update")).text
        seen = (
            *("<dt>Station</dt><dd>0.1.0", "<dt>Control</dt><dd>0.0.9 <small>starts anew as soon as nobody charges"),
            *(
                "<dt>Operating system</dt><dd>Debian 12",
                "Kept to go back to</dt><dd>0.0.9",
                "CN=Acme releases",
                "Supported until 2030-01-31.",
            ),
            *("Version 0.2.0", "signed by somebody whom this station trusts", "A &lt;fault&gt; less.", "brought by technician"),
        )
        assert [text for text in seen if text not in page] == []
        assert '<form method="post" action="/update' not in page
        for path in ("upload", "fetch", "usb", "install", "cancel", "back"):
            assert (await viewer.post(f"/update/{path}", {"id": "x", "url": "http://h/f"})).status == 403
        assert (updater.said, updater.fetched) == ([], [])

    stories(tmp_path, story)


@pytest.mark.parametrize(
    ("until", "words", "tone"),
    [
        ("2026-11-22", "Support ended on 2026-11-22, 1 day ago", "note bad"),
        ("2027-01-01", "Support ends on 2027-01-01, in 39 days", "note wait"),
        ("", "has not said how long", ""),
    ],
)
def test_an_end_of_support_that_is_near_or_past_is_said_in_words(tmp_path: Path, until: str, words: str, tone: str) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        station(rig)
        updater.state = replace(STATE, support_until=until)
        page = (await (await rig.inside("viewer")).get("/update")).text
        assert f'<p class="{tone}">' in page
        assert words in page

    stories(tmp_path, story)


def test_an_upload_is_checked_then_installed_when_somebody_says_so(tmp_path: Path) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        station(rig)
        technician = await rig.inside("technician")
        await technician.get("/update")
        content = bytes(range(256)) * 3000
        assert (await upload(technician, content, older=True)).status == 303
        assert (updater.said, updater.files) == ([Offer(source="page", by="technician", older=True)], [content])
        updater.state = now(Phase.CHECKED)
        page = (await technician.get("/update")).text
        assert "Read what is new, then install it." in page
        assert 'action="/update/install"' in page
        assert (await technician.post("/update/install", {"id": UPDATE.id})).status == 303
        assert (await technician.post("/update/cancel", {"id": UPDATE.id})).status == 303
        assert (await technician.post("/update/back")).status == 303
        assert (await technician.post("/update/usb")).status == 303
        assert updater.said[1:] == [Install(id=UPDATE.id), Cancel(id=UPDATE.id), TakeBack(by="technician"), LookForSticks(by="technician")]
        noted = [line["info"] for line in rig.logged if line["what"] == "update"]
        assert noted[:2] == ["upload of 0.8 MB, version 0.2.0: taken", "wanted, version 0.2.0: taken"]
        assert {line["who"] for line in rig.logged if line["what"] == "update"} == {"technician"}

    stories(tmp_path, story)


def test_what_is_refused_says_why_and_history_and_log_have_it(tmp_path: Path) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        asked = station(rig)
        technician = await rig.inside("technician")
        await technician.get("/update")
        updater.answer = REFUSED
        answer = await upload(technician, b"forged")
        assert answer.status == 409
        assert "Who has signed it is &lt;not&gt; trusted (CP-821)." in answer.text
        assert asked.asked == [NoteUpdate(end="refused", code="CP-821", text=REFUSED.text, by="technician (by page)")]
        assert [line["info"] for line in rig.logged if line["what"] == "update"] == ["upload of 0.0 MB: refused CP-821"]

    stories(tmp_path, story)


def test_uploads_are_bounded_one_at_a_time_and_never_fill_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        station(rig)
        technician = await rig.inside("technician")
        await technician.get("/update")
        assert (await upload(technician, b"")).status == 400
        assert (await upload(technician, b"x", token="00")).status == 403
        assert (await upload(technician, b"x", headers={"content-length": ""})).status == 411
        assert (await upload(technician, b"x", headers={"content-length": str(2 << 30)})).status == 413
        monkeypatch.setattr(uploads, "SPARE_BYTES", shutil.disk_usage(tmp_path).total)
        full = await upload(technician, b"x" * 5_000_000)
        assert (full.status, "there is room for 0.0 MB" in full.text) == (507, True)
        monkeypatch.undo()
        async with rig.house.uploads._one:
            assert (await upload(technician, b"x")).status == 503
        assert updater.said == []
        assert (await upload(technician, b"x")).status == 303

    stories(tmp_path, story)


def test_a_bundle_is_fetched_beside_the_page_which_shows_how_it_goes_on(tmp_path: Path) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        station(rig)
        technician = await rig.inside("technician")
        await technician.get("/update")
        for url in ("", "file:///etc/shadow", "https://", "javascript:alert(1)", "http://[", "http://h/" + "x" * 3000, "http://h/\x00"):
            assert (await technician.post("/update/fetch", {"url": url})).status == 400
        assert (await technician.post("/update/fetch", {"url": "https://u:secret@maker.example/a.cpb"})).status == 303
        page = (await technician.get("/update")).text
        assert "A bundle is being fetched from maker.example …" in page
        assert "secret" not in page + str(rig.logged)
        assert (await technician.post("/update/fetch", {"url": "https://maker.example/b.cpb"})).status == 409
        updater.go_on.set()
        await asyncio.sleep(1)
        assert (updater.fetched, updater.files) == (["https://u:secret@maker.example/a.cpb"], [b"fetched"])
        assert rig.house.updates.fetching is None
        updater.wrong = "HTTP 404 Not Found"
        await technician.post("/update/fetch", {"url": "https://maker.example/c.cpb"})
        await asyncio.sleep(1)
        assert "Nothing came of the bundle from maker.example. HTTP 404 Not Found" in (await technician.get("/update")).text
        assert not (tmp_path / "fetched.cpb").exists()

    stories(tmp_path, story)


@pytest.mark.parametrize(
    ("phase", "words", "buttons"),
    [
        (Phase.WAITING, "as soon as nobody charges", ["cancel"]),
        (Phase.INSTALLING, "Do not switch the station off", []),
        (Phase.PROVING, "watched for half a minute", []),
        (Phase.TAKING_BACK, "is being put back", []),
        (Phase.DONE, "It was installed, and works.", []),
        (Phase.FAILED, "What ran before goes on.", []),
        (Phase.TAKEN_BACK, "The version before runs again.", []),
        (Phase.CANCELLED, "Nothing was changed.", []),
    ],
)
def test_each_phase_says_what_it_means_and_offers_what_is_possible(tmp_path: Path, phase: Phase, words: str, buttons: list[str]) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        station(rig)
        updater.state = now(phase, text="because <of> it", code="CP-828")
        page = (await (await rig.inside("technician")).get("/update")).text
        assert words in page
        assert "Because &lt;of&gt; it. <small>CP-828</small>" in page
        assert [each for each in ("install", "cancel") if f'action="/update/{each}"' in page] == buttons

    stories(tmp_path, story)


def test_a_failure_without_a_way_back_is_not_called_harmless(tmp_path: Path) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        station(rig)
        updater.state = now(Phase.FAILED, code="CP-832", text="because")
        page = (await (await rig.inside("viewer")).get("/update")).text
        assert "It does not work, and could not be taken back by itself. Because." in page
        assert "What ran before goes on" not in page

    stories(tmp_path, story)


def test_an_end_that_a_page_sees_live_is_told_to_the_station_once(tmp_path: Path) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        asked = station(rig)
        updater.state = now(Phase.PROVING)
        technician = await rig.inside("technician")
        events = asyncio.create_task(technician.get("/update/live"))
        await asyncio.sleep(5)
        updater.state = now(Phase.DONE)
        await asyncio.sleep(60)
        rig.house.streams.leaving = True
        text = (await events).text
        assert text.count("event: update") == 2, "nothing new is told again, whatever token its forms have"
        assert asked.asked == [NoteUpdate(end="installed", key=UPDATE.id)]

    stories(tmp_path, story)


def test_without_an_updater_the_page_says_so_and_nothing_can_be_done(tmp_path: Path) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        asked = station(rig)
        updater.state, asked.document = None, None
        technician = await rig.inside("technician")
        page = await technician.get("/update")
        assert (page.status, "No updater is at &lt;nowhere&gt;." in page.text, "does not answer" in page.text) == (200, True, True)
        assert (await technician.post("/update/usb")).status == 503
        assert (await upload(technician, b"x")).status == 503

    async def none(rig: Rig) -> None:
        station(rig)
        technician = await rig.inside("technician")
        page = await technician.get("/update")
        assert "There is no updater at this station" in page.text
        assert 'action="/update' not in page.text
        assert (await technician.post("/update/usb")).status == 404

    stories(tmp_path, story)
    (tmp_path / "other").mkdir()
    visiting(none, tmp_path / "other")


def test_the_list_of_contents_is_given_where_there_is_one(tmp_path: Path) -> None:
    async def story(rig: Rig, updater: Updater) -> None:
        station(rig)
        viewer = await rig.inside("viewer")
        assert (await viewer.get("/update/contents")).status == 404
        updater.sbom.write_text('{"bomFormat": "CycloneDX"}')
        assert "/update/contents" in (await viewer.get("/update")).text

    stories(tmp_path, story)
