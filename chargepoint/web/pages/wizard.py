"""``/wizard``: the first configuration, a page for each step. Every answer is on the disk before the next page is seen."""

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.web import posted_root
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit
from chargepoint.web.wizard import csms, devices, qr, steps, wrong
from chargepoint.web.wizard.asking import as_answers, fields_of, only_chosen
from chargepoint.web.wizard.draft import Answers, Draft
from chargepoint.web.wizard.fields import LONGEST
from chargepoint.web.wizard.roots import RootError
from chargepoint.web.wizard.steps import Place
from chargepoint.web.workshop import Workshop

HERE, START = "/wizard", "/wizard/start"
UNTRIED = "This has not been seen to work yet. Try it, or go on without a test."
NOT_NOW = "passed over without a test"
OVER = "There is a configuration already; these pages make the first one."
NOTHING_READ = "Neither an address, an identity nor a password is in that text. Type them below."


async def begin(visit: Visit) -> Response:
    """On to the first step that is open, or to what the processes do."""
    shop = workshop(visit)
    if over(visit):
        return visit.go(START)
    return visit.go(steps.first_open(shop.draft))


def over(visit: Visit) -> bool:
    """Is there a configuration, or is one on its way? One that does not come up leaves its draft, to be mended."""
    shop = workshop(visit)
    return shop.applying or (visit.house.configured.now.state == "good" and not shop.begun)


async def show(visit: Visit) -> Response:
    """A step as it was answered."""
    if over(visit):
        return visit.go(START, OVER)
    return _page(visit, place_of(visit))


async def save(visit: Visit) -> Response:
    """Keep what was typed, then do as the button says."""
    place, shop, act = place_of(visit), workshop(visit), visit.field("act")
    if over(visit):
        return visit.go(START, OVER)
    before = shop.draft.of(place.key)
    if act == "use":
        answers = _found(visit)
    elif act == "read":
        return _read(visit, place)
    else:
        answers = _answers(visit, place, before)
    try:
        answers, told = posted_root.taken(visit, answers, before)
    except RootError as error:
        shop.keep(shop.draft.answered(place.key, {**answers, csms.ROOT: before.get(csms.ROOT, "")}))
        return _page(visit, place, f"The root certificate was not taken: {error}.", 400)
    shop.keep(shop.draft.answered(place.key, answers))
    errors = steps.errors_of(place, shop.checked().errors)
    chosen = answers.get("driver", "") != before.get("driver", "") and any(name.startswith(devices.PREFIX) for name in answers)
    if errors and not chosen:
        return _page(visit, place, "This cannot be so yet; see below.", 400)
    if act in ("try", "use") or chosen:
        return visit.go(place.path, told)
    return _on(visit, place)


def _on(visit: Visit, place: Place) -> Response:
    """To the next step, unless something has to be seen first."""
    shop = workshop(visit)
    tried = shop.draft.trial(place.key)
    if visit.field("act") == "skip":
        shop.keep(shop.draft.seen(place.key, shop.draft.mark(place.key), NOT_NOW, good=False))
    elif steps.tries(shop.draft, place) and tried is None:
        return _page(visit, place, UNTRIED, 409)
    return visit.go(steps.after(shop.draft, place))


def _answers(visit: Visit, place: Place, before: Answers) -> dict[str, str]:
    shop, posted = workshop(visit), {"driver": visit.field("driver")}
    found = {}
    for field in fields_of(shop.ports, shop.draft, place, {**before, **posted}):
        text = visit.field(field.name)[:LONGEST]
        found[field.name] = before.get(field.name, "") if field.kind == "certificates" or (field.stored and not text) else text
    return found


def _found(visit: Visit) -> dict[str, str]:
    """A device that was detected, as if somebody had typed it."""
    try:
        entries = msgspec.json.decode(visit.field("entries")[:LONGEST], type=dict[str, str | int | float | bool])
    except msgspec.MsgspecError as error:
        raise HTTPException(400, "What was found cannot be read any more; look for it again.") from error
    kept = {"who": visit.field("who", "cards")} if "access" in visit.request.url.path else {}
    return {**kept, **as_answers(visit.field("driver")[:LONGEST], entries)}


def _read(visit: Visit, place: Place) -> Response:
    """The operator's letter or QR code, for the CSMS; it may name the station as well."""
    shop, found = workshop(visit), qr.read(visit.field("code"))
    if not any((found.url, found.id, found.password)):
        return _page(visit, place, NOTHING_READ, 400)
    told = {name: value for name, value in (("url", found.url), ("password", found.password)) if value}
    profile = {"profile": "2" if found.url.lower().startswith("wss:") else "1"} if found.url else {}
    draft = shop.draft.answered(place.key, {"version": "both", **shop.draft.of(place.key), "uses": csms.BY_OCPP, **profile, **told})
    if found.id:
        draft = draft.answered("station", {**draft.of("station"), "id": found.id})
    shop.keep(draft)
    read = (("address", found.url), ("identity", found.id), ("password", found.password))
    return visit.go(place.path, f"Read: {', '.join(what for what, value in read if value)}.")


# What every step's page has


def workshop(visit: Visit) -> Workshop:
    """Raises HTTPException: these pages make no configuration."""
    if not visit.house.workshop.open:
        raise HTTPException(404, "The configuration is not made here.")
    return visit.house.workshop


def place_of(visit: Visit) -> Place:
    """Raises HTTPException: there is no such step."""
    draft = workshop(visit).draft
    found = steps.find(draft, visit.place("step"), visit.request.path_params.get("evse", 0))
    if found is None:
        raise HTTPException(404, f"There is no such step; the station is to have {draft.evses} EVSE{'s' * (draft.evses != 1)}.")
    return found


def _page(visit: Visit, place: Place, problem: str = "", status: int = 200) -> Response:
    shop = workshop(visit)
    draft: Draft = shop.draft
    answers, answered = draft.of(place.key), draft.has(place.key)
    fields = fields_of(shop.ports, draft, place, answers)
    errors = steps.errors_of(place, shop.checked().errors) if answered and not only_chosen(answers) else ()
    values = {field.name: answers.get(field.name, "") if answered else field.proposed for field in fields}
    return visit.page(
        "wizard.html",
        status,
        place=place,
        fields=fields,
        values=values,
        errors=wrong.at_fields(errors, fields),
        problem=problem,
        count=steps.COUNT,
        before=steps.before(draft, place),
        tries=steps.tries(draft, place),
        live=answered and not (errors or only_chosen(answers)) and steps.tries(draft, place) and not visit.query("look"),
        look=bool(visit.query("look")),
        finds=place.step.tries is not None,
        tried=draft.trial(place.key),
    )


ROUTES = (
    Get(HERE, begin),
    Get(f"{HERE}/{{step}}", show),
    Get(f"{HERE}/{{step}}/{{evse:int}}", show),
    Post(f"{HERE}/{{step}}", save),
    Post(f"{HERE}/{{step}}/{{evse:int}}", save),
)
