"""A new certificate of our own by the rules of 2.0.1 and its errata: used at once, and only what works stays."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import SetNetworkProfile, Trigger, TriggerMessage, Verdict
from chargepoint.domain.variables.plug_and_charge import PNC_ENABLED, V2G_CERTIFICATES
from chargepoint.domain.variables.security import ALLOW_DOWNGRADE
from chargepoint.station import renewing
from chargepoint.station.settings import SecuritySettings
from chargepoint.station.spare import PATIENCE
from tests import virtual_time
from tests.pki.authority import DAY, NOW
from tests.station.rig import MIDNIGHT, Game, play
from tests.station.test_certificates import OTHER, PROFILE_3, ROOT, _cut, agrees, files, put, requests, said, signed, told, trigger
from tests.station.test_networking import AWAY, HOME, prioritise
from tests.station.test_securing import dial

FACTORY, NEW = "factory.pem", "station-"


def shown(game: Game) -> str:
    """The file that the next attempt is made with."""
    return Path(game.station.security.securing.access().certificate_file or "").name


def kept(folder: Path) -> list[str]:
    return sorted(each.stem for each in (folder / "identity").glob("*.pem"))


async def asked(game: Game) -> str:
    """Connected with what there is, in 2.0.1; the station has asked for a new one: the request."""
    game.csms.version = "2.0.1"
    agrees(game)
    await dial(game, lambda access: (access.certificate_file or "").endswith(FACTORY))
    await trigger(game)
    await game.until(lambda: requests(game))
    return requests(game)[-1]


def owner(folder: Path, **more: object) -> SecuritySettings:
    return files(folder, ROOT, own=ROOT.leaf("0001", **{"begin": NOW - 30 * DAY, **more}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "begin", [NOW - DAY, NOW - 60 * DAY, MIDNIGHT + timedelta(minutes=3)], ids=["newer", "begins before the old one", "our clock is behind"]
)
def test_it_is_used_at_once_and_the_one_before_is_discarded(begin: object, tmp_path: Path) -> None:
    """A02.FR.06, A02.FR.08, A02.FR.10, A03.FR.06, A03.FR.08, A03.FR.10. The key stays here: A02.FR.05, A03.FR.05."""

    async def script(game: Game) -> None:
        request = await asked(game)
        assert await said(game, signed(ROOT.sign(request, begin=begin))) is Verdict.ACCEPTED
        assert game.csms.drops == ["new credentials"]
        assert len(await dial(game, lambda access: NEW in (access.certificate_file or ""))) == 1
        (only,) = kept(tmp_path)
        assert only.startswith(NEW)
        game.csms.lose()
        assert shown(game) == f"{only}.pem"
        assert "PRIVATE" not in repr(game.csms.asked)
        modes = {each.stat().st_mode & 0o777 for each in (tmp_path / "identity").glob(f"{NEW}*.key")}
        assert modes == {0o600}

    play(script, keys=PROFILE_3, security=owner(tmp_path))


def test_one_whose_time_has_not_come_is_rejected(tmp_path: Path) -> None:
    """A02.FR.06, A02.FR.07, A03.FR.06, A03.FR.07."""

    async def script(game: Game) -> None:
        request = await asked(game)
        assert await said(game, signed(ROOT.sign(request, begin=MIDNIGHT + timedelta(hours=1)))) is Verdict.REJECTED
        await game.until(lambda: "InvalidChargingStationCertificate" in told(game))
        assert (game.csms.drops, kept(tmp_path)) == ([], ["factory"])

    play(script, keys=PROFILE_3, security=owner(tmp_path))


def test_one_that_does_not_work_is_discarded_and_the_csms_is_told(tmp_path: Path) -> None:
    """A02.FR.10, A02.FR.29, A03.FR.10, A03.FR.25."""

    async def script(game: Game) -> None:
        assert await said(game, signed(ROOT.sign(await asked(game), begin=MIDNIGHT - DAY))) is Verdict.ACCEPTED
        await dial(game, lambda access: (access.certificate_file or "").endswith(FACTORY))
        assert kept(tmp_path) == ["factory"]
        await game.until(lambda: "DiscardedRenewedClientCertificate" in told(game))

    play(script, keys=PROFILE_3, security=owner(tmp_path))


def test_at_each_network_profile_the_old_one_and_the_new_one_take_turns(tmp_path: Path) -> None:
    """A02.FR.28, A03.FR.24."""

    async def script(game: Game) -> None:
        security, away = game.station.security.securing, HOME.url.replace("home", "away")
        request = await asked(game)
        assert await said(game, SetNetworkProfile(2, AWAY.__class__(url=away, security_profile=3))) is Verdict.ACCEPTED
        await prioritise(game, "1,2")
        await said(game, signed(ROOT.sign(request, begin=MIDNIGHT - DAY)))
        seen: set[tuple[str, str]] = set()
        for _ in range(90):
            access = security.access()
            seen.add((access.url, Path(access.certificate_file or "").name[: len(NEW)]))
            security.failed(answered=False)
            await asyncio.sleep(1)
        assert seen == {(url, name) for url in (HOME.url, away) for name in (NEW, FACTORY[: len(NEW)])}

    play(script, keys=PROFILE_3, security=owner(tmp_path), network=HOME)


def test_while_one_is_tried_the_way_back_is_the_one_that_has_worked(tmp_path: Path) -> None:
    """A02.FR.28: not the one before it, which has never worked either."""

    async def script(game: Game) -> None:
        await said(game, signed(ROOT.sign(await asked(game), begin=MIDNIGHT - DAY)))
        await asyncio.sleep(1.05 - virtual_time.now_s() % 1)  # once a second it is looked whether the new one is to be tried again
        await dial(game, lambda access: (access.certificate_file or "").endswith(FACTORY), answered=False)
        await trigger(game)
        await game.until(lambda: len(requests(game)) == 2)
        assert await said(game, signed(ROOT.sign(requests(game)[-1], begin=MIDNIGHT - DAY))) is Verdict.ACCEPTED
        assert len(kept(tmp_path)) == 3
        await dial(game, lambda access: (access.certificate_file or "").endswith(FACTORY))
        assert game.csms.connected

    play(script, keys=PROFILE_3, security=owner(tmp_path))


def test_one_that_is_put_there_while_the_csms_refuses_the_old_one_replaces_it_only_once_it_works(tmp_path: Path) -> None:
    """A02.FR.10: what is discarded is not what has just worked."""

    async def script(game: Game) -> None:
        game.csms.version = "2.0.1"
        await dial(game, lambda _: True)
        game.csms.lose()
        await dial(game, lambda _: False, PATIENCE + 1)
        put(tmp_path, "other", begin=NOW - 2 * DAY)
        await dial(game, lambda access: (access.certificate_file or "").endswith(FACTORY))
        assert "factory" in kept(tmp_path)
        await asyncio.sleep(2)
        await dial(game, lambda access: (access.certificate_file or "").endswith(FACTORY))
        assert kept(tmp_path) == ["factory"]

    play(script, keys=PROFILE_3, security=owner(tmp_path))


def test_a_connection_that_shows_no_certificate_proves_none(tmp_path: Path) -> None:
    """A02.FR.10: where the profile may be lowered, a password may connect before the new certificate has."""
    home = AWAY.__class__(url="wss://home/ocpp", security_profile=3)

    async def script(game: Game) -> None:
        request = await asked(game)
        game.station.security.securing.network._model.put(ALLOW_DOWNGRADE, True)
        assert await said(game, SetNetworkProfile(2, AWAY.__class__(url=AWAY.url, security_profile=2))) is Verdict.ACCEPTED
        assert (await prioritise(game, "1,2"))[0] == "Accepted"
        await said(game, signed(ROOT.sign(request, begin=MIDNIGHT - DAY)))
        await dial(game, lambda access: access.security_profile == 2)
        assert game.csms.connected
        assert "factory" in kept(tmp_path)

    play(script, keys=PROFILE_3 | {"AuthorizationKey": "11" * 16}, security=owner(tmp_path), network=home)


def test_a_power_cut_while_the_old_one_is_discarded_keeps_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A02.FR.10: even where the old one begins later, and so is the newer of the two."""

    async def before(game: Game) -> None:
        await said(game, signed(ROOT.sign(await asked(game), begin=NOW - 60 * DAY)))
        monkeypatch.setattr(game.station.security.securing, "_keep_only", _cut)
        with pytest.raises(RuntimeError, match="power cut"):
            await dial(game, lambda access: NEW in (access.certificate_file or ""))

    async def after(game: Game) -> None:
        game.csms.version = "2.0.1"
        await dial(game, lambda _: True)
        (only,) = kept(tmp_path)
        assert only.startswith(NEW)

    security = owner(tmp_path)
    play(before, tmp_path / "store", keys=PROFILE_3, security=security)
    play(after, tmp_path / "store", keys=PROFILE_3, security=security, connected=False)


def test_one_that_has_ended_is_shown_all_the_same_and_opens_no_higher_profile(tmp_path: Path) -> None:
    """A00.FR.430, A05.FR.03: whether it will do for a connection is for the CSMS to say."""
    security = owner(tmp_path, begin=NOW - 300 * DAY, end=NOW - DAY)

    async def connects(game: Game) -> None:
        assert shown(game) == FACTORY

    async def raises(game: Game) -> None:
        await said(game, SetNetworkProfile(2, AWAY.__class__(url=AWAY.url, security_profile=3)))
        assert (await prioritise(game, "2,1"))[0] == "Rejected"

    play(connects, keys=PROFILE_3, security=security, connected=False)
    play(raises, security=security, network=HOME)


@pytest.mark.parametrize("refused", [False, True], ids=["no certificate comes", "what comes is refused here"])
def test_after_that_nothing_is_asked_until_the_csms_wants_it(refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A02.FR.19, A02.FR.20, A03.FR.19: nor when it is time to ask again, although the one there is ends soon."""
    monkeypatch.setattr(renewing, "LOOK_EVERY_S", 600.0)
    monkeypatch.setattr(renewing, "ASK_AGAIN_S", 3_600.0)

    async def script(game: Game) -> None:
        request = await asked(game)
        if refused:
            assert await said(game, signed(OTHER.sign(request))) is Verdict.REJECTED
        await asyncio.sleep(2 * 100 * (1 + 2 + 4))
        count = len(requests(game))
        assert count == (1 if refused else 4), "three doublings of the wait"
        await asyncio.sleep(3 * renewing.ASK_AGAIN_S)
        assert len(requests(game)) == count
        await trigger(game)
        await game.until(lambda: len(requests(game)) == count + 1)

    keys = PROFILE_3 | {"CertSigningWaitMinimum": "100", "CertSigningRepeatTimes": "2"}
    play(script, keys=keys, security=owner(tmp_path, end=NOW + 20 * DAY))


def test_plug_and_charge_is_off_while_the_csms_will_not_have_a_certificate_for_vehicles(tmp_path: Path) -> None:
    """A02.FR.21: until the next start."""
    (tmp_path / "vehicles").mkdir()
    security = SecuritySettings(for_vehicles=str(tmp_path / "vehicles"))

    async def script(game: Game) -> None:
        game.csms.version = "2.0.1"
        agrees(game, accepted=False)
        model = game.station.security.renewing_for_vehicles._model
        model.put(V2G_CERTIFICATES, True)
        model.put(PNC_ENABLED, True)
        assert await said(game, TriggerMessage(Trigger.SIGN_V2G_CERTIFICATE)) is Verdict.ACCEPTED
        await game.until(lambda: requests(game))
        await game.until(lambda: not model.read(PNC_ENABLED))
        assert CertificateUse.V2G in {getattr(each, "use", None) for _, each in game.csms.asked}

    play(script, security=security)
