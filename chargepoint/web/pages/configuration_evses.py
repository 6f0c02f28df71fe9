"""``/configuration/evses``: one more, or one less. What it needs, and who named it, is asked and told by the sections."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.web.editing import sections
from chargepoint.web.editing.files_of import BrokenError
from chargepoint.web.pages.configuration import HERE, now, ports_of, propose_tree
from chargepoint.web.routes import Post
from chargepoint.web.visit import Visit
from chargepoint.web.wizard.draft import MOST_EVSES
from chargepoint.web.wizard.ports import Tree


async def add(visit: Visit) -> Response:
    """Another one like the last."""
    tree, there = _read(visit)
    if len(there) >= MOST_EVSES:
        return visit.go(HERE, f"There are {len(there)} EVSEs, {MOST_EVSES} at most by form. More can be added as text.")
    last = there[-1] if there and isinstance(there[-1], dict) else {"connectors": [{"id": 1}]}
    propose_tree(visit, {**tree, "evses": [*there, {**last, "id": len(there) + 1}]})
    return visit.go(HERE, f"EVSE {len(there) + 1} is a copy of the one before. Change its board and its meter, then apply.")


async def remove(visit: Visit) -> Response:
    """The last one: they are counted from 1."""
    tree, there = _read(visit)
    if len(there) <= 1:
        return visit.go(HERE, "A station has one EVSE at least, so nothing was changed.")
    propose_tree(visit, {**tree, "evses": there[:-1]})
    return visit.go(HERE, f"EVSE {len(there)} goes once the changes are applied.")


def _read(visit: Visit) -> tuple[Tree, list[object]]:
    """Raises HTTPException."""
    ports_of(visit)
    try:
        tree = now(visit)
    except BrokenError as error:
        raise HTTPException(409, f"The file cannot be read as it is: {error}. Mend it as text.") from error
    return tree, sections.evses(tree)


ROUTES = (Post(f"{HERE}/evses/add", add), Post(f"{HERE}/evses/remove", remove))
