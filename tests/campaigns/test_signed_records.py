"""Signed records with real processes: from the meter's key to the CSMS, through kills, cuts and hours without a connection."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain import ocmf
from simulators.csms.records import Transaction
from simulators.csms.server import Csms
from simulators.recorder import Recorder
from tests.campaigns.bench import Bench, until, until_true
from tests.campaigns.configuration import tree
from tests.hal.meters.test_iskra_world import verified

EVSE = 2
WAIT_S = 40.0
METERS: dict[str, dict[str, Any]] = {
    "sim": {"driver": "simulated", "public_key": ocmf.printed_key(Recorder(EVSE).public_key)},
    "wires": {"driver": "iskra-wm3m4", "port": "/dev/ttyUSB1", "gap_s": 0.02},
}


class Site:
    """One bench and its CSMS."""

    def __init__(self, version: str, folder: Path, backend: str) -> None:
        self.version = version
        self.csms = Csms(versions=(version,))
        self._folder = folder
        self._backend = backend
        self.bench: Bench

    async def open(self) -> None:
        await self.csms.start()
        document = tree(self.version, self.csms.url, keep_world=True)
        document["evses"][EVSE - 1] |= {"meter": METERS[self._backend]}
        document["hal"] = {"backend": self._backend}
        self.bench = Bench(self._folder, document)
        await self.bench.start()
        await self.bench.ready()

    async def evse(self, **wanted: Any) -> None:
        seen: dict[str, Any] = {}

        async def shown() -> bool:
            seen.update((await self.bench.ask("GET", "/state"))["evses"][EVSE - 1])
            return all(seen[name] == value for name, value in wanted.items())

        await until_true(shown, WAIT_S, lambda: f"not {wanted}: {seen}")

    async def charge(self) -> None:
        await self.bench.ask("POST", f"/evses/{EVSE}/ev/plug", {"reaction_s": 0.1, "phases": 3})
        await until_true(self._paid, WAIT_S, lambda: "no card is taken", look_s=8.0)
        await self.evse(contactor="closed")

    async def _paid(self) -> bool:
        """A card is shown again only when nothing has become of the last: a second one would end what the first began."""
        if (await self.bench.ask("GET", "/state"))["evses"][EVSE - 1]["transaction"] is not None:
            return True
        await self.bench.ask("POST", "/rfid", {"token": "04A1", "evses": [EVSE]})
        await asyncio.sleep(1.0)
        return (await self.bench.ask("GET", "/state"))["evses"][EVSE - 1]["transaction"] is not None

    async def stop(self) -> None:
        await self.bench.ask("POST", f"/evses/{EVSE}/ev/unplug")

    async def told(self) -> Transaction:
        await until(lambda: bool(self.csms.transactions) and not self.csms.transactions[-1].open, WAIT_S, "the CSMS hears of no end")
        assert len(self.csms.transactions) == 1
        assert [each for station in self.csms.stations.values() for each in station.violations] == []
        return self.csms.transactions[0]

    def signed(self) -> dict[str, str]:
        """SignedMeterValueType of the end of the only transaction, as it was on the wire."""
        frames = [
            m.payload for m in self.csms.messages if m.direction == "received" and m.action in ("StopTransaction", "TransactionEvent")
        ]
        last = next(each for each in reversed(frames) if each.get("eventType", "Ended") == "Ended")
        samples = (last.get("transactionData") or last.get("meterValue"))[-1]["sampledValue"]
        if self.version == "1.6":
            (found,) = [json.loads(sample["value"]) for sample in samples if sample.get("format") == "SignedData"]
        else:
            (found,) = [sample["signedMeterValue"] for sample in samples if "signedMeterValue" in sample]
        assert all(sample["context"] == "Transaction.End" for sample in samples)
        return dict(found)

    def says(self) -> Any:
        """What the record says, once its signature has been verified with the key that was told beside it."""
        told = self.signed()
        assert (told["encodingMethod"], told["signingMethod"]) == ("OCMF", "ECDSA-secp256r1-SHA256")
        marker, encoding, content, key = base64.b64decode(told["publicKey"]).decode().split(":")
        assert (marker, encoding, content) == ("oca", "base16", "asn1")
        assert key == ocmf.printed_key(Recorder(EVSE).public_key)
        return verified(base64.b64decode(told["signedMeterData"]), key)


def play(script: Callable[[Site], Awaitable[None]], folder: Path, backend: str) -> None:
    """In both versions at the same time."""

    async def one(version: str) -> None:
        site = Site(version, folder / version, backend)
        await site.open()
        try:
            await script(site)
        finally:
            await site.bench.leave()
            await site.csms.stop()

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for version in ("1.6", "2.0.1"):
                group.create_task(one(version))

    asyncio.run(main())


@pytest.mark.parametrize("backend", METERS)
def test_the_record_at_the_csms_is_verified_with_the_meters_public_key(backend: str, tmp_path: Path) -> None:
    async def script(site: Site) -> None:
        await site.charge()
        transaction = (await site.bench.ask("GET", "/state"))["evses"][EVSE - 1]["transaction"]
        await site.stop()
        told = await site.told()
        says = site.says()
        assert says["ID"] == transaction
        assert [reading["TX"] for reading in says["RD"]] == ["B", "E"]
        first, last = (reading["RV"] * 1000 for reading in says["RD"])
        assert abs(first - told.meter_start_wh) <= 10
        assert abs(last - (told.meter_stop_wh or 0)) <= 10

    play(script, tmp_path, backend)


@pytest.mark.parametrize("backend", METERS)
def test_a_record_outlives_control_station_the_whole_site_and_a_dead_line_to_the_csms(backend: str, tmp_path: Path) -> None:
    async def script(site: Site) -> None:
        await site.charge()
        await until(lambda: bool(site.csms.transactions), WAIT_S, "no transaction")
        await site.bench.ask("PUT", "/network", {"state": "down"})
        await site.bench.buried(site.bench.strike())
        await site.bench.start()
        await site.bench.ready()
        await site.bench.ask("PUT", "/network", {"state": "down"})
        await site.evse(contactor="closed")
        await site.stop()
        await site.bench.ask("POST", "/power", {"state": "off"})
        await site.bench.ask("POST", "/power", {"state": "on"})
        await site.bench.ready()
        await site.evse(transaction=None)
        await site.bench.buried(site.bench.strike())
        await site.bench.start()
        told = await site.told()
        assert site.says()["ID"] == told.id or site.version == "1.6"

    play(script, tmp_path, backend)


def test_a_meter_that_does_not_sign_costs_nobody_his_session(tmp_path: Path) -> None:
    async def script(site: Site) -> None:
        await site.bench.ask("PATCH", f"/evses/{EVSE}/hardware", {"signing": "lost"})
        await site.charge()
        await site.stop()
        await site.told()
        with pytest.raises(ValueError, match="not enough values"):
            site.signed()
        document = await site.bench.document()
        assert document is not None
        assert "record_missing" in document["faults"]

    play(script, tmp_path, "sim")
