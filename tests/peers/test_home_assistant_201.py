"""Home Assistant's OCPP integration (lbbrhzn/ocpp) as the central system of a 2.0.1 station: an inventory, a pretended update, a slider."""

from pathlib import Path
from typing import Any

import pytest

from simulators.csms.behaviour import Behaviour
from simulators.csms.server import Csms
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.sites import CABLE, SOCKET, Json
from tests.peers.rig import dialogue

REPORT, START_ID, METER_INTERVAL = 1, 1, "60"
ITS_CARD = {"idToken": "HomeAssistant", "type": "Central"}
STATION_MAX = "ChargingStationMaxProfile"
ASSIGNED_A = 32.0
"""From here on its slider means: no limit."""


def behind_a_path(tree: Json) -> None:
    """Its address may have anything before the identity."""
    tree["ocpp"]["csms_url"] += "/homeassistant/ocpp"


def one_connector(tree: Json) -> None:
    behind_a_path(tree)
    del tree["evses"][1]


def by_the_letter(tree: Json) -> None:
    behind_a_path(tree)
    tree["ocpp"]["relative_station_profile"] = False


class Inventory:
    """What it makes of a full inventory."""

    def __init__(self) -> None:
        self.connectors: dict[int, int] = {}
        self.available: set[str] = set()
        self.measurands = ""

    def take(self, row: Json) -> None:
        """One variable of a report."""
        component, variable = row["component"], row["variable"]["name"]
        place = component.get("evse", {})
        value = next((each["value"] for each in row["variableAttribute"] if each.get("type", "Actual") == "Actual" and "value" in each), "")
        if component["name"] == "EVSE" and place:
            self.connectors.setdefault(place["id"], 0)
        elif component["name"] == "Connector" and "connectorId" in place:
            self.connectors[place["id"]] = max(self.connectors.get(place["id"], 0), place["connectorId"])
        elif variable == "Available" and value.casefold() == "true":
            self.available.add(component["name"])
        elif (component["name"], variable) == ("SampledDataCtrlr", "TxUpdatedMeasurands"):
            self.measurands = row.get("variableCharacteristics", {}).get("valuesList", "")


async def inventory(lab: Lab) -> Inventory:
    found = Inventory()
    await lab.says("Accepted", "GetBaseReport", requestId=REPORT, reportBase="FullInventory")
    while True:
        report = (await lab.hears("NotifyReport", requestId=REPORT)).payload
        for row in report["reportData"]:
            found.take(row)
        if not report.get("tbc", False):
            return found


async def set_up(lab: Lab) -> Inventory:
    """What it does after every connection."""
    found = await inventory(lab)
    await lab.configure({"SampledDataCtrlr.TxUpdatedMeasurands": found.measurands})
    await lab.says("Accepted", "GetCompositeSchedule", duration=60, evseId=0)
    dummy = {"location": "dummy://dummy", "retrieveDateTime": lab.in_s(0), "signature": "☺"}
    answer = await lab.call("UpdateFirmware", requestId=1, firmware=dummy)
    assert answer["status"] in ("Rejected", "InvalidCertificate"), "no CALLERROR: that would mean that it knows no updates"
    await lab.call("TriggerMessage", requestedMessage="StatusNotification")
    await lab.configure({"SampledDataCtrlr.TxUpdatedInterval": METER_INTERVAL})
    await lab.says("Accepted", "ChangeAvailability", operationalStatus="Operative")
    for evse, connectors in found.connectors.items():
        for connector in range(1, connectors + 1):
            lab.passed()
            place = {"id": evse, "connectorId": connector}
            await lab.says("Accepted", "TriggerMessage", requestedMessage="StatusNotification", evse=place)
            await lab.hears("StatusNotification", evseId=evse, connectorId=connector)
    return found


def slider(limit: float, *, unit: str = "A", **schedule: Any) -> Json:
    """Its way of saying a current, or a power: of the whole station, relative, one period."""
    period = {"startPeriod": 0, "limit": limit}
    whole = {"id": 1, "chargingRateUnit": unit, "chargingSchedulePeriod": [period], **schedule}
    kind = {"chargingProfilePurpose": STATION_MAX, "chargingProfileKind": "Relative"}
    return {"id": 1, "stackLevel": 0, **kind, "chargingSchedule": [whole]}


async def moves(lab: Lab, limit_a: float, evse: int) -> None:
    """The slider of the station (0) or of an EVSE; at its upper end all limits are cleared."""
    if limit_a >= ASSIGNED_A:
        await lab.call("ClearChargingProfile", chargingProfileCriteria={"chargingProfilePurpose": STATION_MAX})
    else:
        await lab.says("Accepted", "SetChargingProfile", evseId=evse, chargingProfile=slider(limit_a))


async def starts(lab: Lab, evse: int = SOCKET) -> str:
    """Its switch, then the plug; the transaction."""
    await lab.says("Accepted", "RequestStartTransaction", evseId=evse, idToken=ITS_CARD, remoteStartId=START_ID)
    await lab.plug(evse)
    event = await lab.event(chargingState="Charging", evse=evse)
    transaction: str = event.payload["transactionInfo"]["transactionId"]
    return transaction


def assistant() -> Csms:
    csms = Csms(versions=("2.0.1",))
    csms.behaviour = Behaviour(interval_s=10)
    return csms


def test_it_sets_up_a_station_and_moves_a_slider_for_each_connector(tmp_path: Path) -> None:
    async def script(lab: Lab) -> None:
        found = await set_up(lab)
        assert found.connectors == {SOCKET: 1, CABLE: 1}
        assert {"SmartChargingCtrlr", "ReservationCtrlr", "LocalAuthListCtrlr"} <= found.available
        assert "Energy.Active.Import.Register" in found.measurands.split(",")
        transaction = await starts(lab)
        for limit_a in (10.0, 16.0):
            await moves(lab, limit_a, SOCKET)
            await lab.shows(limit_a=limit_a)
        await moves(lab, 7.0, CABLE)
        await lab.shows(limit_a=16.0)
        await moves(lab, 3.0, SOCKET)
        await lab.shows(limit_a=0.0)
        await lab.event("Updated", chargingState="SuspendedEVSE", evse=SOCKET)
        await moves(lab, ASSIGNED_A, SOCKET)
        await lab.shows(limit_a=32.0, contactor="closed")
        await lab.says("Accepted", "RequestStopTransaction", transactionId=transaction)
        await lab.event("Ended", stoppedReason="Remote", evse=SOCKET)

    dialogue(script, tmp_path, Lab, csms=assistant(), change=behind_a_path)


def test_the_slider_of_a_station_with_one_connector_bounds_the_station_and_survives_a_power_cut(tmp_path: Path) -> None:
    async def script(lab: Lab) -> None:
        assert (await set_up(lab)).connectors == {SOCKET: 1}
        await moves(lab, 10.0, 0)
        await starts(lab)
        await lab.shows(limit_a=10.0)
        await lab.says("Accepted", "SetChargingProfile", evseId=0, chargingProfile=slider(5520, unit="W"))
        await lab.shows(limit_a=8.0)
        await lab.power("off")
        await lab.offline()
        await lab.power("on")
        await lab.online()
        await lab.shows(limit_a=8.0, contactor="closed")
        await moves(lab, ASSIGNED_A, 0)
        await lab.shows(limit_a=32.0)

    dialogue(script, tmp_path, Lab, csms=assistant(), change=one_connector)


def test_its_pretended_update_at_every_connection_starts_nothing_and_alarms_nobody(tmp_path: Path) -> None:
    async def script(lab: Lab) -> None:
        for _ in range(2):
            connections = lab.station.connections
            lab.csms.drop()
            await lab.csms.until(lambda before=connections: lab.station.connections > before, 10.0)  # type: ignore[misc]
            await set_up(lab)
        assert lab.heard("FirmwareStatusNotification") == []
        alarms = {message.payload["type"] for message in lab.heard("SecurityEventNotification")}
        assert alarms <= {"StartupOfTheDevice", "ResetOrReboot"}
        assert len(lab.heard("BootNotification")) == 1

    dialogue(script, tmp_path, Lab, csms=assistant(), change=behind_a_path)


@pytest.mark.parametrize(
    ("change", "profile"),
    [
        pytest.param(by_the_letter, slider(10.0), id="switched off"),
        pytest.param(behind_a_path, slider(10.0, duration=60), id="with an end"),
        pytest.param(behind_a_path, slider(-1.0), id="below 0"),
    ],
)
def test_what_is_no_slider_is_refused_and_raises_nothing(tmp_path: Path, change: Any, profile: Json) -> None:
    """OCPP 2.0.1 K01.FR.38."""

    async def script(lab: Lab) -> None:
        absolute = slider(8.0, startSchedule=lab.in_s(-60)) | {"id": 2, "chargingProfileKind": "Absolute"}
        await lab.says("Accepted", "SetChargingProfile", evseId=0, chargingProfile=absolute)
        await starts(lab)
        await lab.shows(limit_a=8.0)
        answer = await lab.says("Rejected", "SetChargingProfile", evseId=0, chargingProfile=profile)
        assert answer["statusInfo"]["reasonCode"] in ("InvalidProfile", "InvalidSchedule")
        assert (await lab.evse())["limit_a"] == 8.0

    dialogue(script, tmp_path, Lab, csms=assistant(), change=change)
