"""A configuration that there is: its values as answers, and answers put over it, so that what nobody asked for stays as it was.

file ──▶ draft_of ──▶ Draft ──(people)──▶ Draft ──▶ candidate.tree ──▶ over(file) ──▶ file
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chargepoint.web.wizard import access, csms, public, socket
from chargepoint.web.wizard.asking import as_answers
from chargepoint.web.wizard.draft import MOST_EVSES, STATION, Answers, Draft
from chargepoint.web.wizard.ports import Tree

ASKED: Mapping[str, Sequence[str]] = {
    "station": ("id", "vendor", "model", "serial"),
    "site": ("fuse_a", "phases", "voltage_v"),
    "authorization": ("free", "cards"),
    "ocpp": ("version", "csms_url", "security_profile", "basic_auth_password"),
    "public": ("label", "open_to_public", "operator", "help_line", "location", "languages"),
}
"""Entries that are answers: one that is not answered any more goes. ``security.system_trust`` stays where it was set."""
OF_EVSE = ("max_current_a", "failsafe_current_a", "phases")
OF_CONNECTOR = ("type", "cable", "cable_current_a")


def draft_of(tree: Tree) -> Draft:
    """Every step answered as the file has it. What the steps have no words for is left out, and kept by ``over``."""
    evses = [each for each in _list(tree, "evses")[:MOST_EVSES] if isinstance(each, dict)]
    told = _part(tree, "public")
    station = {**_texts(tree, "station"), **_texts(tree, "site"), "label": _text(told.get("label", "")), "evses": str(len(evses) or 1)}
    answers: dict[str, Answers] = {STATION: station, "access": _access(tree), "csms": _csms(tree), "public": _public(told)}
    for number, evse in enumerate(evses, start=1):
        answers |= {f"{kind}/{number}": _device(evse.get(kind)) for kind in ("board", "meter")}
        answers[f"socket/{number}"] = _socket(evse)
    return Draft(answers=answers)


def _part(tree: Tree, name: str) -> dict[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def _list(tree: Tree, name: str) -> list[Any]:
    found = tree.get(name)
    return found if isinstance(found, list) else []


def _texts(tree: Tree, name: str) -> dict[str, str]:
    return {entry: _text(value) for entry, value in _part(tree, name).items() if entry in ASKED[name]}


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _device(table: Any) -> dict[str, str]:
    entries = dict(table) if isinstance(table, dict) else {}
    bench = {"bench": "on"} if entries.pop("bench", False) is True else {}
    return {**as_answers(_text(entries.pop("driver", "simulated")), entries), **bench}


def _socket(evse: Mapping[str, Any]) -> dict[str, str]:
    connectors = _list(dict(evse), "connectors")
    first = connectors[0] if connectors and isinstance(connectors[0], dict) else {}
    kind = (first.get("type", "sType2"), first.get("cable", "socket"))
    found = {name: _text(evse[name]) for name in OF_EVSE if name in evse}
    found["kind"] = next((name for name, (_, *told) in socket.KINDS.items() if tuple(told) == kind), "socket")
    return {"failsafe_current_a": "6", "phases": "3", **found, "cable_current_a": _text(first.get("cable_current_a", ""))}


def _access(tree: Tree) -> dict[str, str]:
    told, readers = _part(tree, "authorization"), _list(tree, "readers")
    who = {"who": "free" if told.get("free") else "cards", "cards": "\n".join(map(_text, _list(told, "cards")))}
    reader = dict(readers[0]) if readers and isinstance(readers[0], dict) else {"driver": access.NONE}
    reader.pop("evses", None)
    return {**_device(reader), **who}


def _csms(tree: Tree) -> dict[str, str]:
    told = _part(tree, "ocpp")
    if not told.get("csms_url"):
        return {"uses": csms.NONE}
    version = told.get("version", "1.6")
    name = next((name for name, (_, each) in csms.VERSIONS.items() if each == version), "both")
    words = {"url": "csms_url", "password": "basic_auth_password"}
    typed = {field: _text(told[entry]) for field, entry in words.items() if entry in told}
    if root := _part(_part(tree, "security"), "trust").get(csms.TRUSTED):
        typed[csms.ROOT] = _text(root)
    return {"uses": csms.BY_OCPP, "version": name, "profile": _text(told.get("security_profile", 0)), **typed}


def _public(told: Mapping[str, Any]) -> dict[str, str]:
    found = {name: _text(told.get(name, "")) for name in ("operator", "help_line", "location")}
    spoken = told.get("languages") or ["en"]
    return {"open": "on" if told.get("open_to_public") else "", **found, **{f"{public.SPOKEN}{tag}": "on" for tag in spoken}}


def over(before: Tree, draft: Draft, wanted: Tree) -> Tree:
    """``wanted``, the candidate of ``draft``, with everything of the file ``before`` that is no answer."""
    asked = draft_of(before)
    found: Tree = {name: _over_part(name, _part(before, name), wanted.get(name, {})) for name in ASKED}
    found["security"] = _security(_part(before, "security"), wanted.get("security", {}))
    if draft.of("csms") == asked.of("csms"):
        found["ocpp"], found["security"] = _part(before, "ocpp"), _part(before, "security")
    elif "version" in found["ocpp"] and _same("version", draft.of("csms"), asked.of("csms")):
        found["ocpp"]["version"] = _part(before, "ocpp").get("version", "1.6")
    found["evses"] = [_evse(old, new, draft, asked, at) for at, (old, new) in enumerate(_paired(before, wanted), start=1)]
    found["readers"] = _readers(before, wanted, draft.of("access") == asked.of("access"))
    found |= {name: before[name] for name in before if name not in found and name not in ("hal", "bench")}
    found |= _world(before, wanted, found)
    return {
        name: part
        for name, part in ((name, found.get(name)) for name in _order(before, wanted))
        if part or (name == "web" and part is not None)
    }


def _same(name: str, one: Answers, other: Answers) -> bool:
    """What has no word of its own is not changed by whoever leaves its answer alone."""
    return name in other and one.get(name) == other[name]


def _order(before: Tree, wanted: Tree) -> list[str]:
    return [*wanted, *(name for name in (*before, "security", "hal", "bench") if name not in wanted)]


def _over_part(name: str, before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {**{entry: value for entry, value in before.items() if entry not in ASKED.get(name, ())}, **wanted}


def _security(before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of whom to trust only the CSMS's root is asked for."""
    others = {use: file for use, file in _part(dict(before), "trust").items() if use != csms.TRUSTED}
    trust = {**others, **wanted.get("trust", {})}
    found = {**{entry: value for entry, value in before.items() if entry != "trust"}, **wanted}
    return {**found, "trust": trust} if trust else {entry: value for entry, value in found.items() if entry != "trust"}


def _paired(before: Tree, wanted: Tree) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    old = [each for each in _list(before, "evses") if isinstance(each, dict)]
    return [(old[at] if at < len(old) else {}, new) for at, new in enumerate(wanted["evses"])]


def _evse(old: dict[str, Any], new: dict[str, Any], draft: Draft, asked: Draft, number: int) -> dict[str, Any]:
    found = {**{entry: value for entry, value in old.items() if entry not in OF_EVSE}, **new, "id": old.get("id", number)}
    for kind in ("board", "meter"):
        if draft.of(f"{kind}/{number}") == asked.of(f"{kind}/{number}"):
            found.pop(kind)
            found |= {kind: old[kind]} if kind in old else {}
    if draft.of(f"socket/{number}") == asked.of(f"socket/{number}"):
        return found | {entry: old[entry] for entry in (*OF_EVSE, "connectors") if entry in old}
    first, *others = [each for each in _list(old, "connectors") if isinstance(each, dict)] or [{}]
    told = OF_CONNECTOR[2:] if _same("kind", draft.of(f"socket/{number}"), asked.of(f"socket/{number}")) else OF_CONNECTOR
    kept = {entry: value for entry, value in first.items() if entry not in told}
    return found | {"connectors": [{**new["connectors"][0], **kept}, *others]}


def _readers(before: Tree, wanted: Tree, same: bool) -> list[Any]:
    """The first one is asked for."""
    old, new = _list(before, "readers"), wanted.get("readers", [])
    if same:
        return old
    served = {"evses": old[0]["evses"]} if old and new and "evses" in old[0] else {}
    return [*({**each, **served} for each in new), *(old[1:] if new else ())]


def _world(before: Tree, wanted: Tree, found: Tree) -> Tree:
    """A simulated station stays one while its devices stay; whoever chooses a real one means it."""
    devices = [[each.get(kind) for each in _list(tree, "evses")] for tree in (before, found) for kind in ("board", "meter")]
    same = devices[:2] == devices[2:] and _list(before, "readers") == found["readers"]
    kept: Tree = {name: before[name] for name in ("hal", "bench") if name in before}
    if same or "hal" in wanted:
        made: Tree = {name: wanted[name] for name in ("hal", "bench") if name in wanted and not same}
        return {**made, **kept}
    hal = {name: value for name, value in _part(before, "hal").items() if (name, value) != ("backend", "sim")}
    return {"hal": hal}
