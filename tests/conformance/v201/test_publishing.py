"""L03, L04: firmware for other stations, through the bench with real processes; the other station is a downloader like that of this one.

Part 6 has no cases for a station that publishes; these follow its cases for a CSMS (TC_L_17_CSMS to TC_L_24_CSMS) from the other side.
"""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from chargepoint.station.transfers import Transfers
from tests.conformance import files
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import WAIT_S, Lab
from tests.conformance.v201.sites import Json

IMAGE = bytes(range(256)) * 65536
"""16 MiB: more than a connection holds on its way."""
MD5 = hashlib.md5(IMAGE, usedforsecurity=False).hexdigest()
MESSAGE = "PublishFirmwareStatusNotification"


def publishes(tree: Json) -> None:
    """On loopback, at a port that is free now."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        tree["firmware"] = {"publish": f"127.0.0.1:{line.getsockname()[1]}"}


async def goes(lab: Lab, *statuses: str, number: int = 5) -> Json:
    """These are told, one after the other; the last."""
    for status in statuses:
        message = await lab.hears(MESSAGE, requestId=number)
        assert message.payload["status"] == status
    told: Json = message.payload
    return told


@asynccontextmanager
async def source() -> AsyncIterator[files.Files]:
    async with files.serving() as server:
        server.served["image.bin"] = IMAGE
        yield server


async def asked(lab: Lab, server: files.Files, *, number: int = 5, checksum: str = MD5, name: str = "image.bin") -> None:
    await lab.says(
        "Accepted", "PublishFirmware", requestId=number, location=f"{server.url}/{name}", checksum=checksum, retries=1, retryInterval=1
    )


async def published(lab: Lab) -> str:
    """Where it is."""
    async with source() as server:
        await asked(lab, server)
        told = await goes(lab, "Downloading", "Downloaded", "ChecksumVerified", "Published")
    (location,) = told["location"]
    assert isinstance(location, str)
    return location


@case(change=publishes)
async def test_another_station_has_the_firmware_from_here_until_it_is_taken_back(lab: Lab, tmp_path: Path) -> None:
    """L03.FR.01, L03.FR.02, L03.FR.03, L03.FR.04, L03.FR.05, L03.FR.09, L03.FR.10; L04.FR.01, L04.FR.02, L04.FR.03; over a power cut."""
    await lab.says("NoFirmware", "UnpublishFirmware", checksum=MD5)
    location = await published(lab)
    assert location == f"http://{lab.tree['firmware']['publish']}/firmware/{MD5}"
    fetched = await Transfers().fetch(location, tmp_path / "first")
    assert (fetched.sha256, fetched.failed) == (hashlib.sha256(IMAGE).hexdigest(), None)
    await lab.says("Accepted", "TriggerMessage", requestedMessage=MESSAGE)
    assert (await lab.hears(MESSAGE)).payload == {"status": "Idle"}
    await lab.power("off")
    await lab.power("on")
    await lab.booted()
    await served(location, tmp_path / "second")
    await lab.says("NoFirmware", "UnpublishFirmware", checksum="0" * 32)
    await lab.says("Unpublished", "UnpublishFirmware", checksum=MD5)
    await lab.says("NoFirmware", "UnpublishFirmware", checksum=MD5)
    assert (await Transfers().fetch(location, tmp_path / "third")).failed is not None


async def served(location: str, path: Path) -> None:
    """The process that gives it begins a moment after the station."""
    async with asyncio.timeout(WAIT_S):
        while (await Transfers().fetch(location, path)).failed is not None:
            pass


@case(change=publishes)
async def test_it_stays_while_another_station_downloads_it(lab: Lab) -> None:
    """L04.FR.04"""
    location = urlsplit(await published(lab))
    reader, writer = await asyncio.open_connection(location.hostname, location.port)
    writer.write(f"GET {location.path} HTTP/1.1\r\nHost: {location.netloc}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    await lab.says("DownloadOngoing", "UnpublishFirmware", checksum=MD5)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert hashlib.md5(await reader.read(-1), usedforsecurity=False).hexdigest() == MD5, "whole, all the same"
    writer.close()
    async with asyncio.timeout(WAIT_S):
        while (await lab.call("UnpublishFirmware", checksum=MD5))["status"] == "DownloadOngoing":
            pass
    await lab.says("NoFirmware", "UnpublishFirmware", checksum=MD5)


@case(change=publishes)
async def test_a_power_cut_while_it_is_fetched_only_delays_it(lab: Lab, tmp_path: Path) -> None:
    """L03.FR.01, L03.FR.09"""
    async with source() as server:
        server.free.clear()
        await asked(lab, server)
        await goes(lab, "Downloading")
        await lab.power("off")
        server.free.set()
        await lab.power("on")
        told = await lab.hears(MESSAGE, status="Published", requestId=5)
        statuses = [message.payload["status"] for message in lab.heard(MESSAGE)]
        assert list(dict.fromkeys(statuses)) == ["Downloading", "Downloaded", "ChecksumVerified", "Published"]
        assert statuses.count("Downloading") <= 2, "once more, where the power went before the answer was kept"
    assert (await Transfers().fetch(told.payload["location"][0], tmp_path / "fetched")).size == len(IMAGE)


@case(change=publishes)
async def test_what_goes_wrong_is_told(lab: Lab) -> None:
    """L03.FR.06, L03.FR.07, L03.FR.08, L03.FR.11; L04: while this station itself downloads."""
    async with source() as server:
        await asked(lab, server, name="absent")
        await goes(lab, "Downloading", "DownloadFailed")
        await lab.says("Accepted", "TriggerMessage", requestedMessage=MESSAGE)
        assert (await lab.hears(MESSAGE)).payload == {"status": "DownloadFailed", "requestId": 5}
        server.free.clear()
        await asked(lab, server, number=6, checksum="0" * 32)
        await goes(lab, "Downloading", number=6)
        await lab.says("DownloadOngoing", "UnpublishFirmware", checksum="0" * 32)
        server.free.set()
        await goes(lab, "Downloaded", "InvalidChecksum", number=6)
        host, _, port = lab.tree["firmware"]["publish"].rpartition(":")
        with socket.socket() as taken:
            taken.bind((host, int(port)))
            taken.listen()
            await asked(lab, server, number=7)
            await goes(lab, "Downloading", "Downloaded", "ChecksumVerified", number=7)
            assert (await lab.hears(MESSAGE, requestId=7, within_s=WAIT_S * 2)).payload["status"] == "PublishFailed"
        await asked(lab, server, number=8)
        await goes(lab, "Downloading", "Downloaded", "ChecksumVerified", number=8)
        assert (await lab.hears(MESSAGE, requestId=8, within_s=WAIT_S * 2)).payload["status"] == "Published"


@case()
async def test_a_station_that_is_no_distributor_says_so(lab: Lab) -> None:
    """L03.FR.05"""
    answer = await lab.says("Rejected", "PublishFirmware", requestId=5, location="http://127.0.0.1:9/x", checksum=MD5)
    assert answer["statusInfo"]["reasonCode"] == "UnsupportedRequest"
    await lab.says("NoFirmware", "UnpublishFirmware", checksum=MD5)
    await lab.says("NotImplemented", "TriggerMessage", requestedMessage=MESSAGE)
