"""The configuration that a draft means, as plain values. Steps that have not been answered have stand-ins, so that hardware can be tried
before everything is known."""

from collections.abc import Sequence
from typing import Any

from chargepoint.web.wizard import access, board, csms, meter, public, socket, station
from chargepoint.web.wizard.devices import SIMULATED
from chargepoint.web.wizard.draft import STATION, Draft
from chargepoint.web.wizard.ports import DriverLine, Tree

UNTOLD: dict[str, Any] = {"max_current_a": 6}
"""Of a socket that has not been described."""
UNASKED: dict[str, Any] = {"ocpp": {"version": csms.VERSIONS["both"][1]}}
"""Of a CSMS: the identity is held against what is proposed."""


def tree(draft: Draft, lines: Sequence[DriverLine]) -> Tree:
    """The whole file. ``lines``: the drivers that there are."""
    first, who = station.tree(draft.of("station")), access.tree(lines, draft.of("access"))
    evses = [_evse(draft, lines, number) for number in range(1, draft.evses + 1)]
    told = {**first["public"], **public.tree(draft.of("public"))["public"]}
    found: Tree = {"station": first["station"], "site": first["site"], "evses": evses}
    identity = draft.of(STATION).get("id", "").strip()
    found |= who | (csms.tree(draft.of("csms"), identity) if draft.has("csms") else UNASKED) | {"web": {}, "public": told}
    if _simulated(draft):
        found |= {"hal": {"backend": "sim"}, "bench": {"listen": "127.0.0.1:0"}}
    return {name: part for name, part in found.items() if part or name == "web"}


def _simulated(draft: Draft) -> bool:
    """A board that has not been chosen yet makes no simulation of those that have."""
    chosen = [driver for number in range(1, draft.evses + 1) if (driver := draft.of(f"board/{number}").get("driver"))]
    return SIMULATED in chosen or not chosen


def _evse(draft: Draft, lines: Sequence[DriverLine], number: int) -> dict[str, Any]:
    told = socket.tree(draft.of(f"socket/{number}") or {"phases": draft.phases(number)})
    told = told if draft.has(f"socket/{number}") else {**UNTOLD, **told}
    devices = {"board": board.table(lines, draft.of(f"board/{number}")), "meter": meter.table(lines, draft.of(f"meter/{number}"))}
    return {"id": number, **told, **devices}


def remarks(draft: Draft) -> dict[str, str]:
    """What the file says beside its entries, by table."""
    grid = " ".join(draft.of("station").get("grid", "").split())
    return {"site": f"grid: {grid}"} if grid else {}
