"""Block L: firmware. The installation is the dry run that the configuration asks for; the maker's root comes from the CSMS."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from simulators.csms.message_log import Message
from tests.campaigns.bench import Json
from tests.conformance import files
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, OTHER_CARD, WAIT_S, Lab
from tests.conformance.v201.sites import CABLE, SOCKET, installer
from tests.pki.signing import Maker

IMAGE = b"firmware" * 4096
AGO_S = -7200
AHEAD_S = 1.5
NUMBER = 815
ALLOW = "ChargingStation.AllowNewSessionsPendingFirmwareUpdate"


class Update:
    """A maker, whose root the station has, and a server with his image."""

    def __init__(self, lab: Lab, server: files.Files) -> None:
        self.lab, self.server, self.maker = lab, server, Maker()

    def request(self, *, install_s: float = AGO_S, retrieve_s: float = AGO_S, name: str = "image.bin", **more: str | None) -> Json:
        """A request; what is ``None`` is left out."""
        firmware = {
            "location": f"{self.server.url}/{name}",
            "retrieveDateTime": self.lab.in_s(retrieve_s),
            "installDateTime": self.lab.in_s(install_s),
            "signingCertificate": self.maker.certificate,
            "signature": self.maker.sign(IMAGE),
        } | more
        return {name: value for name, value in firmware.items() if value is not None}

    async def asked(self, wanted: str, *, number: int = NUMBER, **more: Any) -> None:
        """UpdateFirmware, tried once, and its answer."""
        await self.lab.says(wanted, "UpdateFirmware", requestId=number, retries=0, firmware=self.request(**more))

    async def goes(self, *statuses: str, number: int = NUMBER) -> list[Message]:
        """These are told of this request, one after the other, and nothing between them."""
        told = [await self.lab.hears("FirmwareStatusNotification", requestId=number) for _ in statuses]
        assert [message.payload["status"] for message in told] == list(statuses)
        return told

    async def succeeds(self, number: int = NUMBER) -> None:
        """It is installed; the station restarts, and says so."""
        await self.goes("Installing", "InstallRebooting", number=number)
        boot = await self.lab.hears("BootNotification")
        assert boot.payload["reason"] == "FirmwareUpdate"
        await self.goes("Installed", number=number)
        await self.lab.hears("SecurityEventNotification", type="FirmwareUpdated")

    def told(self) -> list[str]:
        """Every status of the case."""
        return [message.payload["status"] for message in self.lab.heard("FirmwareStatusNotification")]


@asynccontextmanager
async def updating(lab: Lab) -> AsyncIterator[Update]:
    async with files.serving() as server:
        server.served["image.bin"] = IMAGE
        update = Update(lab, server)
        await states.certificate_installed(lab, "ManufacturerRootCertificate", update.maker.root)
        yield update


@case("TC_L_01", fresh=True)
async def test_signed_firmware_is_fetched_verified_and_installed(lab: Lab) -> None:
    """L01.FR.01, L01.FR.04, L01.FR.05, L01.FR.10, L01.FR.20, L01.FR.28, L01.FR.31, L01.FR.32."""
    async with updating(lab) as update:
        await update.asked("Accepted")
        await update.goes("Downloading", "Downloaded", "SignatureVerified")
        await update.succeeds()
        assert update.told() == ["Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting", "Installed"]
        await lab.says("Accepted", "TriggerMessage", requestedMessage="FirmwareStatusNotification")  # L01.FR.25
        assert "requestId" not in (await lab.hears("FirmwareStatusNotification", status="Idle")).payload


@case("TC_L_02", fresh=True)
async def test_an_installation_waits_for_its_time(lab: Lab) -> None:
    """L01.FR.16."""
    async with updating(lab) as update:
        due_s = time.time() + AHEAD_S
        await update.asked("Accepted", install_s=AHEAD_S)
        await update.goes("Downloading", "Downloaded", "SignatureVerified", "InstallScheduled")
        await lab.says("Accepted", "TriggerMessage", requestedMessage="FirmwareStatusNotification")  # L01.FR.26
        await update.goes("InstallScheduled")
        await update.succeeds()
        (installing,) = lab.heard("FirmwareStatusNotification", status="Installing")
        assert installing.at.timestamp() >= due_s


@case("TC_L_03", fresh=True)
async def test_a_download_waits_for_its_time(lab: Lab) -> None:
    """L01.FR.13."""
    async with updating(lab) as update:
        due_s = time.time() + AHEAD_S
        await update.asked("Accepted", retrieve_s=AHEAD_S)
        _, downloading, *_ = await update.goes("DownloadScheduled", "Downloading", "Downloaded", "SignatureVerified")
        assert downloading.at.timestamp() >= due_s
        await update.succeeds()


@case("TC_L_05", "TC_L_18", fresh=True)
async def test_firmware_for_which_nobody_trusted_vouches_is_refused_at_once(lab: Lab) -> None:
    """L01.FR.02, L01.FR.21, L01.FR.22."""
    async with updating(lab) as update:
        await update.asked("Rejected", signingCertificate=None, signature=None)
        assert lab.heard("SecurityEventNotification", type="InvalidFirmwareSigningCertificate") == []
        await update.asked("InvalidCertificate", signingCertificate=Maker().certificate)
        await lab.hears("SecurityEventNotification", type="InvalidFirmwareSigningCertificate")
        await lab.says("Rejected", "UpdateFirmware", requestId=1, firmware=update.request(location="dummy://dummy", signature="☺"))
        assert update.told() == []


@case("TC_L_06", "TC_L_07", fresh=True)
async def test_what_cannot_be_had_or_is_not_the_makers_is_not_installed(lab: Lab) -> None:
    """L01.FR.03, L01.FR.30."""
    async with updating(lab) as update:
        await update.asked("Accepted", signature=update.maker.sign(b"another image"))
        await update.goes("Downloading", "Downloaded", "InvalidSignature")
        await lab.hears("SecurityEventNotification", type="InvalidFirmwareSignature")
        await update.asked("Accepted", number=816, name="image.bin_does.not")
        await update.goes("Downloading", "DownloadFailed", number=816)
        await lab.says("Accepted", "TriggerMessage", requestedMessage="FirmwareStatusNotification")  # L01.FR.26
        await update.goes("DownloadFailed", number=816)
        await states.charging(lab)


@case("TC_L_08", change=installer("verification-failed"))
async def test_firmware_that_is_none_for_this_station_says_so_and_the_station_goes_on_as_it_was(lab: Lab) -> None:
    """L01.FR.29."""
    async with updating(lab) as update:
        await update.asked("Accepted")
        await update.goes("Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallVerificationFailed")
        await lab.csms.until(lambda: set(lab.station.connectors.values()) == {"Available"}, WAIT_S)
        lab.passed()
        await states.charging(lab)


@case("TC_L_10", fresh=True)
async def test_a_newer_update_takes_the_place_of_one_that_downloads(lab: Lab) -> None:
    """L01.FR.24."""
    async with updating(lab) as update:
        update.server.free.clear()
        await update.asked("Accepted")
        await update.goes("Downloading")
        update.server.free.set()
        await update.asked("AcceptedCanceled", number=816)
        await update.goes("Downloading", "Downloaded", "SignatureVerified", number=816)
        await update.succeeds(number=816)


@case("TC_L_14", fresh=True)
async def test_an_installation_waits_for_all_transactions_and_others_may_begin_meanwhile(lab: Lab) -> None:
    """L01.FR.06, L01.FR.33, L01.FR.34."""
    async with updating(lab) as update:
        await lab.configure({ALLOW: "true"})
        await states.charging(lab)
        await update.asked("Accepted")
        await update.goes("Downloading", "Downloaded", "SignatureVerified", "InstallScheduled")
        await states.charging(lab, evse=CABLE, text=OTHER_CARD)
        await _leaves(lab, SOCKET)
        assert "Installing" not in update.told()
        await _leaves(lab, CABLE, OTHER_CARD)
        await update.succeeds()


@case("TC_L_15", fresh=True)
async def test_nobody_else_begins_while_an_installation_waits_for_a_transaction(lab: Lab) -> None:
    """L01.FR.06, L01.FR.07."""
    async with updating(lab) as update:
        await lab.configure({ALLOW: "false"})
        await states.charging(lab)
        await update.asked("Accepted")
        await update.goes("Downloading", "Downloaded", "SignatureVerified", "InstallScheduled")
        await lab.status("Unavailable", evse=CABLE)
        await states.stop_authorized(lab)
        await lab.unplug(SOCKET)
        await update.succeeds()
        await lab.status("Available", evse=CABLE)


async def _leaves(lab: Lab, evse: int, text: str = CARD) -> None:
    await states.stop_authorized(lab, evse=evse, text=text)
    await states.ev_disconnected(lab, evse=evse)
