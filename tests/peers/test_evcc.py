"""evcc as the central system: what it asks on every connection, and how it leads a running transaction (``charger/ocpp``)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from simulators.csms.behaviour import Behaviour
from simulators.csms.server import Csms
from tests.conformance.v16.lab import Lab
from tests.conformance.v16.sites import CABLE, SOCKET, Json
from tests.peers.rig import dialogue, samples

PATIENCE_S = 60.0
"""For whatever it waits for on connecting; what it asks every 2 s has to come before it asks again."""
POLL_S = 2.0
OLD_S = 60.0
DERATED_C = 66.0
MEASURANDS = (
    *("Power.Active.Import", "Energy.Active.Import.Register", "Current.Import", "Voltage"),
    *("Current.Offered", "Power.Offered", "SoC"),
)


def free(tree: Json) -> None:
    """It starts no transaction: every plug-in does."""
    tree["authorization"] = {"free": True, "free_id_tag": "evcc"}


async def keys(lab: Lab) -> dict[str, Json]:
    """GetConfiguration without a list: all keys in one answer."""
    answer = await lab.call("GetConfiguration")
    return {entry["key"]: entry for entry in answer["configurationKey"]}


async def measurands(lab: Lab) -> list[str]:
    """Each alone; then all that were accepted, and only Accepted counts."""
    found = []
    for measurand in MEASURANDS:
        answer = await lab.call("ChangeConfiguration", key="MeterValuesSampledData", value=measurand)
        found += [measurand] if answer["status"] == "Accepted" else []
    await lab.configure(MeterValuesSampledData=",".join(found))
    return found


async def set_up(lab: Lab) -> dict[str, Json]:
    """What it does after every boot."""
    await lab.says("Accepted", "ChangeAvailability", connectorId=0, type="Operative")
    known = await keys(lab)
    assert {"Core", "SmartCharging", "RemoteTrigger"} <= set(known["SupportedFeatureProfiles"]["value"].split(","))
    assert known["ChargingScheduleAllowedChargingRateUnit"]["value"] in ("Current", "Current,Power")
    assert known["MeterValuesSampledData"]["readonly"] is False
    assert int(known["MeterValuesSampledDataMaxLength"]["value"]) >= len(MEASURANDS)
    wanted = await measurands(lab)
    assert set(wanted) >= set(MEASURANDS) - {"Power.Offered", "SoC"}
    lab.passed()
    await lab.says("Accepted", "TriggerMessage", requestedMessage="MeterValues")
    for connector in range(1, int(known["NumberOfConnectors"]["value"]) + 1):
        message = await lab.hears("MeterValues", connectorId=connector, within_s=PATIENCE_S)
        assert "transactionId" not in message.payload
    await lab.configure(MeterValueSampleInterval="10", WebSocketPingInterval="30")
    return known


async def polled(lab: Lab, connector: int) -> Any:
    """Its question every 2 s, answered before the next one."""
    lab.passed()
    await lab.says("Accepted", "TriggerMessage", requestedMessage="MeterValues", connectorId=connector)
    return await lab.hears("MeterValues", connectorId=connector, within_s=POLL_S)


def profile(known: dict[str, Json], limit_a: float) -> Json:
    """Its way of saying a current: a default for transactions, absolute, from a minute ago, for ever; the same id and level each time."""
    start = datetime.now(UTC) - timedelta(seconds=60)
    return {
        "chargingProfileId": int(known["MaxChargingProfilesInstalled"]["value"]),
        "stackLevel": int(known["ChargeProfileMaxStackLevel"]["value"]),
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "startSchedule": start.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}],
        },
    }


async def leads(lab: Lab, known: dict[str, Json], limit_a: float) -> None:
    """A current, in force at once."""
    await lab.says("Accepted", "SetChargingProfile", connectorId=SOCKET, csChargingProfiles=profile(known, limit_a))
    await lab.shows(limit_a=limit_a)


def test_it_sets_up_a_station_and_finds_all_that_it_needs(tmp_path: Path) -> None:
    async def script(lab: Lab) -> None:
        assert lab.station.connectors.keys() >= {str(SOCKET), str(CABLE)}
        known = await set_up(lab)
        for _ in range(3):
            offered = samples(await polled(lab, SOCKET), "Current.Offered")
            assert offered != {}, "it takes this for enabled or not, also without a car"
        answer = await lab.says("Accepted", "GetCompositeSchedule", connectorId=SOCKET, duration=60)
        assert answer["chargingSchedule"]["chargingSchedulePeriod"]
        assert known["NumberOfConnectors"]["value"] == "2"

    dialogue(script, tmp_path)


def test_it_leads_the_current_of_a_transaction_that_the_plug_began(tmp_path: Path) -> None:
    async def script(lab: Lab) -> None:
        known = await set_up(lab)
        await lab.says("Accepted", "SetChargingProfile", connectorId=SOCKET, csChargingProfiles=profile(known, 0.0))
        await lab.plug()
        await lab.hears("StartTransaction", idTag="evcc")
        await lab.hears("StatusNotification", connectorId=SOCKET, status="SuspendedEVSE")
        await leads(lab, known, 6.0)
        await lab.hears("StatusNotification", connectorId=SOCKET, status="Charging")
        await leads(lab, known, 10.5)
        message = await polled(lab, SOCKET)
        assert {"L1", "L2", "L3"} <= {str(phase)[:2] for phase in samples(message, "Current.Import")}
        assert {"L1", "L1-N"} & {str(phase) for phase in samples(message, "Voltage")}
        assert samples(message, "Power.Active.Import")
        assert max(samples(message, "Current.Offered").values()) == 10.5
        await leads(lab, known, 0.0)
        await lab.hears("StatusNotification", connectorId=SOCKET, status="SuspendedEVSE")
        await leads(lab, known, 16.0)
        await lab.hears("StatusNotification", connectorId=SOCKET, status="Charging")
        assert len(lab.heard("StartTransaction")) == 1
        assert lab.heard("StopTransaction") == []
        assert {message.payload["errorCode"] for message in lab.heard("StatusNotification")} == {"NoError"}
        fresh(lab)

    dialogue(script, tmp_path, change=free)


def test_it_starts_a_transaction_where_the_template_says_so(tmp_path: Path) -> None:
    async def script(lab: Lab) -> None:
        await set_up(lab)
        await lab.plug()
        await lab.hears("StatusNotification", connectorId=SOCKET, status="Preparing")
        await lab.says("Accepted", "RemoteStartTransaction", connectorId=SOCKET, idTag="evcc")
        number = await lab.started(connectorId=SOCKET, idTag="evcc")
        await lab.hears("StatusNotification", connectorId=SOCKET, status="Charging")
        assert (await polled(lab, SOCKET)).payload["transactionId"] == number
        fresh(lab)

    dialogue(script, tmp_path)


def fresh(lab: Lab) -> None:
    """It leaves out a status that is older than a minute, and values that are older than those it has."""
    for message in lab.heard("StatusNotification"):
        at = datetime.fromisoformat(message.payload["timestamp"])
        assert abs((message.at - at).total_seconds()) < OLD_S
    values = [value for message in lab.heard("MeterValues", connectorId=SOCKET) for value in message.payload["meterValue"]]
    times = [datetime.fromisoformat(value["timestamp"]) for value in values]
    assert times == sorted(times)


def test_a_lost_connection_is_no_reboot_to_it(tmp_path: Path) -> None:
    async def script(lab: Lab) -> None:
        connections = lab.station.connections
        lab.csms.drop()
        await lab.csms.until(lambda: lab.station.connections > connections, PATIENCE_S)
        await polled(lab, CABLE)
        assert len(lab.heard("BootNotification")) == 1

    dialogue(script, tmp_path)


def test_it_knows_a_station_only_after_a_while(tmp_path: Path) -> None:
    """A station that nobody has configured is Pending for 60 s (here 1 s) at a time, and has to go on asking."""

    async def script(lab: Lab) -> None:
        for _ in range(3):
            await lab.hears("BootNotification")
        lab.csms.kind()
        await lab.booted()
        await set_up(lab)

    csms = Csms(versions=("1.6",))
    csms.behaviour = Behaviour(boot="Pending", interval_s=1)
    dialogue(script, tmp_path, csms=csms, boots=False)


def test_a_station_that_is_warm_or_hears_badly_is_no_error_to_it(tmp_path: Path) -> None:
    """An errorCode other than NoError would end its control, though the car charges on with less."""

    async def script(lab: Lab) -> None:
        await lab.plug()
        await lab.hears("StatusNotification", connectorId=SOCKET, status="Charging")
        await lab.hardware(temperature_c=DERATED_C)
        await lab.shows(limit_source="temperature")
        await lab.ask("PUT", f"/evses/{SOCKET}/faults/radio", kind="weak_signal")
        await lab.shows(faults=["radio", "derated"])
        await polled(lab, SOCKET)
        lab.passed()
        await lab.says("Accepted", "TriggerMessage", requestedMessage="StatusNotification", connectorId=SOCKET)
        await lab.status("Charging")
        assert {message.payload["errorCode"] for message in lab.heard("StatusNotification")} == {"NoError"}

    dialogue(script, tmp_path, change=free)
