"""Meter values: 070, 071."""

from datetime import datetime
from typing import Any

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import Lab
from tests.conformance.v16.sites import CABLE, SOCKET

MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage"


def contexts(payload: dict[str, Any]) -> set[str]:
    """Of every value in a message."""
    return {sample.get("context", "Sample.Periodic") for value in payload["meterValue"] for sample in value["sampledValue"]}


def measurands(payload: dict[str, Any]) -> set[str]:
    """Of every value in a message."""
    return {sample.get("measurand", "Energy.Active.Import.Register") for value in payload["meterValue"] for sample in value["sampledValue"]}


@case("070")
async def test_samples_come_at_their_interval_with_what_was_asked_for(lab: Lab) -> None:
    await lab.configure(MeterValuesSampledData=MEASURANDS, MeterValueSampleInterval="2", StopTxnSampledData=MEASURANDS)
    number = await lab.charge()
    samples = [await lab.hears("MeterValues", transactionId=number, connectorId=SOCKET) for _ in range(3)]
    assert [contexts(sample.payload) for sample in samples] == [{"Sample.Periodic"}] * 3
    assert [measurands(sample.payload) for sample in samples] == [set(MEASURANDS.split(","))] * 3
    times = [datetime.fromisoformat(sample.payload["meterValue"][0]["timestamp"]) for sample in samples]
    assert 3 <= (times[2] - times[0]).total_seconds() <= 6
    await lab.card()
    data = (await lab.hears("StopTransaction", transactionId=number)).payload["transactionData"]
    assert {"Transaction.Begin", "Transaction.End"} <= contexts({"meterValue": data})


@case("071")
async def test_aligned_samples_come_by_the_clock_with_and_without_a_transaction(lab: Lab) -> None:
    await lab.configure(MeterValuesAlignedData=MEASURANDS, ClockAlignedDataInterval="2", StopTxnAlignedData=MEASURANDS)
    idle = (await lab.hears("MeterValues", connectorId=CABLE)).payload
    assert "transactionId" not in idle
    number = await lab.charge()
    samples = [await lab.hears("MeterValues", connectorId=SOCKET, transactionId=number) for _ in range(2)]
    for payload in (sample.payload for sample in samples):
        assert contexts(payload) == {"Sample.Clock"}
        assert measurands(payload) == set(MEASURANDS.split(","))
        assert datetime.fromisoformat(payload["meterValue"][0]["timestamp"]).second % 2 == 0
    await lab.card()
    data = (await lab.hears("StopTransaction", transactionId=number)).payload["transactionData"]
    assert "Sample.Clock" in contexts({"meterValue": data})
