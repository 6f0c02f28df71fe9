"""What a page file says of itself, and what the table of pages says of it.

    # pages/history.py
    async def show(visit: Visit) -> Response:
        return visit.page("history.html", events=await visit.ask(ListEvents(), Events))

    ROUTES = (Get("/history", show), Post("/history/forget", forget, needs="owner"))

    # pages/__init__.py, TABLE
    Page("history", sees="viewer", does="technician", title="History"),

``sees`` is for GET and ``does`` for POST; a route may ask for more, never for less. Posted forms have been read and held against the
session's token when the function is called: ``visit.field``, ``visit.upload``.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from starlette.responses import Response

from chargepoint.web.roles import Needs

if TYPE_CHECKING:
    from chargepoint.web.visit import Visit

FORM_BYTES = 65_536
"""Bound of a posted body, unless the route says more."""

Handler = Callable[["Visit"], Awaitable[Response]]


class Get(Struct, frozen=True):
    """Shows something, changes nothing. ``path`` as starlette has it: ``/evse/{evse:int}``."""

    path: str
    handler: Handler
    needs: Needs = "anybody"
    """More than the table says, if need be."""


class Post(Struct, frozen=True):
    """Does something, then mostly ``visit.go``."""

    path: str
    handler: Handler
    needs: Needs = "anybody"
    most_bytes: int = FORM_BYTES
    """Bound of the body: more for uploads. Files of a form are on disk while they are read."""
    large: bool = False
    """One at a time, and there has to be room for it."""


class Page(Struct, frozen=True):
    """A row of the table: a module beside it, and who may."""

    module: str
    sees: Needs
    does: Needs
    title: str = ""
    """In the menu; empty: not in the menu. It leads to the first GET route of the module."""
    open_at: tuple[str, ...] = ("good", "broken", "missing")
    """In which states of the configuration the menu has it."""
    group: str = "Maintenance"
    """The word of the menu under which it stands; empty: by itself."""
