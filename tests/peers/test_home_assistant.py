"""Home Assistant's OCPP integration (lbbrhzn/ocpp) as the central system of a 1.6 station: key by key, 22 measurands, 3 s patience."""

from pathlib import Path

from simulators.csms.behaviour import Behaviour
from simulators.csms.server import Csms
from tests.conformance.v16.lab import CARD, Lab
from tests.conformance.v16.sites import CABLE, SOCKET, Json
from tests.peers.rig import dialogue

PATIENCE_S = 3.0
MEASURANDS = (
    *("Current.Export", "Current.Import", "Current.Offered", "Energy.Active.Export.Register", "Energy.Active.Import.Register"),
    *("Energy.Reactive.Export.Register", "Energy.Reactive.Import.Register", "Energy.Active.Export.Interval"),
    *("Energy.Active.Import.Interval", "Energy.Reactive.Export.Interval", "Energy.Reactive.Import.Interval", "Frequency"),
    *("Power.Active.Export", "Power.Active.Import", "Power.Factor", "Power.Offered", "Power.Reactive.Export", "Power.Reactive.Import"),
    *("RPM", "SoC", "Temperature", "Voltage"),
)
ASKED = ("SupportedFeatureProfiles", "NumberOfConnectors", "HeartbeatInterval", "ChargeProfileMaxStackLevel")


def behind_a_path(tree: Json) -> None:
    """Its address may have anything before the identity."""
    tree["ocpp"]["csms_url"] += "/homeassistant/ocpp"


async def set_up(lab: Lab) -> dict[str, str]:
    """What it does after every connection."""
    known = {}
    for key in ASKED:
        (entry,) = (await lab.call("GetConfiguration", key=[key]))["configurationKey"]
        known[key] = entry["value"]
    assert (await lab.call("GetConfiguration", key=["SomethingOfItsOwn"]))["unknownKey"] == ["SomethingOfItsOwn"]
    await lab.says("Rejected", "ChangeConfiguration", key="MeterValuesSampledData", value=",".join(MEASURANDS))
    assert await lab.key("MeterValuesSampledData"), "it takes what the station measures then"
    await lab.configure(MeterValueSampleInterval="60", ClockAlignedDataInterval="900")
    await lab.says("Accepted", "ChangeAvailability", connectorId=0, type="Operative")
    return known


async def triggers(lab: Lab) -> None:
    """It waits for an answer, and for what was triggered, 3 s."""
    lab.passed()
    answer = await lab.csms.call("cp001", "TriggerMessage", {"requestedMessage": "BootNotification"}, PATIENCE_S)
    assert answer["status"] in ("Accepted", "Rejected")
    if answer["status"] == "Accepted":
        await lab.hears("BootNotification", within_s=PATIENCE_S)
    for connector in (0, SOCKET, CABLE):
        wanted = {"requestedMessage": "StatusNotification", "connectorId": connector}
        assert (await lab.csms.call("cp001", "TriggerMessage", wanted, PATIENCE_S))["status"] == "Accepted"
        await lab.hears("StatusNotification", connectorId=connector, within_s=PATIENCE_S)


def profile(number: int, purpose: str, level: int, limit_a: float, **entries: int) -> Json:
    """Its way of saying a current: relative, one period."""
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}]}
    kind = {"chargingProfilePurpose": purpose, "chargingProfileKind": "Relative"}
    return {"chargingProfileId": number, "stackLevel": level, **kind, "chargingSchedule": schedule, **entries}


async def limits(lab: Lab, level: int, limit_a: float, transaction: int) -> None:
    """The station's limit first, and nothing more where that is accepted; else that of the transaction, and the default."""
    whole = profile(8, "ChargePointMaxProfile", level, limit_a)
    answer = await lab.call("SetChargingProfile", connectorId=0, csChargingProfiles=whole)
    if answer["status"] != "Accepted":
        running = profile(9, "TxProfile", level, limit_a, transactionId=transaction)
        await lab.call("SetChargingProfile", connectorId=SOCKET, csChargingProfiles=running)
        default = profile(10, "TxDefaultProfile", max(level - 1, 0), limit_a)
        await lab.says("Accepted", "SetChargingProfile", connectorId=SOCKET, csChargingProfiles=default)


def test_it_sets_up_a_station_and_moves_its_slider(tmp_path: Path) -> None:
    async def script(lab: Lab) -> None:
        known = await set_up(lab)
        assert known["HeartbeatInterval"] == "3600"
        assert known["NumberOfConnectors"] == "2"
        await triggers(lab)
        await lab.says("Accepted", "RemoteStartTransaction", connectorId=SOCKET, idTag=CARD)
        await lab.plug()
        number = await lab.started(idTag=CARD)
        await lab.hears("StatusNotification", connectorId=SOCKET, status="Charging")
        for limit_a in (10.0, 16.0):
            await limits(lab, int(known["ChargeProfileMaxStackLevel"]), limit_a, number)
            await lab.shows(limit_a=limit_a)
        await lab.says("Accepted", "RemoteStopTransaction", transactionId=number)
        await lab.hears("StopTransaction", transactionId=number, reason="Remote")

    csms = Csms(versions=("1.6",))
    csms.behaviour = Behaviour(interval_s=3600)
    dialogue(script, tmp_path, csms=csms, change=behind_a_path)


def test_a_station_that_offers_every_version_gets_1_6_of_it_and_is_back_soon(tmp_path: Path) -> None:
    def offers_all(tree: Json) -> None:
        behind_a_path(tree)
        tree["ocpp"]["version"] = ["2.0.1", "1.6"]

    async def script(lab: Lab) -> None:
        assert lab.station.version == "1.6"
        connections = lab.station.connections
        lab.csms.drop()
        await lab.csms.until(lambda: lab.station.connections > connections, 10.0)
        await triggers(lab)

    dialogue(script, tmp_path, change=offers_all)
