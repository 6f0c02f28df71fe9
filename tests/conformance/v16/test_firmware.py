"""Firmware and diagnostics: 044, 045. The installation is the dry run that the configuration asks for."""

from datetime import UTC, datetime

from tests.conformance import files
from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import Lab, in_order
from tests.conformance.v16.sites import installer

IMAGE = b"firmware" * 4096


async def update(lab: Lab, location: str) -> None:
    """UpdateFirmware, at once, tried once more."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    assert await lab.call("UpdateFirmware", location=location, retrieveDate=now, retries=1, retryInterval=1) == {}


@case("044_1")
async def test_firmware_is_fetched_and_installed_step_by_step(lab: Lab) -> None:
    async with files.serving() as server:
        server.served["image.bin"] = IMAGE
        await update(lab, f"{server.url}/image.bin")
        steps = [
            await lab.hears("FirmwareStatusNotification", status=status)
            for status in ("Downloading", "Downloaded", "Installing", "Installed")
        ]
    assert in_order(*steps)


@case("044_2")
async def test_firmware_that_is_not_there_fails_to_download(lab: Lab) -> None:
    async with files.serving() as server:
        await update(lab, f"{server.url}/nothing.bin")
        await lab.hears("FirmwareStatusNotification", status="Downloading")
        await lab.hears("FirmwareStatusNotification", status="DownloadFailed")
    assert lab.heard("FirmwareStatusNotification", status="Installing") == []
    await lab.charge()


@case("044_3", installer("installation-failed"))
async def test_firmware_that_does_not_install_says_so_and_the_station_charges_on_as_it_was(lab: Lab) -> None:
    async with files.serving() as server:
        server.served["image.bin"] = IMAGE
        await update(lab, f"{server.url}/image.bin")
        for status in ("Downloading", "Downloaded", "Installing", "InstallationFailed"):
            await lab.hears("FirmwareStatusNotification", status=status)
    assert lab.heard("FirmwareStatusNotification", status="Installed") == []


@case("045_1")
async def test_diagnostics_are_uploaded_under_the_name_that_was_told(lab: Lab) -> None:
    async with files.serving() as server:
        name = (await lab.call("GetDiagnostics", location=f"{server.url}/in/", retries=1, retryInterval=1))["fileName"]
        await lab.hears("DiagnosticsStatusNotification", status="Uploading")
        await lab.hears("DiagnosticsStatusNotification", status="Uploaded")
        ((place, content),) = server.received.items()
    assert place.endswith(name)
    assert content


@case("045_2")
async def test_diagnostics_that_nobody_takes_fail(lab: Lab) -> None:
    async with files.serving() as server:
        server.refuses = True
        await lab.call("GetDiagnostics", location=f"{server.url}/in/", retries=1, retryInterval=1)
        await lab.hears("DiagnosticsStatusNotification", status="Uploading")
        await lab.hears("DiagnosticsStatusNotification", status="UploadFailed")
    assert server.received == {}
