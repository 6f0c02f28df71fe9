"""Names of variables as the tests write them, and as messages carry them.

TxCtrlr.EVConnectionTimeOut
OCPPCommCtrlr.MessageAttempts[TransactionEvent]
EVSE@1.AvailabilityState                          of one EVSE
Connector@1.2.AvailabilityState                   of connector 2 of EVSE 1
NetworkConfiguration[1].OcppCsmsUrl               of an instance of the component
"""

import re
from typing import Any

Json = dict[str, Any]

NAME = re.compile(
    r"(?P<component>\w+)(\[(?P<component_instance>[^]]+)\])?(@(?P<evse>\d+)(\.(?P<connector>\d+))?)?"
    r"\.(?P<variable>\w+)(\[(?P<instance>[^]]+)\])?"
)


def read(name: str) -> Json:
    """``{"component": ..., "variable": ...}``. Raises ValueError."""
    match = NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"variable {name!r}: expected Component.Variable, as tests/conformance/v201/naming.py has it")
    component, variable = _named(match["component"], match["component_instance"]), _named(match["variable"], match["instance"])
    if match["evse"]:
        component["evse"] = {"id": int(match["evse"])} | ({"connectorId": int(match["connector"])} if match["connector"] else {})
    return {"component": component, "variable": variable}


def written(entry: Json) -> str:
    """The name of an entry that has a component and a variable."""
    component, variable = entry["component"], entry["variable"]
    evse = component.get("evse", {})
    place = "".join(f"{mark}{evse[key]}" for mark, key in (("@", "id"), (".", "connectorId")) if key in evse)
    return f"{_text(component)}{place}.{_text(variable)}"


def _named(name: str, instance: str | None) -> Json:
    return {"name": name} | ({"instance": instance} if instance else {})


def _text(named: Json) -> str:
    return f"{named['name']}[{named['instance']}]" if named.get("instance") else str(named["name"])
