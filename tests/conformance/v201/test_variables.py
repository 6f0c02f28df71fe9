"""Block B: variables that are set, and those that cannot be (B05)."""

from collections.abc import Mapping

import pytest

from tests.campaigns.bench import Json
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.naming import read

OFFLINE_THRESHOLD = "OCPPCommCtrlr.OfflineThreshold"
WRITTEN = ("123", "123.1", "true", "2026-11-23T12:00:00Z", "abc")
TAKES: Mapping[str, tuple[str, ...]] = {
    OFFLINE_THRESHOLD: ("123",),
    "SmartChargingCtrlr.LimitChangeSignificance": (),
    "AuthCtrlr.AuthorizeRemoteStart": ("true",),
    "ClockCtrlr.NextTimeOffsetTransitionDateTime": ("2026-11-23T12:00:00Z",),
}
"""Which of them each may have; a percentage none of them: they are above 100, or no numbers."""


async def refused(lab: Lab, name: str, value: str, attribute: str | None = None) -> Json:
    """What SetVariables says of one variable; it names it, and its attribute."""
    kind = {} if attribute is None else {"attributeType": attribute}
    answer = await lab.call("SetVariables", setVariableData=[{**read(name), **kind, "attributeValue": value}])
    (result,) = answer["setVariableResult"]
    assert {"component": result["component"], "variable": result["variable"]} == read(name)
    assert result["attributeType"] == (attribute or "Actual")
    found: Json = result
    return found


@pytest.mark.parametrize(
    ("name", "attribute", "status"),
    [
        pytest.param("UnknownComponent.OfflineThreshold", None, "UnknownComponent", marks=case("TC_B_35")),
        pytest.param("OCPPCommCtrlr.UnknownVariable", None, "UnknownVariable", marks=case("TC_B_36")),
        pytest.param(OFFLINE_THRESHOLD, "Target", "NotSupportedAttributeType", marks=case("TC_B_37")),
        pytest.param("OCPPCommCtrlr.MessageTimeout[Default]", None, "Rejected", marks=case("TC_B_39")),
    ],
)
async def test_what_cannot_be_set_is_refused(lab: Lab, name: str, attribute: str | None, status: str) -> None:
    assert (await refused(lab, name, "300", attribute))["attributeStatus"] == status


@case("TC_B_11")
async def test_a_value_of_another_type_is_refused_and_changes_nothing(lab: Lab) -> None:
    for name, good in TAKES.items():
        for value in WRITTEN:
            before = await lab.variable(name)
            result = await refused(lab, name, value)
            if value in good:
                assert result["attributeStatus"] == "Accepted", (name, value, result)
                assert await lab.variable(name) == value
            else:
                assert result["attributeStatus"] == "Rejected", (name, value, result)
                assert result["attributeStatusInfo"]["reasonCode"] in ("InvalidValue", "ValueTooHigh"), (name, value, result)
                assert await lab.variable(name) == before
