"""``/variables``: the device model, searched, and changed as a CSMS would change it."""

from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.domain.entries import spelt
from chargepoint.domain.redaction import MASK
from chargepoint.domain.wording import sentence
from chargepoint.inquiry.variables import MOST, ChangeVariable, ListVariables, VariableChanged, VariableLine, Variables
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

HERE = "/variables"
LONGEST_SEARCH = 200
MOST_BYTES = 3_500
"""Of a change; no value is longer (attributeValue, OCPP 2.1)."""
CHANGE_S = 10.0
STATUS = {"refused": 409, "unknown": 404}


async def show(visit: Visit) -> Response:
    """Those that are searched."""
    sought = visit.query("search").strip()[:LONGEST_SEARCH]
    found = await visit.ask(ListVariables(search=sought), Variables)
    return visit.page("variables.html", found=found, sought=sought)


async def one(visit: Visit) -> Response:
    """All about one, and how to change it."""
    return _one(visit, await _line(visit, visit.query("name")))


async def change(visit: Visit) -> Response:
    """Whether it may be so, the station says."""
    line = await _line(visit, visit.field("name"))
    value = visit.field("value")
    question = ChangeVariable(writes_by(line) or line.name, value)
    if len(msgspec.json.encode(question)) > MOST_BYTES:
        too_long = f"{line.name}: {len(value)} characters are too many; expected {bounds(line)}. Nothing was changed."
        return _one(visit, line, too_long, 400, value)
    answer = await visit.ask(question, VariableChanged, CHANGE_S)
    said = sentence(answer.message)
    if answer.outcome in STATUS:
        return _one(visit, line, said, STATUS[answer.outcome], value)
    await visit.note("other", f"variable changed: {line.name}")
    return visit.go(f"{HERE}/one?{urlencode({'name': line.name})}", said)


async def _line(visit: Visit, name: str) -> VariableLine:
    """Raises HTTPException: there is none of this name."""
    wanted = name.strip()[:LONGEST_SEARCH]
    found = await visit.ask(ListVariables(search=wanted, count=MOST), Variables) if wanted else Variables(0, ())
    line = next((each for each in found.lines if spelt(wanted) in (spelt(each.name), spelt(each.key_16))), None)
    if line is None:
        raise HTTPException(404, f"There is no variable {wanted[:60] or 'without a name'}. Search for it on the page Variables.")
    return line


def writes_by(line: VariableLine) -> str:
    """The name by which it can be changed: what 2.x may only read, 1.6 may write; empty: nobody may."""
    if line.access != "ReadOnly":
        return line.name
    return line.key_16 if line.writable_16 else ""


def bounds(line: VariableLine) -> str:
    """Type and bounds, for people."""
    least, most = line.minimum, line.maximum
    if line.type == "string" or line.type.endswith("List"):
        kind = "text" if line.type == "string" else line.type
        return kind if most is None else f"{kind}, at most {most:g} characters"
    low = "" if least is None else f" from {least:.15g}"
    high = "" if most is None else f" up to {most:.15g}"
    return f"{line.type}{low}{high}"


def is_secret(line: VariableLine) -> bool:
    """Is its value never shown?"""
    return line.value is None or line.value == MASK


def _one(visit: Visit, line: VariableLine, problem: str = "", status: int = 200, typed: str | None = None) -> Response:
    secret = is_secret(line)
    value = "" if secret else typed if typed is not None else line.value
    return visit.page(
        "variable.html", status, line=line, bounds=bounds(line), secret=secret, writes=writes_by(line), value=value, problem=problem
    )


ROUTES = (Get(HERE, show), Get(f"{HERE}/one", one), Post(f"{HERE}/change", change))
