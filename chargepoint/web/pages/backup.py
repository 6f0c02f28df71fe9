"""``/backup``: a backup is taken, or looked at and restored."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.domain.wording import sentence
from chargepoint.web.keeping import MOST_BYTES, BackupError, KeepingPorts, Looked
from chargepoint.web.pages import work
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

HERE = "/backup"
BODY_BYTES = MOST_BYTES + 100_000
JSON = "application/json"
OWNERS = "Keys and passwords are the owner's: log in as owner, or leave the passphrase empty."


async def show(visit: Visit) -> Response:
    """What can be done."""
    return _page(visit)


async def take(visit: Visit) -> Response:
    """The file."""
    ports, passphrase = _ports(visit), visit.field("passphrase")
    if passphrase and not visit.may("owner"):
        return _page(visit, OWNERS, 403)
    if passphrase != visit.field("again"):
        return _page(visit, "The two passphrases are not the same. Nothing was done.", 400)
    try:
        name, data, left_out = await ports.back_up(passphrase, visit.name)
    except BackupError as error:
        return _page(visit, f"No backup was made. {sentence(str(error))}", 409)
    await visit.note("other", f"backup taken, {'with' if passphrase else 'without'} keys and passwords; left out: {len(left_out)}")
    return visit.download(data, JSON, name)


async def look(visit: Visit) -> Response:
    """What is in a file, and what of it fits here."""
    ports, passphrase, upload = _ports(visit), visit.field("passphrase"), visit.upload("file")
    visit.house.looked.pop(visit.name, None)
    if passphrase and not visit.may("owner"):
        return _page(visit, OWNERS, 403)
    data = b"" if upload is None else await upload.read(MOST_BYTES + 1)
    if upload is not None:
        await upload.close()
    if upload is None or not upload.filename:
        return _page(visit, "No file was chosen. Choose a backup first.", 400)
    try:
        looked = await ports.look(data, passphrase)
    except BackupError as error:
        return _page(visit, f"Nothing was changed. {sentence(str(error))}", 400)
    visit.house.looked.clear()
    visit.house.looked[visit.name] = looked
    return visit.page("backup_looked.html", looked=looked)


async def restore(visit: Visit) -> Response:
    """It takes the place of what is here."""
    ports, looked = _ports(visit), visit.house.looked.pop(visit.name, None)
    if looked is None or looked.refused:
        return _page(visit, "This backup is not here any more. Choose the file again.", 409)
    if not _begin(visit, ports, looked):
        return _page(visit, "Something else is under way; wait for its end.", 409)
    await visit.note("other", f"restores the backup of {looked.station} of {looked.made}")
    return visit.go(work.HERE)


def _begin(visit: Visit, ports: KeepingPorts, looked: Looked) -> bool:
    house = visit.house
    told = house.moving.followed(ports.restore(looked, visit.name, house.moving.proof), visit.request.url.hostname or "")
    return not house.workshop.applying and house.work.begin("A backup is restored", told)


def _ports(visit: Visit) -> KeepingPorts:
    """Raises HTTPException: there are none."""
    ports = visit.house.ports.keeping
    if ports is None:
        raise HTTPException(404, "Backups are not made here.")
    return ports


def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    return visit.page("backup.html", status, problem=problem, there=visit.house.configured.now.state != "missing")


ROUTES = (
    Get(HERE, show),
    Post(f"{HERE}/take", take),
    Post(f"{HERE}/look", look, most_bytes=BODY_BYTES),
    Post(f"{HERE}/restore", restore),
)
