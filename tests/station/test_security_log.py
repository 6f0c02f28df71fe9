"""What the security log hears of, what of it the CSMS is told, and that none of it is lost."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from chargepoint.domain.commands import Reset, ResetKind
from chargepoint.domain.faults import Fault
from chargepoint.domain.notifications import BootReason, SecurityEvent
from chargepoint.domain.security_events import KEPT, KINDS, OFTEN, WAITING
from chargepoint.station import fresh, security_log
from chargepoint.station.settings import SecuritySettings
from chargepoint.store.security_log import SecurityRecord
from chargepoint.store.store import Store
from tests import virtual_time
from tests.pki.authority import DAY, NOW
from tests.station.rig import MIDNIGHT, Game, HostClock, play

OPENED = Fault("enclosure_open", "other")
TILTED = Fault("tilted", "other")


# OCPP 2.0.1 part 2 appendix 1
CRITICAL = {
    "FirmwareUpdated", "SettingSystemTime", "StartupOfTheDevice", "ResetOrReboot", "SecurityLogWasCleared", "MemoryExhaustion",
    "TamperDetectionActivated", "InvalidFirmwareSignature", "InvalidFirmwareSigningCertificate", "InvalidCsmsCertificate",
    "InvalidChargingStationCertificate", "InvalidTLSVersion", "InvalidTLSCipherSuite", "MaintenanceLoginAccepted", "MaintenanceLoginFailed",
}  # fmt: skip
NOT_CRITICAL = {
    "FailedToAuthenticateAtCsms", "CsmsFailedToAuthenticate", "ReconfigurationOfSecurityParameters", "InvalidMessages",
    "AttemptedReplayAttacks",
}  # fmt: skip


def logged(game: Game) -> list[str]:
    return [each.kind for each in game.store.security_log.every()]


def told(game: Game) -> list[str]:
    return [event.kind for event in game.csms.of(SecurityEvent) if isinstance(event, SecurityEvent)]


def test_every_kind_is_logged_and_the_ones_of_the_standard_are_told_in_order() -> None:
    """OCPP 2.0.1 A04.FR.01, A04.FR.04."""

    async def script(game: Game) -> None:
        await game.until(lambda: told(game) == ["StartupOfTheDevice"])
        for kind in KINDS:
            game.station.noted(kind.name, "why")
        await asyncio.sleep(5)
        names = [kind.name for kind in KINDS]
        assert logged(game)[1:] == names
        assert told(game)[1:] == [name for name in names if name in CRITICAL | {"DiscardedRenewedClientCertificate", "CertificateExpiring"}]
        assert set(names) >= CRITICAL | NOT_CRITICAL

    play(script)


def test_the_names_of_1_6_will_do() -> None:
    async def script(game: Game) -> None:
        game.station.noted("InvalidCentralSystemCertificate", "")
        await game.until(lambda: "InvalidCsmsCertificate" in told(game))
        with pytest.raises(KeyError):
            game.station.noted("SomethingElse", "")

    play(script)


def test_what_happens_offline_or_before_a_power_cut_is_told_later_in_order(tmp_path: Path) -> None:
    """OCPP 2.0.1 A04.FR.02."""

    async def offline(game: Game) -> None:
        for number in range(5):
            game.station.noted("TamperDetectionActivated", str(number))

    async def online(game: Game) -> None:
        await game.until(lambda: len(told(game)) == 7)
        found = [event.info for event in game.csms.of(SecurityEvent) if isinstance(event, SecurityEvent)]
        assert [each for each in found if each] == ["firmware 1.0", "0", "1", "2", "3", "4", "firmware 1.0"]
        ids = [message for message, event in game.csms.asked if isinstance(event, SecurityEvent)]
        assert len(set(ids)) == 7

    play(offline, tmp_path / "store", connected=False)
    play(online, tmp_path / "store")


def test_that_a_factory_reset_has_emptied_the_log_is_told_to_the_first_csms_after_it(tmp_path: Path) -> None:
    """OCPP 2.0.1 A04.FR.01, A04.FR.02."""
    fresh.mark(tmp_path, fresh.Marker(token="t1", by="anna"))
    assert fresh.settle(tmp_path, NOW)

    async def nobody(game: Game) -> None:
        assert game.store.outbox.waiting() == 0

    async def online(game: Game) -> None:
        await game.until(lambda: "StartupOfTheDevice" in told(game))
        (event,) = (each for each in game.csms.of(SecurityEvent) if isinstance(each, SecurityEvent) and "Cleared" in each.kind)
        assert (event.at, event.info) == (NOW, "factory reset by anna")

    async def again(game: Game) -> None:
        await game.until(lambda: "StartupOfTheDevice" in told(game))
        assert told(game) == ["StartupOfTheDevice"]

    play(nobody, tmp_path / fresh.STORE, connected=False, has_csms=False)
    play(online, tmp_path / fresh.STORE)
    play(again, tmp_path / fresh.STORE)


def test_without_a_csms_events_are_logged_and_nothing_waits() -> None:
    async def script(game: Game) -> None:
        game.station.noted("TamperDetectionActivated", "")
        assert logged(game) == ["StartupOfTheDevice", "TamperDetectionActivated"]
        assert game.store.outbox.waiting() == 0

    play(script, connected=False, has_csms=False)


def lines(game: Game, kind: str) -> list[SecurityRecord]:
    return [each for each in game.store.security_log.every() if each.kind == kind]


@pytest.mark.parametrize("kind", ["InvalidMessages", "TamperDetectionActivated"])
def test_a_storm_has_a_few_lines_and_the_last_of_them_counts_the_rest(kind: str) -> None:
    async def script(game: Game) -> None:
        for number in range(1000):
            game.station.noted(kind, str(number))
        assert len(lines(game, kind)) == OFTEN
        await asyncio.sleep(61)
        assert lines(game, kind)[-1].words == f"{OFTEN - 1} (and {1000 - OFTEN} more until 2026-03-01T00:00:00Z)"
        await asyncio.sleep(3601)
        game.station.noted(kind, "again")
        assert lines(game, kind)[-1].words == "again"
        assert sum(1 + each.more for each in lines(game, kind)) == 1001

    play(script)


def test_of_a_storm_of_what_is_critical_the_csms_is_told_every_one_in_few_messages() -> None:
    """OCPP 2.0.1 A00.FR.316."""

    async def script(game: Game) -> None:
        for number in range(600):
            game.station.noted("TamperDetectionActivated", str(number))
            await asyncio.sleep(1)
        await asyncio.sleep(61)
        events = [each for each in game.csms.of(SecurityEvent) if isinstance(each, SecurityEvent) and each.kind.startswith("Tamper")]
        assert sum(1 + each.more for each in events) == 600
        assert len(events) <= OFTEN + 12
        assert events[-1].words.endswith("more until 2026-03-01T00:09:59Z)")
        assert game.store.outbox.waiting() == 0

    play(script)


def test_a_flood_while_the_csms_is_away_waits_in_bounded_room_and_pushes_out_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A station that starts and starts again, under the hands of somebody who throws wrong certificates at it, for a day of short hours."""
    hour_s = 60.0
    monkeypatch.setattr(security_log, "WINDOW_S", hour_s)

    async def offline(game: Game) -> None:
        game.station.noted("FirmwareUpdated", "2.0")
        for number in range(KEPT + 100):
            game.station.noted("InvalidCsmsCertificate", f"number {number}")
            await asyncio.sleep(hour_s / OFTEN + 0.1)
        assert len(lines(game, "InvalidCsmsCertificate")) == KEPT
        assert game.store.outbox.waiting() <= WAITING + 2

    async def online(game: Game) -> None:
        await asyncio.sleep(10)
        events = [each for each in game.csms.of(SecurityEvent) if isinstance(each, SecurityEvent)]
        assert [each.info for each in events[:3]] == ["firmware 1.0", "2.0", "number 0"]
        assert sum(1 + each.more for each in events if each.kind == "InvalidCsmsCertificate") == KEPT + 100
        assert [each.words for each in lines(game, "FirmwareUpdated")] == ["2.0"]
        assert (game.store.outbox.waiting(), game.store.outbox.given_up()) == (0, 0)

    play(offline, tmp_path / "store", connected=False)
    for _ in range(WAITING + 20):
        play(_nothing, tmp_path / "store", connected=False)
    game = play(online, tmp_path / "store")
    starts = [each for each in game.csms.of(SecurityEvent) if isinstance(each, SecurityEvent) and each.kind == "StartupOfTheDevice"]
    assert len(starts) == WAITING
    assert sum(1 + each.more for each in starts) == WAITING + 22


async def _nothing(_: Game) -> None:
    return


def test_who_sets_the_clock_again_and_again_gets_no_more_lines() -> None:
    async def script(game: Game) -> None:
        for _ in range(500):
            game.station.clock.correct(game.station.clock.now() + DAY)
            await asyncio.sleep(1)
        await asyncio.sleep(61)
        assert len(lines(game, "SettingSystemTime")) == OFTEN
        assert sum(1 + each.more for each in lines(game, "SettingSystemTime")) == 500

    play(script)


def test_somebody_at_the_enclosure_is_noted_once_each_time() -> None:
    async def script(game: Game) -> None:
        for faults in ((OPENED,), (OPENED, TILTED), (TILTED,), (), (OPENED,)):
            game.control.warn(*faults)
            await asyncio.sleep(1)
        events = [each.info for each in game.store.security_log.every() if each.kind == "TamperDetectionActivated"]
        assert events == ["enclosure_open", "tilted", "enclosure_open"]

    play(script)


def test_a_clock_that_jumps_is_noted_and_one_that_drifts_is_not() -> None:
    async def script(game: Game) -> None:
        clock = game.station.clock
        for jump_s in (5, -5, 90, -3600):
            clock.correct(clock.now() + DAY * (jump_s / 86_400))
        assert [each.info for each in game.store.security_log.every()][-2:] == ["by +90 s, by the CSMS", "by -3600 s, by the CSMS"]
        assert logged(game).count("SettingSystemTime") == 2

    play(script)


def test_who_sets_the_hosts_clock_is_noted_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """OCPP 2.0.1 A04.FR.01: at the console, or by NTP; as long as no CSMS tells the time."""
    ahead = MIDNIGHT.timestamp() + 3600

    async def script(game: Game) -> None:
        monkeypatch.setattr(HostClock, "now_s", lambda _: ahead + virtual_time.now_s())
        await game.until(lambda: lines(game, "SettingSystemTime"))
        assert [each.info for each in lines(game, "SettingSystemTime")] == ["by +3600 s, by the host"]

    play(script, connected=False)


def test_a_reset_is_noted_when_it_is_over(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        _, after = await game.station.obey(Reset(ResetKind.IMMEDIATE))
        assert after is not None
        after()
        await game.until(lambda: game.restarts)

    async def after_restart(game: Game) -> None:
        assert logged(game) == ["StartupOfTheDevice", "ResetOrReboot", "StartupOfTheDevice"]
        assert [each.info for each in game.store.security_log.every()][1] == BootReason.REMOTE_RESET.value

    play(script, tmp_path / "store")
    play(after_restart, tmp_path / "store")


def test_memory_that_runs_out_is_noted_once_and_again_after_there_was_room() -> None:
    free: dict[str, float] = {"storage": 0.5, "memory": 0.5}

    def look() -> Mapping[str, float]:
        return free

    async def script(game: Game) -> None:
        for left in (0.04, 0.03, 0.07, 0.04, 0.2, 0.01):
            free["storage"] = left
            await asyncio.sleep(601)
        infos = [each.info for each in game.store.security_log.every() if each.kind == "MemoryExhaustion"]
        assert infos == ["storage: 4.0% free", "storage: 1.0% free"]

    play(script, security=SecuritySettings(free=look))


def test_the_log_is_bounded_and_read_between_two_moments(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    for number in range(KEPT + 200):
        with store.commit():
            store.security_log.add(NOW + number * DAY, "InvalidMessages", str(number))
    kept = [each.info for each in store.security_log.every()]
    assert (kept[0], kept[-1], len(kept)) == ("200", str(KEPT + 199), KEPT)
    some = [each.info for each in store.security_log.every(NOW + 300 * DAY, NOW + 302 * DAY)]
    assert some == ["300", "301", "302"]
    store.close()
