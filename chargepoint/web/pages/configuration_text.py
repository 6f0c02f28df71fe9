"""``/configuration/text``: the whole file, with every error at its line. Secrets have a mark in their place, and stay where that stays."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.web.editing import addressee, files_of, masking
from chargepoint.web.editing.files_of import BrokenError
from chargepoint.web.editing.lines import line_of
from chargepoint.web.pages.configuration import REVIEW, now, ports_of, propose
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

HERE = "/configuration/text"
MOST_BYTES = 200_000
LONGEST = 60_000
SHOWN = 120


async def show(visit: Visit) -> Response:
    """As it is."""
    ports_of(visit)
    path = visit.house.ports.config
    proposal = visit.house.desk.of(visit.session.label if visit.session else "", visit.house.clock.monotonic())
    text = files_of.text_of(path) if proposal is None else proposal.text
    try:
        shown = masking.masked(text, now(visit))
    except BrokenError as error:
        return _page(visit, files_of.roughly_masked(text), (str(error),))
    return _page(visit, shown, ports_of(visit).check(now(visit)).errors)


async def change(visit: Visit) -> Response:
    """Keep it, if it is a configuration."""
    ports, path = ports_of(visit), visit.house.ports.config
    typed = visit.field("text").replace("\r\n", "\n")
    if len(typed) > LONGEST:
        raise HTTPException(413, f"The text has {len(typed)} characters; {LONGEST} are taken at most. Put the file in place by hand.")
    try:
        known = _known(visit)
        text = masking.unmasked(typed, known)
        errors = (*addressee.astray(files_of.parsed(typed, path), known), *ports.check(files_of.parsed(text, path)).errors)
    except BrokenError as error:
        errors = (str(error),)
    if errors:
        return _page(visit, typed, errors, 400)
    propose(visit, text, as_text=True)
    return visit.go(REVIEW)


def _known(visit: Visit) -> dict[str, object]:
    """Of which the secrets are; a file that cannot be read gives none back."""
    try:
        return now(visit)
    except BrokenError:
        return {}


def _page(visit: Visit, text: str, errors: tuple[str, ...], status: int = 200) -> Response:
    lines = text.splitlines()
    found = [(line_of(text, error) if visit.house.ports.config.suffix != ".json" else None, error) for error in errors]
    told = [(number, lines[number - 1][:SHOWN] if number and number <= len(lines) else "", error) for number, error in found]
    return visit.page(
        "configuration_text.html",
        status,
        text=text,
        errors=sorted(told, key=lambda each: each[0] or 0),
        rows=min(40, max(12, len(lines) + 2)),
        file=visit.house.ports.config,
        problem="This cannot be so; see below. Nothing was changed." if status != 200 else "",
    )


ROUTES = (Get(HERE, show), Post(HERE, change, most_bytes=MOST_BYTES))
