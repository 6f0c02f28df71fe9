"""Block P: data transfer."""

from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab


@case("TC_P_01")
async def test_a_data_transfer_of_a_vendor_that_nobody_knows(lab: Lab) -> None:
    await lab.says("UnknownVendorId", "DataTransfer", vendorId="org.example.nobody", messageId="anything")


@case("TC_P_03")
async def test_custom_data_is_taken_and_passed_over(lab: Lab) -> None:
    custom = {"customData": {"vendorId": "org.example", "colour": "green", "nested": {"any": [1, None]}}}
    variable = {"component": {"name": "OCPPCommCtrlr", **custom}, "variable": {"name": "OfflineThreshold", **custom}, **custom}
    answer = await lab.call("SetVariables", setVariableData=[{**variable, "attributeValue": "200", "attributeType": "Actual"}], **custom)
    assert [each["attributeStatus"] for each in answer["setVariableResult"]] == ["Accepted"]
    answer = await lab.call("GetVariables", getVariableData=[{**variable, "attributeType": "Actual"}], **custom)
    (result,) = answer["getVariableResult"]
    assert (result["attributeStatus"], result.get("attributeType", "Actual"), result["attributeValue"]) == ("Accepted", "Actual", "200")
