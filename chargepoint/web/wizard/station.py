"""Step 1: who the station is, and what the installation gives it."""

from collections.abc import Mapping
from typing import Any

from chargepoint.web.wizard.draft import MOST_EVSES, Answers
from chargepoint.web.wizard.fields import Field, Option, given, number


def fields(proposed: Mapping[str, str]) -> tuple[Field, ...]:
    """What is asked. ``proposed``: what the computer knows of itself."""
    count = tuple(Option(str(each), str(each)) for each in range(1, MOST_EVSES + 1))
    return (
        Field(name="id", label="Identity", help="As the CSMS knows this station, letter by letter.", proposed=proposed.get("id", "")),
        Field(name="label", label="Label", help="What is written on the station, such as XY-12. Empty: the identity."),
        Field(name="vendor", label="Vendor", help="Of the station. At most 20 characters for OCPP 1.6."),
        Field(name="model", label="Model", help="At most 20 characters."),
        Field(name="serial", label="Serial number", help="Proposed: this computer's own.", proposed=proposed.get("serial", "")),
        Field(name="evses", label="How many EVSEs?", kind="choice", help="Places where a car can charge.", options=count, proposed="1"),
        Field(name="fuse_a", label="Fuse of the feed, in A", kind="number", help="Per phase. The sum of all EVSEs never exceeds it."),
        Field(name="phases", label="Phases of the feed", kind="choice", options=(Option("3", "three"), Option("1", "one")), proposed="3"),
        Field(name="voltage_v", label="Voltage in V", kind="number", help="Between phase and neutral.", proposed="230"),
        Field(name="grid", label="Type of grid", help="TN-S, TN-C-S, TT, IT: for the papers, kept as a remark in the file."),
    )


def tree(answers: Answers) -> dict[str, Any]:
    """Its part of the file."""
    station = {name: answers.get(name, "").strip() for name in ("id", "vendor", "model")}
    site = given(**{name: number(answers.get(name, "")) for name in ("fuse_a", "phases", "voltage_v")})
    return {
        "station": {**station, **given(serial=answers.get("serial", "").strip())},
        "site": site,
        "public": given(label=answers.get("label", "").strip()),
    }
