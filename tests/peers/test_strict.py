"""A whole session before the second judge (``strict_csms``), with every message that OCPP 1.6 and its security extension have."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

from simulators.csms.authority import signature
from tests.campaigns.bench import Bench
from tests.conformance import files
from tests.conformance.keys import Keys
from tests.conformance.v16.sites import SOCKET, tree
from tests.peers import strict_csms
from tests.peers.strict_csms import Json, StrictCsms
from tests.simulators.csms_rig import FakeStation

CARD = "04A1B2C3"
IMAGE = b"firmware" * 1024

ASKED = {
    *("CancelReservation", "CertificateSigned", "ChangeAvailability", "ChangeConfiguration", "ClearCache", "ClearChargingProfile"),
    *("DataTransfer", "DeleteCertificate", "ExtendedTriggerMessage", "GetCompositeSchedule", "GetConfiguration", "GetDiagnostics"),
    *("GetInstalledCertificateIds", "GetLocalListVersion", "GetLog", "InstallCertificate", "RemoteStartTransaction"),
    *("RemoteStopTransaction", "ReserveNow", "Reset", "SendLocalList", "SetChargingProfile", "SignedUpdateFirmware", "TriggerMessage"),
    *("UnlockConnector", "UpdateFirmware"),
}
TOLD = {
    *("Authorize", "BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat"),
    *("LogStatusNotification", "MeterValues", "SecurityEventNotification", "SignCertificate", "SignedFirmwareStatusNotification"),
    *("StartTransaction", "StatusNotification", "StopTransaction"),
}
"""All of the standard but DataTransfer, which a station has no reason to send without a contract certificate or a driver who waits."""


def now(hours: float = 0) -> str:
    """In so many hours."""
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds").replace("+00:00", "Z")


def profile(purpose: str) -> Json:
    """10 A from now on."""
    schedule = {"chargingRateUnit": "A", "startSchedule": now(-1), "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.1}]}
    kind = {"chargingProfileKind": "Absolute", "chargingProfilePurpose": purpose}
    return {"chargingProfileId": 1, "stackLevel": 1, **kind, "chargingSchedule": schedule}


async def configures(csms: StrictCsms) -> None:
    """Boot and settings; every measurand that the station has is wanted from then on."""
    await csms.hears("BootNotification")
    await csms.hears("StatusNotification", connectorId=2)
    answer = await csms.ask("GetConfiguration")
    assert len(answer["result"]["configurationKey"]) > 30
    wanted = []
    for measurand in ("Voltage", "Current.Import", "Current.Offered", "Power.Active.Import", "Frequency", "Temperature", "SoC"):
        reply = await csms.ask("ChangeConfiguration", key="MeterValuesSampledData", value=measurand)
        wanted += [measurand] if reply["result"]["status"] == "Accepted" else []
    for key, value in (("MeterValuesSampledData", ",".join(wanted)), ("StopTxnSampledData", "Voltage"), ("MeterValueSampleInterval", "1")):
        await csms.says("Accepted", "ChangeConfiguration", key=key, value=value)
    await csms.ask("GetConfiguration", key=["NoSuchKey", "NumberOfConnectors"])
    await csms.says("Accepted", "ClearCache")


async def reserves(csms: StrictCsms) -> None:
    """Local list and reservation."""
    entries = [{"idTag": CARD, "idTagInfo": {"status": "Accepted", "expiryDate": now(9)}}]
    await csms.says("Accepted", "SendLocalList", listVersion=1, updateType="Full", localAuthorizationList=entries)
    assert (await csms.ask("GetLocalListVersion"))["result"] == {"listVersion": 1}
    await csms.says("Accepted", "ReserveNow", connectorId=SOCKET, expiryDate=now(1), idTag=CARD, reservationId=3)
    await csms.hears("StatusNotification", status="Reserved")
    await csms.says("Accepted", "CancelReservation", reservationId=3)


async def charges(csms: StrictCsms, bench: Bench) -> None:
    """A transaction with a profile, from the card to the unlocked plug."""
    await bench.ask("POST", f"/evses/{SOCKET}/ev/plug", {"reaction_s": 0, "phases": 3})
    await bench.ask("POST", "/rfid", {"token": "04FFEE", "evses": [SOCKET]})
    await csms.hears("Authorize")
    await csms.hears("StartTransaction")
    await csms.hears("StatusNotification", status="Charging")
    await csms.says("Accepted", "SetChargingProfile", connectorId=SOCKET, csChargingProfiles=profile("TxDefaultProfile"))
    await csms.says("Accepted", "GetCompositeSchedule", connectorId=SOCKET, duration=600, chargingRateUnit="W")
    assert (await csms.ask("SetChargingProfile", connectorId=9, csChargingProfiles=profile("TxDefaultProfile")))["error"]
    await csms.hears("MeterValues")
    await csms.hears("MeterValues")
    await csms.says("Accepted", "ClearChargingProfile", id=1)
    await csms.says("Scheduled", "ChangeAvailability", connectorId=SOCKET, type="Inoperative")
    await csms.says("Accepted", "ChangeAvailability", connectorId=SOCKET, type="Operative")
    await csms.says("Unlocked", "UnlockConnector", connectorId=SOCKET)
    await csms.hears("StopTransaction", reason="UnlockCommand")
    await csms.hears("StatusNotification", status="Finishing")
    await bench.ask("POST", f"/evses/{SOCKET}/ev/unplug", {"side": "station"})
    await csms.hears("StatusNotification", status="Available")


async def charges_remotely(csms: StrictCsms, bench: Bench) -> None:
    """The same by remote control."""
    given = profile("TxProfile")
    await csms.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET, chargingProfile=given)
    await bench.ask("POST", f"/evses/{SOCKET}/ev/plug", {"reaction_s": 0, "phases": 3})
    await csms.hears("StartTransaction", idTag=CARD)
    await csms.says("Accepted", "RemoteStopTransaction", transactionId=2)
    await csms.hears("StopTransaction", transactionId=2)
    await bench.ask("POST", f"/evses/{SOCKET}/ev/unplug", {"side": "station"})


async def is_serviced(csms: StrictCsms, keys: Keys) -> None:
    """Logs, firmware both ways, triggers, data of nobody."""
    async with files.serving() as server:
        server.served["image.bin"] = IMAGE
        await csms.ask("GetDiagnostics", location=f"{server.url}/in/")
        await csms.hears("DiagnosticsStatusNotification", status="Uploaded")
        await csms.says("Accepted", "GetLog", logType="SecurityLog", requestId=1, log={"remoteLocation": f"{server.url}/in/"})
        await csms.hears("LogStatusNotification", status="Uploaded")
        certificate, key = keys.manufacturer.issue("signer")
        vouched = {"signingCertificate": certificate, "signature": base64.b64encode(signature(key, IMAGE)).decode()}
        firmware = {"location": f"{server.url}/image.bin", "retrieveDateTime": now(), **vouched}
        await csms.says("Accepted", "SignedUpdateFirmware", requestId=2, firmware=firmware)
        await csms.hears("SignedFirmwareStatusNotification", status="Installed")
        await csms.ask("UpdateFirmware", location=f"{server.url}/nothing.bin", retrieveDate=now(), retries=0)
        await csms.hears("FirmwareStatusNotification", status="DownloadFailed")
    for message in ("Heartbeat", "MeterValues", "StatusNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification"):
        await csms.says("Accepted", "TriggerMessage", requestedMessage=message)
        await csms.hears(message)
    await csms.says("UnknownVendorId", "DataTransfer", vendorId="com.example.nobody", data="x")


async def is_secured(csms: StrictCsms, keys: Keys) -> None:
    """Certificates of either kind."""
    root = {"certificateType": "ManufacturerRootCertificate"}
    await csms.says("Accepted", "InstallCertificate", certificate=keys.operator.pem, **root)
    found = (await csms.says("Accepted", "GetInstalledCertificateIds", **root))["certificateHashData"]
    await csms.says("Accepted", "DeleteCertificate", certificateHashData=found[-1])
    await csms.says("Accepted", "ExtendedTriggerMessage", requestedMessage="SignChargePointCertificate")
    await csms.hears("SignCertificate")
    await csms.says("Rejected", "CertificateSigned", certificateChain=keys.operator.pem)
    await csms.hears("SecurityEventNotification", type="InvalidChargePointCertificate")


async def session(csms: StrictCsms, bench: Bench, keys: Keys) -> None:
    """All of it; in the end the station restarts."""
    await configures(csms)
    await reserves(csms)
    await charges(csms, bench)
    await charges_remotely(csms, bench)
    await is_serviced(csms, keys)
    await is_secured(csms, keys)
    await csms.says("Accepted", "Reset", type="Soft")
    await csms.hears("BootNotification")
    await csms.hears("SecurityEventNotification", type="StartupOfTheDevice")


def test_a_strict_server_names_what_breaks_its_schemas(tmp_path: Path) -> None:
    strict_csms.prepare()

    async def play() -> StrictCsms:
        csms = StrictCsms()
        await csms.start()
        try:
            async with FakeStation(csms.url) as station:
                assert (await station.call("Heartbeat", {"extra": 1}))[0] == 4
                assert (await station.call("Heartbeat", {}))[0] == 3
                station.answers["ClearCache"] = {"status": "Perhaps"}
                assert "error" in await csms.ask("ClearCache")
        finally:
            await csms.stop()
        return csms

    csms = asyncio.run(asyncio.wait_for(play(), 60))
    assert [line.partition(": ")[2].partition(":")[0] for line in csms.wrong] == ["CALL Heartbeat", "CALLRESULT ClearCache"]


def test_a_strict_server_finds_nothing_wrong_with_any_message(tmp_path: Path) -> None:
    strict_csms.prepare()

    async def play() -> StrictCsms:
        csms, keys = StrictCsms(), Keys(tmp_path)
        await csms.start()
        document = tree(csms.url, {"CpoName": "operator"})
        keys.station(0)(document)
        bench = Bench(tmp_path / "bench", document)
        try:
            await bench.start()
            await session(csms, bench, keys)
        finally:
            await bench.leave()
            await csms.stop()
        return csms

    csms = asyncio.run(asyncio.wait_for(play(), 180))
    assert csms.wrong == []
    assert {action for action, _ in csms.calls} >= TOLD
    assert csms.asked == ASKED
