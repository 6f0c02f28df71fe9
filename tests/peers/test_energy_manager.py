"""An energy manager on the premises beside a CSMS of 2.0.1: it limits by ``chargepoint external-limit``, and the CSMS hears of it."""

import asyncio
import sys
from pathlib import Path

from tests.conformance.v201 import states
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.sites import SOCKET
from tests.peers.rig import dialogue

EXTERNAL = "ChargingStationExternalConstraints"
WANTED = {"SmartChargingCtrlr.NotifyChargingLimitWithSchedules": "true", "SmartChargingCtrlr.LimitChangeSignificance": "10"}


async def limit(folder: Path, *words: str) -> str:
    """The command, as it is typed; what it prints."""
    where = ("--config", str(folder / "station.json"), "--state-dir", str(folder / "state"))
    command = (sys.executable, "-m", "chargepoint", "external-limit", *words, *where)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0, words
    return out.decode()


def test_a_limit_is_set_raised_and_released_while_a_car_charges(tmp_path: Path) -> None:
    """OCPP 2.0.1 K11.FR.01, K11.FR.02, K11.FR.03, K11.FR.04, K11.FR.06, K13.FR.01, K13.FR.02, K13.FR.03."""

    async def script(lab: Lab) -> None:
        await lab.configure(WANTED)
        transaction = await states.charging(lab)
        await limit(tmp_path, "set", "10", "--evse", str(SOCKET))
        await lab.shows(limit_a=10.0, limit_source="external limit (EMS)")
        told = (await lab.hears("NotifyChargingLimit", evseId=SOCKET)).payload
        assert told["chargingLimit"] == {"chargingLimitSource": "EMS"}
        assert told["chargingSchedule"][0]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10}]
        await lab.event("Updated", triggerReason="ChargingRateChanged", transactionId=transaction)
        await lab.says("Accepted", "GetChargingProfiles", requestId=1, chargingProfile={"chargingProfilePurpose": EXTERNAL})
        report = (await lab.hears("ReportChargingProfiles", requestId=1)).payload
        assert (report["evseId"], report["chargingLimitSource"]) == (SOCKET, "EMS")
        assert report["chargingProfile"][0]["id"] < 0
        await limit(tmp_path, "set", "20", "--evse", str(SOCKET))
        await lab.shows(limit_a=20.0)
        await lab.hears("NotifyChargingLimit", evseId=SOCKET)
        await limit(tmp_path, "release", "--evse", str(SOCKET))
        await lab.hears("ClearedChargingLimit", evseId=SOCKET, chargingLimitSource="EMS")
        await lab.event("Updated", triggerReason="ChargingRateChanged", transactionId=transaction)
        await lab.shows(limit_a=32.0)
        lab.events(transaction)

    dialogue(script, tmp_path, Lab)


def test_a_limit_for_the_station_holds_after_a_power_cut_and_without_a_csms(tmp_path: Path) -> None:
    """OCPP 2.0.1 K12.FR.01, K12.FR.02."""

    async def script(lab: Lab) -> None:
        await limit(tmp_path, "set", "6900", "--unit", "W", "--source", "SO", "--grid-critical")
        told = (await lab.hears("NotifyChargingLimit")).payload
        assert told["chargingLimit"] == {"chargingLimitSource": "SO", "isGridCritical": True}
        assert "evseId" not in told
        await lab.network("down")
        await lab.power("off")
        await lab.power("on")
        assert "the station: 6900 W by SO, until it is released, the grid depends on it" in await listed(lab, tmp_path)
        await lab.network("up")
        await lab.booted()
        await states.charging(lab)
        await lab.shows(limit_a=10.0, limit_source="external limit (SO)")

    dialogue(script, tmp_path, Lab)


async def listed(lab: Lab, folder: Path) -> str:
    """All limits, once the station answers."""
    await lab.document()
    return await limit(folder)
