"""Block B: provisioning."""

import pytest

from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.naming import read

OFFLINE_THRESHOLD = "OCPPCommCtrlr.OfflineThreshold"
LOCAL_AUTHORIZE_OFFLINE = "AuthCtrlr.LocalAuthorizeOffline"


@case("TC_B_06")
async def test_one_variable_is_told_with_its_attribute_and_no_reason(lab: Lab) -> None:
    await lab.configure({OFFLINE_THRESHOLD: "300"})
    result = await lab.result(OFFLINE_THRESHOLD, "Actual")
    assert result == {"attributeStatus": "Accepted", "attributeType": "Actual", "attributeValue": "300", **read(OFFLINE_THRESHOLD)}


@case("TC_B_07")
async def test_several_variables_are_told_in_one_answer(lab: Lab) -> None:
    await lab.configure({OFFLINE_THRESHOLD: "300", LOCAL_AUTHORIZE_OFFLINE: "true"})
    names = (OFFLINE_THRESHOLD, LOCAL_AUTHORIZE_OFFLINE)
    answer = await lab.call("GetVariables", getVariableData=list(map(read, names)))
    wanted = {"attributeStatus": "Accepted", "attributeType": "Actual"}
    assert answer["getVariableResult"] == [
        {**wanted, "attributeValue": "300", **read(OFFLINE_THRESHOLD)},
        {**wanted, "attributeValue": "true", **read(LOCAL_AUTHORIZE_OFFLINE)},
    ]


@pytest.mark.parametrize(
    ("name", "attribute", "status"),
    [
        pytest.param("UnknownComponent.OfflineThreshold", None, "UnknownComponent", marks=case("TC_B_32")),
        pytest.param("OCPPCommCtrlr.UnknownVariable", None, "UnknownVariable", marks=case("TC_B_33")),
        pytest.param(OFFLINE_THRESHOLD, "Target", "NotSupportedAttributeType", marks=case("TC_B_34")),
    ],
)
async def test_what_there_is_not_has_no_value(lab: Lab, name: str, attribute: str | None, status: str) -> None:
    result = await lab.result(name, attribute)
    assert result["attributeStatus"] == status
    assert result["attributeType"] == (attribute or "Actual")
    assert "attributeValue" not in result
    assert {"component": result["component"], "variable": result["variable"]} == read(name)


@case("TC_B_09", "TC_B_10")
async def test_what_was_set_is_told(lab: Lab) -> None:
    for values in ({OFFLINE_THRESHOLD: "300"}, {OFFLINE_THRESHOLD: "123", LOCAL_AUTHORIZE_OFFLINE: "true"}):
        for name, result in (await lab.write(values)).items():
            assert result == {"attributeStatus": "Accepted", "attributeType": "Actual", **read(name)}
        assert {name: await lab.variable(name) for name in values} == values
