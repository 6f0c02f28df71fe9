"""Every variable that OCPP 2.0.1 requires of such a station is in the table, with the type, unit and access that the standard names; and of
what it may have, whatever this station has.

``required_2.0.1.csv``: the required rows of the standard's appendix (``dm_components_vars.csv``), their access from part 2, and the four of
part 4 that every station has. Where the standard leaves the access open, both are named.
``optional_2.0.1.csv``: the rows of the appendix that name a component and are not required, their type from part 2 where that has another;
and why one is absent here.
"""

import csv
from pathlib import Path

import pytest

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.entries import Entry
from tests.domain.examples import configuration
from tests.station import rig


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REQUIRED, OPTIONAL = _rows("required_2.0.1.csv"), _rows("optional_2.0.1.csv")
HERE = list(DeviceModel(configuration()))
OF_METERS_THAT_SIGN = [
    entry
    for entry in DeviceModel(rig.configuration(signs=True))
    if entry.key.variable in ("SignReadings", "PublicKeyWithSignedMeterValue", "PublicKey")
]


def _named(row: dict[str, str]) -> str:
    instance = f"[{row['instance']}]" if row["instance"] else ""
    return f"{row['component']}.{row['variable']}{instance}"


def _found(row: dict[str, str]) -> list[Entry]:
    wanted = (row["component"], row["variable"], row["instance"])
    return [
        entry for entry in (*HERE, *OF_METERS_THAT_SIGN) if (entry.key.component, entry.key.variable, entry.key.instance or "") == wanted
    ]


@pytest.mark.parametrize("row", [pytest.param(row, id=_named(row)) for row in REQUIRED])
def test_what_the_standard_requires_is_there(row: dict[str, str]) -> None:
    found = _found(row)
    assert len(found) == {"EVSE": 2, "Connector": 2}.get(row["component"], 1), "at every place"
    for entry in found:
        assert entry.variable.type.name == row["type"]
        assert entry.access.value in row["access"].split()
        assert not row["unit"] or entry.variable.unit in row["unit"].split()
        assert entry.bounds.values or not row["type"].endswith("List")


@pytest.mark.parametrize("row", [pytest.param(row, id=_named(row)) for row in OPTIONAL])
def test_what_the_standard_lets_a_station_have_is_there_or_has_a_reason_not_to_be(row: dict[str, str]) -> None:
    found = _found(row)
    assert bool(found) != bool(row["absent"])
    for entry in found:
        assert entry.variable.type.name == row["type"]
        assert not row["unit"] or entry.variable.unit in row["unit"].split()
        assert entry.bounds.values or not row["type"].endswith("List")
