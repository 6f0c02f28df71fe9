"""A change of credentials from the CSMS's side, over real sockets: the client dials, the station decides with what."""

import asyncio
import contextlib
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import SetVariables
from chargepoint.domain.device_model import DeviceModel, VariableKey
from chargepoint.ocpp.backoff import BackOffRule
from chargepoint.ocpp.client import OcppClient
from chargepoint.ocpp.settings import OcppSettings
from chargepoint.station import trial
from chargepoint.station.clock import StationClock
from chargepoint.station.security import Security
from chargepoint.station.settings import SecuritySettings, StationSettings
from chargepoint.store.store import Store
from tests.ocpp.rig import FakeCsms, FakeStation, until
from tests.pki.authority import Authority
from tests.station.rig import IDENTITY, configuration
from tests.station.rig import settings as station_settings

OLD, NEW = "00" * 16, "11" * 16
TRY_S = 0.6
SLOW = BackOffRule(0.05, 0.0, 3)


class Wall:
    def now_s(self) -> float:
        return time()


class Secured(FakeStation):
    """A station of which only security is real."""

    def __init__(self, settings: StationSettings, profile: str) -> None:
        super().__init__()
        self.store = Store(":memory:")
        keys = {"AuthorizationKey": OLD, "SecurityProfile": profile}
        facts = self.store.facts
        self.model = DeviceModel(configuration(keys), facts.changed_variables(), facts.change_variable)
        self.clock = StationClock(Wall(), monotonic)
        self.settings = settings

    def begin(self, url: str) -> OcppClient:
        client = OcppClient(
            OcppSettings(
                url=url,
                identity="cp001",
                versions=("1.6",),
                reconnect=lambda: SLOW,
                access=lambda: self.security.securing.access(),
                failed=lambda answered: self.security.securing.failed(answered),
                verified=lambda chain: self.security.certificates.verified(chain),
            ),
            self,
        )
        self.security = Security(self.settings, self.store, self.model, self.clock, client, lambda: True)
        return client

    def csms_connected(self) -> None:
        self.security.securing.connected()
        super().csms_connected()

    def noted(self, kind: str, info: str) -> None:
        super().noted(kind, info)
        self.security.log.note(kind, info)

    def change(self, key: str, value: str) -> None:
        """ChangeConfiguration, answered."""
        _, after = self.security.securing.set(SetVariables(((VariableKey(component="", variable=key), value),)), lambda _: ())
        assert after is not None
        after()

    @property
    def outcome(self) -> list[str]:
        return [each.info for each in self.store.security_log.every() if each.kind == "ReconfigurationOfSecurityParameters"]


class Guarded(FakeCsms):
    """Lets in whoever has the password; keeps what was shown. Where it does not ``admit``, it is being updated."""

    def __init__(self, password: str) -> None:
        super().__init__()
        self.password = password
        self.shown: list[str] = []
        self.admit = True

    def _admit(self, connection: ServerConnection, request: Any) -> Any:
        header = request.headers.get("Authorization", "")
        self.shown.append(b64decode(header.removeprefix("Basic ")).partition(b":")[2].hex())
        good = self.admit and self.shown[-1] == self.password
        return None if good else connection.respond(401 if self.admit else 503, "")


@contextlib.asynccontextmanager
async def at_work(station: Secured, url: str) -> AsyncIterator[OcppClient]:
    client = station.begin(url)

    async def tick() -> None:
        while True:
            station.security.tick(station.clock.monotonic())
            await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(client.run()), asyncio.create_task(tick())]
    try:
        yield client
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        station.store.close()


def play(scene: Callable[[Guarded, Secured, OcppClient], Awaitable[None]]) -> None:
    async def main() -> None:
        csms = Guarded(OLD)
        async with csms.listening():
            station = Secured(station_settings(identity=IDENTITY), "1")
            async with at_work(station, csms.url) as client:
                await until(lambda: client.connected)
                await scene(csms, station, client)

    asyncio.run(main())


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "TRY_S", TRY_S)


def test_a_new_password_is_shown_at_once() -> None:
    async def scene(csms: Guarded, station: Secured, client: OcppClient) -> None:
        csms.password = NEW
        station.change("AuthorizationKey", NEW)
        await until(lambda: len(csms.connections) == 2 and client.connected)
        assert csms.shown == [OLD, NEW]
        assert station.outcome == ["password: the new one works and is kept"]

    play(scene)


def test_a_csms_that_wants_the_old_one_gets_it_after_the_time_of_the_new_one() -> None:
    async def scene(csms: Guarded, station: Secured, client: OcppClient) -> None:
        began_s = asyncio.get_running_loop().time()
        station.change("AuthorizationKey", NEW)
        await until(lambda: len(csms.connections) == 2 and client.connected)
        assert TRY_S <= asyncio.get_running_loop().time() - began_s < TRY_S + 1
        assert csms.shown[1:-1] == [NEW] * len(csms.shown[1:-1])
        assert csms.shown[-1] == OLD
        assert [kind for kind, _ in station.notes] == ["FailedToAuthenticateAtCentralSystem"]
        assert "the old one is kept" in station.outcome[-1]

    play(scene)


def test_a_csms_that_was_away_meanwhile_is_shown_both_in_turn() -> None:
    async def scene(csms: Guarded, station: Secured, client: OcppClient) -> None:
        csms.admit, csms.password = False, NEW
        station.change("AuthorizationKey", NEW)
        await until(lambda: csms.shown[1:].count(OLD) >= 2)
        csms.admit = True
        await until(lambda: client.connected)
        assert csms.shown[-1] == NEW
        assert "the new one works" in station.outcome[-1]

    play(scene)


def test_a_profile_with_tls_that_the_csms_does_not_speak_is_given_up(tmp_path: Path) -> None:
    trust = tmp_path / "csms.pem"
    trust.write_text(Authority().pem)
    security = SecuritySettings(trust={CertificateUse.CSMS_ROOT: str(trust)})

    async def main() -> None:
        csms = Guarded(OLD)
        async with csms.listening():
            station = Secured(station_settings(identity=IDENTITY, security=security), "1")
            async with at_work(station, csms.url) as client:
                await until(lambda: client.connected)
                station.change("SecurityProfile", "2")
                await until(lambda: station.outcome)
                await until(lambda: client.connected)
                assert station.security.securing.profile == 1
                assert len(csms.connections) >= 2, "first the old profile, then, after the new one was tried, the old one again"
                assert station.outcome == ["profile 2: the new one does not work within 30 s, the old one is kept"]

    asyncio.run(main())
