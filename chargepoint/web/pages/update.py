"""``/update``: which software runs and how long it is supported; new software by upload, address or USB stick; and back again."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from chargepoint.update.messages import Cancel, Install, LookForSticks, Offer, Offered, Question, TakeBack
from chargepoint.web import update_sight as sight
from chargepoint.web.routes import Get, Post
from chargepoint.web.updates import NoUpdater, UpdatePorts, words
from chargepoint.web.uploads import megabytes
from chargepoint.web.visit import ALONE, Visit

HERE = "/update"
MOST_BYTES = 1024**3
FORM_BYTES = MOST_BYTES + 65_536
SCHEMES = ("http", "https", "ftp", "ftps")
LONGEST_URL, LONGEST_HOST = 2_000, 100


async def show(visit: Visit) -> Response:
    """As it is now."""
    return await _page(visit)


async def follow(visit: Visit) -> Response:
    """The same again whenever something has changed."""
    return visit.stream(sight.news(visit))


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
        host = (parts.hostname or "")[:LONGEST_HOST]
    except ValueError:
        host = ""
    if not host or parts.scheme.lower() not in SCHEMES or len(url) > LONGEST_URL or not url.isprintable():
        return await _page(visit, f"Address {url[:60] or 'not given'}: expected one like https://host/name.cpb (or http, ftp, ftps).", 400)
    if visit.house.updates.busy:
        return await _page(visit, "Nothing was begun: another bundle is being fetched; wait for its end.", 409)
    visit.house.updates.fetch(url, host, visit.name, _older(visit))
    await visit.note("update", f"fetched from {host}")
    return visit.go(HERE, f"The bundle is being fetched from {host}.")


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


async def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    state, away = await sight.state(visit)
    return visit.page(
        "update.html",
        status,
        problem=problem,
        live=await sight.live(visit, state, away),
        state=state,
        most=f"{MOST_BYTES // 1024**3} GiB",
        sbom=await _has_contents(visit.house.ports.updates),
    )


async def _has_contents(ports: UpdatePorts | None) -> bool:
    return ports is not None and await asyncio.to_thread(ports.sbom.is_file)


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
