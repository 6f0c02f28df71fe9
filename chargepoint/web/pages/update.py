"""``/update``: which software runs and how long it is supported; new software by upload, address or USB stick; and back again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from chargepoint.domain.support import support
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.updates import UpdateNoted
from chargepoint.update.messages import (
    UNDER_WAY,
    Cancel,
    Install,
    LookForSticks,
    Offer,
    Offered,
    Part,
    Phase,
    Question,
    State,
    TakeBack,
    Update,
)
from chargepoint.web.routes import Get, Post
from chargepoint.web.streams import News
from chargepoint.web.updates import NoUpdater, UpdatePorts, words
from chargepoint.web.uploads import megabytes
from chargepoint.web.visit import ALONE, Visit

HERE = "/update"
MOST_BYTES = 1024**3
FORM_BYTES = MOST_BYTES + 65_536
LOOK_S, SELDOM_S = 1.0, 10.0
"""How often the updater is asked for a page that looks on: while an update is under way, and else."""
SCHEMES = ("http", "https", "ftp", "ftps")
LONGEST_URL = 2_000
STEPS = (
    (Phase.CHECKED, "Checked"),
    (Phase.WAITING, "Nobody charges"),
    (Phase.INSTALLING, "Installed"),
    (Phase.PROVING, "Shown to work"),
    (Phase.DONE, "Done"),
)
"""The way of an update that goes well; what of it is behind, and what is to come."""
SAYS = {
    Phase.CHECKED: ("wait", "It is signed by somebody whom this station trusts, and fits this device. Nothing has begun yet."),
    Phase.WAITING: ("wait", "It begins as soon as nobody charges. Until then sessions go on; no new one begins."),
    Phase.INSTALLING: (
        "wait",
        "It is being installed. Do not switch the station off; if the power goes all the same, it goes on afterwards.",
    ),
    Phase.PROVING: ("wait", "The new version runs, and is watched for half a minute. If it does not work, the one before is put back."),
    Phase.TAKING_BACK: ("wait", "The version before is being put back."),
    Phase.DONE: ("good", "It was installed, and works."),
    Phase.FAILED: ("bad", "It was not installed. The version before was never left."),
    Phase.TAKEN_BACK: ("bad", "The version before runs again."),
    Phase.CANCELLED: ("", "It was cancelled. Nothing was changed."),
}
"""Tone and words for each phase."""


async def show(visit: Visit) -> Response:
    """As it is now."""
    return await _page(visit)


async def follow(visit: Visit) -> Response:
    """The same again whenever something has changed."""
    return visit.stream(_news(visit))


async def upload(visit: Visit) -> Response:
    """A bundle from this browser."""
    ports, file = _ports(visit), visit.upload("bundle")
    if file is None or not file.size:
        if file is not None:
            await asyncio.to_thread(file.file.close)
        return await _page(visit, "Nothing was uploaded: choose a file, a bundle whose name ends in .cpb.", 400)
    try:
        offer = Offer(source="page", by=visit.name, older=_older(visit))
        answer = await ports.say(offer, await asyncio.to_thread(_on_disk, file))
    except NoUpdater as error:
        return await _page(visit, f"Nothing was installed: {error}.", 503)
    finally:
        await asyncio.to_thread(file.file.close)
    return await _told(visit, answer, f"upload of {megabytes(file.size)}")


async def fetch(visit: Visit) -> Response:
    """A bundle from an address. The page shows how it goes on."""
    _ports(visit)
    url = visit.field("url").strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme.lower() not in SCHEMES or len(url) > LONGEST_URL or not url.isprintable():
        return await _page(visit, f"Address {url[:60] or 'not given'}: expected one like https://host/name.cpb (or http, ftp, ftps).", 400)
    if visit.house.updates.busy:
        return await _page(visit, "Nothing was begun: another bundle is being fetched; wait for its end.", 409)
    visit.house.updates.fetch(url, host[:100], visit.name, _older(visit))
    await visit.note("update", f"fetched from {host[:100]}")
    return visit.go(HERE, f"The bundle is being fetched from {host[:100]}.")


async def look_at_sticks(visit: Visit) -> Response:
    """The newest bundle that fits, of any stick."""
    return await _said(visit, LookForSticks(by=visit.name), "looked for on USB sticks")


async def install(visit: Visit) -> Response:
    """What has been checked."""
    return await _said(visit, Install(id=_id(visit)), "wanted", "It is installed as soon as nobody charges.")


async def cancel(visit: Visit) -> Response:
    """Not this one."""
    return await _said(visit, Cancel(id=_id(visit)), "cancelled", "It was cancelled. Nothing was changed.")


async def take_back(visit: Visit) -> Response:
    """The version before again."""
    return await _said(visit, TakeBack(by=visit.name), "version before wanted", "The version before is being put back.")


async def contents(visit: Visit) -> Response:
    """The list of everything inside (SBOM, CycloneDX)."""
    path = _ports(visit).sbom
    if not await asyncio.to_thread(path.is_file):
        raise HTTPException(404, "There is no list of contents here: this software was not installed from a package.")
    return FileResponse(path, media_type="application/vnd.cyclonedx+json", filename="chargepoint-sbom.cdx.json", headers=ALONE)


def _on_disk(file: UploadFile) -> int:
    """A descriptor of it; a small one was in memory until now."""
    held: Any = file.file
    held.rollover()
    held.flush()
    number: int = held.fileno()
    return number


def _older(visit: Visit) -> bool:
    return visit.field("older") == "yes"


def _id(visit: Visit) -> str:
    return visit.field("id")[:64]


def _ports(visit: Visit) -> UpdatePorts:
    ports = visit.house.ports.updates
    if ports is None:
        raise HTTPException(404, "There is no updater at this station.")
    return ports


async def _said(visit: Visit, question: Question, what: str, told: str = "") -> Response:
    try:
        answer = await _ports(visit).say(question, None)
    except NoUpdater as error:
        return await _page(visit, f"Nothing was changed: {error}.", 503)
    return await _told(visit, answer, what, told)


async def _told(visit: Visit, answer: Offered, what: str, told: str = "") -> Response:
    version = "" if answer.update is None else f", version {answer.update.manifest.version}"
    await visit.note("update", f"{what}{version}: {'taken' if answer.accepted else f'refused {answer.code}'.strip()}")
    if not answer.accepted:
        await visit.house.update_refused(visit.name, answer)
        return await _page(visit, f"Nothing was changed. {words(answer)}", 409)
    return visit.go(HERE, told or "The bundle is good. Read what is new, then install it.")


# What the page shows


async def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    state, away = await _state(visit)
    return visit.page(
        "update.html",
        status,
        problem=problem,
        live=await _live(visit, state, away),
        state=state,
        most=f"{MOST_BYTES // 1024**3} GiB",
        sbom=await _has_contents(visit.house.ports.updates),
    )


async def _has_contents(ports: UpdatePorts | None) -> bool:
    path = Path() if ports is None else ports.sbom
    return await asyncio.to_thread(path.is_file)


async def _state(visit: Visit) -> tuple[State | None, str]:
    """``None``: no updater answers, and why."""
    ports = visit.house.ports.updates
    if ports is None:
        return None, "There is no updater at this station: its software is replaced by whoever started it"
    try:
        return await ports.see(), ""
    except NoUpdater as error:
        return None, str(error)


async def _live(visit: Visit, state: State | None, away: str) -> str:
    update = None if state is None else state.update
    tone, says = SAYS[update.phase] if update is not None else ("", "")
    passed = [phase for phase, _ in STEPS]
    return visit.render(
        "update_now.html",
        state=state,
        away=away,
        update=update,
        tone=tone,
        says=says,
        steps=STEPS if update is not None and update.phase in passed else (),
        reached=passed.index(update.phase) if update is not None and update.phase in passed else 0,
        under_way=update is not None and update.phase in UNDER_WAY,
        fetching=visit.house.updates.fetching,
        parts=(*await _running(visit), *(() if state is None else state.parts)),
        support=support("" if state is None else state.support_until, visit.house.clock.now().date()),
    )


async def _running(visit: Visit) -> tuple[Part, ...]:
    """The processes, each as the version that it began with."""
    try:
        document = await visit.house.document()
    except InquiryError:
        return (Part("Station", "", "does not answer"),)
    station, control = str(document.get("release", "")), str(document.get("control_release", ""))
    late = control and control != station
    gone = "" if document.get("link") else "not connected"
    return Part("Station", station), Part("Control", control, "starts anew as soon as nobody charges" if late else gone)


async def _news(visit: Visit) -> AsyncIterator[News]:
    said, ended = "", ""
    while True:
        state, away = await _state(visit)
        html = await _live(visit, state, away)
        if _plain(html) != said:
            said = _plain(html)
            yield News("update", html)
        update = None if state is None else state.update
        ended = await _note_end(visit, update, ended)
        goes_on = state is None or visit.house.updates.busy or (update is not None and update.phase in UNDER_WAY)
        await visit.house.clock.pause(LOOK_S if goes_on else SELDOM_S)


def _plain(html: str) -> str:
    """Without what is another text each time: the token of its forms."""
    head, *rest = html.split('name="csrf" value="')
    return head + "".join(part.partition('"')[2] for part in rest)


async def _note_end(visit: Visit, update: Update | None, noted: str) -> str:
    """The station's history has a line of an end that a page has seen; the station knows whether it had it already."""
    ports = visit.house.ports.updates
    end = None if ports is None else ports.ended(update)
    if end is None or end.key == noted:
        return noted
    with suppress(InquiryError):
        await visit.ask(end, UpdateNoted)
        return end.key
    return noted


ROUTES = (
    Get(HERE, show),
    Get(f"{HERE}/live", follow),
    Get(f"{HERE}/contents", contents),
    Post(f"{HERE}/upload", upload, most_bytes=FORM_BYTES, large=True),
    Post(f"{HERE}/fetch", fetch),
    Post(f"{HERE}/usb", look_at_sticks),
    Post(f"{HERE}/install", install),
    Post(f"{HERE}/cancel", cancel),
    Post(f"{HERE}/back", take_back),
)
