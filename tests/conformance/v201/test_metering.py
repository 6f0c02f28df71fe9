"""Block J: meter values. The intervals are a second; a moment is told in whole seconds, and may be a hair early or late."""

import asyncio
import base64
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import pytest

from chargepoint.domain.ocmf import printed_key
from simulators.csms.message_log import Message
from simulators.recorder import Recorder
from tests.campaigns.bench import Json
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, Lab
from tests.conformance.v201.sites import CABLE, SOCKET
from tests.hal.meters.test_iskra_world import verified

REGISTER = "Energy.Active.Import.Register"
SOME = f"{REGISTER},Voltage,Current.Import"
ASKED_ABOUT = {"AuthCacheCtrlr.Enabled": "false", "AuthCtrlr.LocalPreAuthorize": "false"}
WITHOUT_PHASES = "SampledDataCtrlr.RegisterValuesWithoutPhases"
OF_A_TRANSACTION = 2.3
"""Seconds in which values are collected for the end."""


def values(message: Message | Json) -> list[Json]:
    """The meter values of a message."""
    payload: Json = message.payload if isinstance(message, Message) else message
    return list(payload.get("meterValue", ()))


def check(value: Json, context: str, measurands: str) -> None:
    """Every measurand that is configured, on all its phases, for this reason."""
    samples = value["sampledValue"]
    assert {sample["context"] for sample in samples} == {context}
    assert {sample["measurand"] for sample in samples} == set(measurands.split(","))
    if "Voltage" in measurands:
        assert [sample["phase"] for sample in samples if sample["measurand"] == "Voltage"] == ["L1-N", "L2-N", "L3-N"]


@pytest.fixture(autouse=True)
def nothing_but_soc_is_measured_in_the_car(lab: Lab) -> Iterator[None]:
    """After every case of the block (errata 6.2.58)."""
    yield
    told = [value for action in ("MeterValues", "TransactionEvent") for message in lab.heard(action) for value in values(message)]
    assert told
    samples = [sample for value in told for sample in value["sampledValue"] if sample.get("location") == "EV"]
    assert {sample["measurand"] for sample in samples} <= {"SoC"}


def in_step(moments: list[Json], interval_s: int = 1) -> None:
    """One follows the other in this time."""
    times = [datetime.fromisoformat(value["timestamp"]) for value in moments]
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert gaps, "more than one"
    assert all(abs(gap - interval_s) <= 1 for gap in gaps), gaps
    assert abs(sum(gaps) / len(gaps) - interval_s) <= 1 / len(gaps)


# Clock-aligned


@case("TC_J_01")
async def test_every_evse_is_measured_in_step_with_the_clock(lab: Lab) -> None:
    """J01.FR.02, J01.FR.05, J01.FR.06, J01.FR.07, J01.FR.08, J01.FR.10, J01.FR.14."""
    await lab.configure({"AlignedDataCtrlr.Measurands": SOME, "AlignedDataCtrlr.Interval": "1"})
    for evse in (SOCKET, CABLE):
        told = [values(await lab.hears("MeterValues", evseId=evse)) for _ in range(3)]
        for (value,) in told:
            check(value, "Sample.Clock", SOME)
        in_step([value for (value,) in told])
    assert not lab.heard("MeterValues", evseId=0), "there is no main meter"


@case("TC_J_02")
async def test_an_evse_in_use_is_measured_in_step_with_the_clock_too(lab: Lab) -> None:
    """J01.FR.22."""
    await lab.prepare({"AlignedDataCtrlr.SendDuringIdle": "false", WITHOUT_PHASES: "false"})
    transaction = await states.charging(lab)
    await lab.configure({"AlignedDataCtrlr.Measurands": SOME, "AlignedDataCtrlr.Interval": "1"})
    told = [values(await lab.event("Updated", triggerReason="MeterValueClock", transactionId=transaction)) for _ in range(3)]
    for (value,) in told:
        check(value, "Sample.Clock", SOME)
        assert [sample.get("phase") for sample in value["sampledValue"] if sample["measurand"] == REGISTER] == [None, "L1", "L2", "L3"]
    in_step([value for (value,) in told])
    check(values(await lab.hears("MeterValues", evseId=CABLE))[0], "Sample.Clock", SOME)
    assert not lab.heard("MeterValues", evseId=SOCKET)


async def ended(lab: Lab, rows: dict[str, str]) -> list[Json]:
    """A transaction with these variables, and the values of its end."""
    await lab.configure(rows)
    transaction = await states.charging(lab)
    await asyncio.sleep(OF_A_TRANSACTION)
    await states.stop_authorized(lab)
    if lab.events(transaction)[-1]["eventType"] != "Ended":
        await lab.event("Ended", transactionId=transaction)
    return values(lab.events(transaction)[-1])


@case("TC_J_03")
async def test_the_end_tells_what_was_measured_in_step_with_the_clock(lab: Lab) -> None:
    rows = {"AlignedDataCtrlr.TxEndedInterval": "1", "AlignedDataCtrlr.TxEndedMeasurands": SOME, "SampledDataCtrlr.TxEndedMeasurands": ""}
    await lab.prepare({"AlignedDataCtrlr.SendDuringIdle": "false"})
    told = await ended(lab, rows)
    for value in told:
        check(value, "Sample.Clock", SOME)
    in_step(told)


@case("TC_J_06")
async def test_a_transaction_silences_what_is_measured_in_step_with_the_clock_where_it_shall(lab: Lab) -> None:
    """J01.FR.19, J01.FR.20."""
    quiet = {
        "SampledDataCtrlr.TxStartedMeasurands": "",
        "SampledDataCtrlr.TxEndedMeasurands": "",
        "SampledDataCtrlr.TxUpdatedInterval": "0",
    }
    await lab.configure({**quiet, "AlignedDataCtrlr.SendDuringIdle": "true", "AlignedDataCtrlr.Interval": "1"})
    await lab.hears("MeterValues", evseId=SOCKET)
    transaction = await states.charging(lab)
    began = lab.heard("TransactionEvent")[0]
    await asyncio.sleep(1.5)
    over = await states.stop_authorized(lab)
    between = [message for message in lab.heard("MeterValues") if began.number < message.number < over.number]
    assert [value for message in between for value in values(message) if value["timestamp"] > began.payload["timestamp"]] == []
    assert [event for event in lab.events(transaction) if "meterValue" in event] == []
    lab.passed()
    assert (await lab.hears("MeterValues", evseId=SOCKET)).payload["meterValue"][0]["sampledValue"][0]["context"] == "Sample.Clock"


# Sampled


@case("TC_J_07")
async def test_the_beginning_is_measured(lab: Lab) -> None:
    """J02.FR.02, J02.FR.03, J02.FR.04, J02.FR.10, F01.FR.14."""
    await lab.configure({states.START: "EVConnected", "SampledDataCtrlr.TxStartedMeasurands": SOME})
    started = await states.ev_connected_pre_session(lab)
    assert started is not None
    (value,) = values(started)
    check(value, "Transaction.Begin", SOME)


@case("TC_J_08")
async def test_the_beginning_is_measured_when_the_evse_is_known(lab: Lab) -> None:
    await lab.configure({states.START: "Authorized", "SampledDataCtrlr.TxStartedMeasurands": SOME})
    await lab.card(CARD)
    await lab.event("Started", triggerReason="Authorized")
    await states.energy_transfer_started(lab)
    events = lab.events(states.ongoing(lab) or "")
    first = next(event for event in events if "evse" in event)
    check(values(first)[0], "Transaction.Begin", SOME)


@case("TC_J_09")
async def test_a_transaction_is_measured_again_and_again(lab: Lab) -> None:
    """J02.FR.10, J02.FR.11, J02.FR.22, F01.FR.15, F02.FR.03."""
    await lab.configure({"SampledDataCtrlr.TxUpdatedMeasurands": SOME, "SampledDataCtrlr.TxUpdatedInterval": "1"})
    transaction = await states.charging(lab)
    told = [values(await lab.event("Updated", triggerReason="MeterValuePeriodic", transactionId=transaction)) for _ in range(3)]
    for (value,) in told:
        check(value, "Sample.Periodic", SOME)
    in_step([value for (value,) in told])


def all_of_it(told: list[Json], measurands: str) -> None:
    """From the beginning to the end."""
    contexts = [value["sampledValue"][0]["context"] for value in told]
    assert contexts[0] == "Transaction.Begin"
    assert contexts[-1] == "Transaction.End"
    for value, context in zip(told, contexts, strict=True):
        check(value, context, measurands)
    in_step([value for value, context in zip(told, contexts, strict=True) if context == "Sample.Periodic"])


@case("TC_J_10")
async def test_the_end_tells_what_was_measured_on_the_way(lab: Lab) -> None:
    """F03.FR.04, F04.FR.04."""
    rows = {"SampledDataCtrlr.TxEndedInterval": "1", "SampledDataCtrlr.TxEndedMeasurands": SOME, "AlignedDataCtrlr.TxEndedMeasurands": ""}
    all_of_it(await ended(lab, rows), SOME)


def signing(tree: Json) -> None:
    """Meters that sign, each with its own key."""
    for evse in tree["evses"]:
        evse["meter"] = {**evse["meter"], "public_key": printed_key(Recorder(evse["id"]).public_key)}


@pytest.mark.parametrize(
    "group",
    [
        pytest.param("AlignedDataCtrlr", marks=case("TC_J_04", change=signing)),
        pytest.param("SampledDataCtrlr", marks=case("TC_J_11", change=signing)),
    ],
)
async def test_the_end_is_signed(lab: Lab, group: str) -> None:
    """J01.FR.21, J02.FR.21: the meter signs beginning and end in one, so it is the last value that has it, and its key goes with it."""
    await lab.prepare({"AlignedDataCtrlr.SendDuringIdle": "false"})
    rows = {f"{group}.TxEndedInterval": "1", f"{group}.TxEndedMeasurands": REGISTER, f"{group}.SignReadings": "true", **ASKED_ABOUT}
    for with_key in ("Never", "OncePerTransaction", "EveryMeterValue"):
        told = await ended(lab, {**rows, "OCPPCommCtrlr.PublicKeyWithSignedMeterValue": with_key})
        await states.ev_disconnected(lab)
        (register,) = told[-1]["sampledValue"]
        assert (register["measurand"], register["context"]) == (REGISTER, "Transaction.End")
        signed = register["signedMeterValue"]
        assert signed["encodingMethod"] == "OCMF"
        key = base64.b64decode(await lab.variable(f"FiscalMetering@{SOCKET}.PublicKey")).decode()
        verified(base64.b64decode(signed["signedMeterData"]), key.removeprefix("oca:base16:asn1:"))
        assert base64.b64decode(signed["publicKey"]).decode() == ("" if with_key == "Never" else key)
