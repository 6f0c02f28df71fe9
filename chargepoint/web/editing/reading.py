"""A configuration as answers to the wizard's questions."""

import json
from collections.abc import Mapping
from typing import Any

from chargepoint.web.wizard import csms, devices, public, socket
from chargepoint.web.wizard.access import NONE

KEPT = "as it is"
"""Chosen where the file has what no option says."""

Table = Mapping[str, Any]


def text(value: Any) -> str:
    """As somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value)


def table(tree: Any, name: str) -> Table:
    """One that is perhaps not there, or no table."""
    found = tree.get(name) if isinstance(tree, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def first(value: Any) -> Table:
    """Of several tables."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], Mapping) else {}


def station(tree: Table) -> dict[str, str]:
    """``[station]``, ``[site]``, and the label."""
    who, site = table(tree, "station"), table(tree, "site")
    told = {name: text(who.get(name)) for name in ("id", "vendor", "model", "serial")}
    return {
        **told,
        "label": text(table(tree, "public").get("label")),
        "fuse_a": text(site.get("fuse_a")),
        "phases": text(site.get("phases", 3)),
        "voltage_v": text(site.get("voltage_v", 230)),
    }


def device(found: Table) -> dict[str, str]:
    """Driver and entries."""
    answers = {"driver": text(found.get("driver", devices.SIMULATED)), "bench": "on" if found.get("bench") is True else ""}
    return {**answers, **{devices.PREFIX + name: text(value) for name, value in found.items() if name not in ("driver", "bench")}}


def plug(evse: Table) -> dict[str, str]:
    """Socket or cable."""
    connector = first(evse.get("connectors"))
    known = (connector.get("type", "sType2"), connector.get("cable", "socket"))
    kind = next((name for name, (_, *pair) in socket.KINDS.items() if tuple(pair) == known), KEPT)
    return {
        "kind": kind,
        "cable_current_a": text(connector.get("cable_current_a")),
        "max_current_a": text(evse.get("max_current_a")),
        "failsafe_current_a": text(evse.get("failsafe_current_a", 6)),
        "phases": text(evse.get("phases", 3)),
    }


def access(tree: Table) -> dict[str, str]:
    """``[authorization]``, and the first reader."""
    allowed = table(tree, "authorization")
    cards = allowed.get("cards")
    reader = first(tree.get("readers"))
    told = {"who": "free" if allowed.get("free") is True else "cards"}
    told["cards"] = "\n".join(map(text, cards)) if isinstance(cards, list) else ""
    return {**told, **({"driver": NONE} if not reader else device({name: each for name, each in reader.items() if name != "evses"}))}


def uplink(tree: Table) -> dict[str, str]:
    """``[ocpp]``"""
    ocpp = table(tree, "ocpp")
    version = ocpp.get("version", "1.6")
    return {
        "uses": csms.BY_OCPP if ocpp.get("csms_url") else csms.NONE,
        "url": text(ocpp.get("csms_url")),
        "version": next((name for name, (_, value) in csms.VERSIONS.items() if value == version), KEPT),
        "profile": text(ocpp.get("security_profile", 0)),
        "password": text(ocpp.get("basic_auth_password")),
        csms.ROOT: text(table(table(tree, "security"), "trust").get(csms.TRUSTED)),
    }


def drivers_told(tree: Table) -> dict[str, str]:
    """``[public]``"""
    told = table(tree, "public")
    spoken = told.get("languages", ["en"])
    answers = {name: text(told.get(name)) for name in ("operator", "help_line", "location")}
    languages = {public.SPOKEN + tag: "on" if isinstance(spoken, list) and tag in spoken else "" for tag in public.NAMES}
    return {"open": "on" if told.get("open_to_public") is True else "", **answers, **languages}


def pages(tree: Table) -> dict[str, str]:
    """``[web]``"""
    web = table(tree, "web")
    return {name: text(web.get(name)) for name in ("listen", "driver_listen")}
