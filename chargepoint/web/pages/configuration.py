"""``/configuration``: the configuration that is there, changed by forms; seen as a difference before it is applied."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.web import posted_root
from chargepoint.web.editing import addressee, files_of, sections
from chargepoint.web.editing.desk import Present, Proposal, difference, print_of, rewritten
from chargepoint.web.editing.files_of import BrokenError
from chargepoint.web.editing.sections import Place
from chargepoint.web.keeping import Told
from chargepoint.web.moving import announced
from chargepoint.web.pages import work
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit
from chargepoint.web.wizard import csms, wrong
from chargepoint.web.wizard.fields import LONGEST
from chargepoint.web.wizard.ports import Tree, WizardPorts
from chargepoint.web.wizard.roots import RootError

HERE = "/configuration"
REVIEW = f"{HERE}/review"
OTHER = "Somebody else has changed the configuration meanwhile. Your changes are dropped; begin them again."
UNKNOWN_AUTHORITY = "CP-724"
NOT_TAKEN = "The root certificate was not taken: "
NO_ROOT = "It is not the root that the CSMS's certificate leads to: compare who has issued that one."
UNHELD = " The CSMS was not reached with it, so it is not known yet whether its certificate leads there."
NOT_TOLD = "Tell this driver what it needs."


async def show(visit: Visit) -> Response:
    """Every section, and what is wrong with any of them."""
    ports_of(visit)
    try:
        tree = now(visit)
    except BrokenError as error:
        return visit.go(f"{HERE}/text", f"The file cannot be read as it is: {error}")
    errors = ports_of(visit).check(tree).errors
    places = [(place, [error for error in errors if place.owns(error)]) for place in sections.places(tree)]
    others = [error for error in errors if not any(place.owns(error) for place, _ in places)]
    return visit.page(
        "configuration.html",
        places=places,
        others=others,
        evses=len(sections.evses(tree)),
        changed=_proposal(visit) is not None,
        file=visit.house.ports.config,
    )


async def section(visit: Visit) -> Response:
    """One of them, as it is."""
    place = _place(visit)
    return _form(visit, place, place.answers(now(visit)), {})


async def change(visit: Visit) -> Response:
    """Keep what was typed, unless something of this section is wrong."""
    place, ports = _place(visit), ports_of(visit)
    tree = now(visit)
    before = place.answers(tree)
    try:
        answers, told = posted_root.taken(visit, _answers(visit, place, before), before)
    except RootError as error:
        return _form(visit, place, _answers(visit, place, before), {csms.ROOT: (f"{NOT_TAKEN}{error}.",)}, 400)
    if visit.field("shown", answers.get("driver", "")) != answers.get("driver", ""):
        return _form(visit, place, answers, {"driver": (NOT_TOLD,)})
    try:
        changed = place.changed(tree, ports.drivers(), answers)
        errors = [error for error in ports.check(changed).errors if place.owns(error)]
    except (TypeError, ValueError, RecursionError) as error:
        raise HTTPException(400, "What was typed cannot be understood. Load the page again and try once more.") from error
    fields = sections.fields_of(place, ports.drivers(), answers)
    errors += [error for error in addressee.betrayed(tree, changed) if not visit.field(wrong.field_of(error, fields))]
    if errors:
        return _form(visit, place, answers, wrong.at_fields(errors, fields), 400)
    if changed == tree:
        return visit.go(HERE, "Nothing was changed.")
    if answers.get(csms.ROOT) and answers[csms.ROOT] != before.get(csms.ROOT):
        seen = await ports.secured(changed)
        if seen is not None and seen.state == "failed":
            why = f"{NOT_TAKEN}with it the CSMS's TLS fails: {seen.text}. {NO_ROOT if seen.code == UNKNOWN_AUTHORITY else seen.remedy}"
            return _form(visit, place, {**answers, csms.ROOT: before.get(csms.ROOT, "")}, {csms.ROOT: (why,)}, 400)
        told += UNHELD if seen is None or seen.state == "not known" else f" The CSMS's certificate leads to it: {seen.text}."
    propose_tree(visit, changed)
    return visit.go(REVIEW, told)


async def review(visit: Visit) -> Response:
    """What will be another one, and whether it can be."""
    return _review(visit)


async def apply(visit: Visit) -> Response:
    """Put it in place. What comes back is kept for its maker, to be mended."""
    house, proposal, ports = visit.house, _proposal(visit), ports_of(visit)
    if proposal is None:
        return visit.go(HERE, "There is nothing to be applied.")
    if house.work.running or house.workshop.applying or house.ports.keeping is None:
        return _review(visit, "Something else is under way; wait for its end.", 409)
    if print_of(files_of.text_of(house.ports.config)) != proposal.base:
        house.desk.drop(_who(visit))
        return visit.go(HERE, OTHER)
    if ports.check(proposal.tree).errors:
        return _review(visit, "Nothing was applied: some entries have to be mended first.", 409)
    source = house.ports.keeping.change(proposal.text, visit.name, house.moving.proof)
    house.work.begin("A new configuration", house.moving.followed(_until_up(visit, source), visit.request.url.hostname or ""))
    await visit.note("other", f"configuration changed: {house.ports.config}")
    return visit.go(work.HERE)


async def _until_up(visit: Visit, source: Told) -> Told:
    who, desk = _who(visit), visit.house.desk
    async for told in source:
        if told.state == "up":
            desk.drop(who)
        yield told


async def drop(visit: Visit) -> Response:
    """Forget it."""
    visit.house.desk.drop(_who(visit))
    return visit.go(HERE, "Your changes are dropped.")


# For the page of the text as well


def ports_of(visit: Visit) -> WizardPorts:
    """Raises HTTPException: nothing can be changed here, or there is nothing to be changed."""
    house = visit.house
    if not house.workshop.open or house.configured.now.state == "missing":
        raise HTTPException(404, "There is no configuration yet, so there is nothing to change. The first one is made at Set up.")
    return house.workshop.ports


def now(visit: Visit) -> dict[str, object]:
    """With the changes of this visitor, if there are any. Raises BrokenError."""
    proposal = _proposal(visit)
    return proposal.tree if proposal is not None else files_of.present(visit.house.ports.config).tree


def propose(visit: Visit, text: str, *, as_text: bool) -> None:
    """From now on this visitor's changes. Raises BrokenError."""
    house, before = visit.house, _proposal(visit)
    base = print_of(files_of.text_of(house.ports.config))
    made = Proposal(
        text=text,
        tree=files_of.parsed(text, house.ports.config),
        base=base if before is None else before.base,
        at_s=house.clock.monotonic(),
        as_text=as_text,
    )
    house.desk.put(_who(visit), made)


def propose_tree(visit: Visit, tree: Tree) -> None:
    """The same, from a form. Raises BrokenError."""
    path, before = visit.house.ports.config, _proposal(visit)
    here = files_of.present(path) if before is None else Present(text=before.text, tree=before.tree, print=before.base)
    text, as_text = rewritten(here, tree, path)
    propose(visit, text, as_text=as_text and (before is None or before.as_text))


def _who(visit: Visit) -> str:
    assert visit.session is not None
    return visit.session.label


def _proposal(visit: Visit) -> Proposal | None:
    return visit.house.desk.of(_who(visit), visit.house.clock.monotonic())


def _place(visit: Visit) -> Place:
    ports_of(visit)
    number: int = visit.request.path_params.get("evse", 0)
    try:
        found = sections.find(now(visit), visit.place("section"), number)
    except BrokenError as error:
        raise HTTPException(409, f"The file cannot be read as it is: {error}. Mend it as text.") from error
    if found is None:
        raise HTTPException(404, "There is no such section.")
    return found


def _answers(visit: Visit, place: Place, before: dict[str, str]) -> dict[str, str]:
    posted = {**before, "driver": visit.field("driver", before.get("driver", ""))}
    found = {name: text for name, text in before.items() if name == "driver"}
    for field in sections.fields_of(place, ports_of(visit).drivers(), posted):
        text = visit.field(field.name)[:LONGEST]
        found[field.name] = before.get(field.name, "") if field.kind == "password" and not text else text
    return found


def _form(visit: Visit, place: Place, answers: dict[str, str], errors: dict[str, tuple[str, ...]], status: int = 200) -> Response:
    fields = sections.fields_of(place, ports_of(visit).drivers(), answers)
    return visit.page(
        "configuration_section.html",
        status,
        place=place,
        fields=fields,
        values={field.name: answers.get(field.name, field.proposed) for field in fields},
        errors=errors,
        driver=answers.get("driver", ""),
        problem="This cannot be so; see below. Nothing was changed." if status != 200 else "",
    )


def _review(visit: Visit, problem: str = "", status: int = 200) -> Response:
    ports, house, proposal = ports_of(visit), visit.house, _proposal(visit)
    if proposal is None:
        return visit.go(HERE, "There is nothing to be applied.")
    present = files_of.present_or_empty(house.ports.config)
    return visit.page(
        "configuration_review.html",
        status,
        problem=problem,
        lines=difference(present, proposal, house.ports.config),
        moves=announced(present.tree, proposal.tree),
        checked=ports.check(proposal.tree),
        as_text=proposal.as_text,
        file=house.ports.config,
    )


ROUTES = (
    Get(HERE, show),
    Get(REVIEW, review),
    Post(f"{HERE}/apply", apply),
    Post(f"{HERE}/drop", drop),
    Get(f"{HERE}/{{section}}", section),
    Get(f"{HERE}/{{section}}/{{evse:int}}", section),
    Post(f"{HERE}/{{section}}", change),
    Post(f"{HERE}/{{section}}/{{evse:int}}", change),
)
