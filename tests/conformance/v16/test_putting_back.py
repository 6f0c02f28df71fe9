"""The lab itself: a station that is put back is as it was."""

from datetime import UTC, datetime, timedelta

from simulators.csms.authority import Authority
from simulators.csms.behaviour import Behaviour
from tests.conformance.standing import Shared, Standing
from tests.conformance.v16.lab import CARD, OTHER_CARD, Lab
from tests.conformance.v16.sites import CABLE, SOCKET

INTERVAL = "MeterValueSampleInterval"
ROOT = "CentralSystemRootCertificate"


def test_whatever_a_case_leaves_behind_the_next_one_finds_the_station_as_it_was(standing: Standing[Lab]) -> None:
    player = Shared(standing)
    lab = player.lab

    async def untidy() -> None:
        lab.tokens(dict.fromkeys((CARD, OTHER_CARD), "Accepted"))
        lab.csms.behaviour = Behaviour(silent=frozenset({"Heartbeat"}))
        await lab.configure(AuthorizationCacheEnabled="true", LocalPreAuthorize="true", **{INTERVAL: "7"})
        await lab.charge()
        await lab.says("Accepted", "InstallCertificate", certificateType=ROOT, certificate=Authority("another").pem)
        entries = [{"idTag": OTHER_CARD, "idTagInfo": {"status": "Accepted"}}]
        await lab.says("Accepted", "SendLocalList", listVersion=3, updateType="Full", localAuthorizationList=entries)
        schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 7.0}]}
        kind = {"stackLevel": 0, "chargingProfileKind": "Relative", "chargingProfilePurpose": "TxDefaultProfile"}
        profile = {"chargingProfileId": 1, **kind, "chargingSchedule": schedule}
        await lab.says("Accepted", "SetChargingProfile", connectorId=0, csChargingProfiles=profile)
        expires = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds").replace("+00:00", "Z")
        await lab.says("Accepted", "ReserveNow", connectorId=CABLE, expiryDate=expires, idTag=CARD, reservationId=1)
        await lab.says("Accepted", "CancelReservation", reservationId=1)
        await lab.says("Accepted", "ChangeAvailability", connectorId=CABLE, type="Inoperative")
        await lab.hardware(CABLE, temperature_c=90)
        await lab.ask("PUT", f"/evses/{SOCKET}/faults/odd", kind="other")
        await lab.network("down")

    async def tidy() -> None:
        assert lab.heard("StartTransaction") == lab.heard("Authorize") == []
        assert await lab.key(INTERVAL) == lab.factory[INTERVAL] != "7"
        assert await lab.key("LocalPreAuthorize") == "false"
        assert lab.csms.tokens.entries == {}
        assert lab.csms.behaviour == Behaviour()
        assert (await lab.call("GetLocalListVersion"))["listVersion"] == 0
        await lab.says("Unknown", "ClearChargingProfile")
        await lab.says("NotFound", "GetInstalledCertificateIds", certificateType=ROOT)
        for evse in (SOCKET, CABLE):
            await lab.shows(evse, status="Available", contactor="open", ev=None, transaction=None, faults=[])
        await lab.configure(LocalPreAuthorize="true")
        await lab.charge()
        assert len(lab.heard("Authorize", idTag=CARD)) == 1

    player.play(untidy)
    assert standing.lab() is lab, f"thrown away: {lab.lines}"
    Shared(standing).play(tidy)
