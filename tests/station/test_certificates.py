"""Roots and certificates of our own: what the CSMS may do to them, and what the station does by itself."""

import asyncio
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.commands import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
    InstalledCertificates,
    Outcome,
    SetNetworkProfile,
    SetVariables,
    Trigger,
    TriggerMessage,
    Verdict,
)
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.network import NetworkProfile
from chargepoint.domain.notifications import GetCertificateStatus, Notification, OcspStatus, SecurityEvent, SignAnswer, SignCertificate
from chargepoint.pki.certificates import cert_id, der, read_bundle
from chargepoint.station.ocsp import CertificateStatuses
from chargepoint.station.settings import SecuritySettings
from tests import virtual_time
from tests.pki.authority import DAY, NOW, Authority, key_pem, pem
from tests.station.rig import Game, play
from tests.station.test_securing import dial, log_of

ROOT, OTHER = Authority("root"), Authority("other")
CSMS, MAKER = CertificateUse.CSMS_ROOT, CertificateUse.MANUFACTURER_ROOT
PROFILE_3 = {"SecurityProfile": "3", "CpoName": "Stadtwerke"}


def files(folder: Path, *roots: Authority, own: Any = None) -> SecuritySettings:
    (folder / "identity").mkdir(parents=True)
    if roots:
        (folder / "csms.pem").write_text("".join(root.pem for root in roots))
    if own is not None:
        certificate, key = own
        (folder / "identity" / "factory.pem").write_text(pem(certificate))
        (folder / "identity" / "factory.key").write_bytes(key_pem(key))
    trust = {CSMS: str(folder / "csms.pem"), MAKER: str(folder / "maker.pem")}
    return SecuritySettings(trust=trust, identity=str(folder / "identity"))


def named(authority: Authority, issuer: Authority | None = None, algorithm: str = "SHA256") -> CertificateHash:
    found = cert_id(authority.certificate, (issuer or authority).certificate, algorithm)
    return CertificateHash(HashAlgorithm(algorithm), found.issuer_name_hash, found.issuer_key_hash, found.serial_number)


async def said(game: Game, command: Any) -> Verdict:
    reply, after = await game.station.obey(command)
    if after is not None:
        after()
    assert isinstance(reply, Outcome)
    return reply.verdict


async def listed(game: Game, *uses: CertificateUse) -> list[tuple[CertificateUse, CertificateHash]]:
    reply, _ = await game.station.obey(GetInstalledCertificateIds(uses))
    assert isinstance(reply, InstalledCertificates)
    return list(reply.found)


def told(game: Game) -> list[str]:
    return [event.kind for event in game.csms.of(SecurityEvent) if isinstance(event, SecurityEvent)]


# Roots


def test_roots_are_installed_listed_and_deleted_in_the_files_of_the_configuration(tmp_path: Path) -> None:
    """OCPP 2.0.1 M04.FR.02, M04.FR.04, M05.FR.01, M05.FR.02."""

    async def script(game: Game) -> None:
        assert await listed(game) == []
        assert await said(game, InstallCertificate(CSMS, ROOT.pem)) is Verdict.ACCEPTED
        assert await said(game, InstallCertificate(MAKER, OTHER.pem)) is Verdict.ACCEPTED
        assert read_bundle(tmp_path / "csms.pem") == (ROOT.certificate,)
        assert await listed(game, CSMS) == [(CSMS, named(ROOT))]
        assert await listed(game) == [(CSMS, named(ROOT)), (MAKER, named(OTHER))]
        for algorithm in ("SHA512", "SHA256"):
            verdict = await said(game, DeleteCertificate(named(OTHER, algorithm=algorithm)))
            assert verdict is (Verdict.ACCEPTED if algorithm == "SHA512" else Verdict.NOT_FOUND)
        assert await listed(game, MAKER) == []
        assert len(log_of(game)) == 3

    play(script, security=files(tmp_path))


@pytest.mark.parametrize("bad", ["no certificate", Authority("over", end=NOW - DAY).pem, pem(ROOT.leaf()[0])])
def test_a_root_that_is_none_is_refused_and_told(bad: str, tmp_path: Path) -> None:
    """OCPP 2.0.1 M05.FR.07."""

    async def script(game: Game) -> None:
        assert await said(game, InstallCertificate(CSMS, bad)) is Verdict.REJECTED
        await game.until(lambda: "InvalidCsmsCertificate" in told(game))
        assert await listed(game) == []

    play(script, security=files(tmp_path))


def test_there_is_room_for_so_many_and_a_disk_that_fails_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OCPP 2.0.1 M05.FR.03, M05.FR.06, M05.FR.17."""

    async def script(game: Game) -> None:
        assert await said(game, InstallCertificate(CSMS, ROOT.pem)) is Verdict.ACCEPTED
        assert await said(game, InstallCertificate(CSMS, OTHER.pem)) is Verdict.REJECTED
        monkeypatch.setattr(os, "replace", _fails)
        assert await said(game, InstallCertificate(CSMS, ROOT.pem)) is Verdict.ACCEPTED, "it is there already"
        assert await said(game, DeleteCertificate(named(ROOT))) is Verdict.ACCEPTED
        assert await said(game, InstallCertificate(CSMS, ROOT.pem)) is Verdict.FAILED

    play(script, keys={"CertificateStoreMaxLength": "1"}, security=files(tmp_path))


@pytest.mark.parametrize("check", ["false", "true"])
def test_a_full_store_refuses_and_is_no_security_event(check: str, tmp_path: Path) -> None:
    """M05.FR.06: nothing is wrong with the certificate. What is wrong with one is told even then (M05.FR.07)."""

    async def script(game: Game) -> None:
        assert await said(game, InstallCertificate(MAKER, OTHER.pem)) is Verdict.ACCEPTED
        before = len(log_of(game))
        reply, _ = await game.station.obey(InstallCertificate(CSMS, ROOT.pem))
        assert isinstance(reply, Outcome)
        assert (reply.verdict, reply.reason_code) == (Verdict.REJECTED, "OutOfStorage")
        assert len(log_of(game)) == before
        await asyncio.sleep(5)
        assert "InvalidCsmsCertificate" not in told(game)
        assert await said(game, InstallCertificate(CSMS, "rubbish")) is Verdict.REJECTED
        await game.until(lambda: "InvalidCsmsCertificate" in told(game))
        assert await said(game, DeleteCertificate(named(OTHER))) is Verdict.ACCEPTED
        assert await said(game, InstallCertificate(CSMS, ROOT.pem)) is Verdict.ACCEPTED

    play(script, keys={"CertificateStoreMaxLength": "1", "AdditionalRootCertificateCheck": check}, security=files(tmp_path))


def test_a_full_store_lets_one_root_follow_the_other(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await said(game, InstallCertificate(CSMS, Authority("new", ROOT).pem)) is Verdict.ACCEPTED

    play(script, keys={"CertificateStoreMaxLength": "1", "AdditionalRootCertificateCheck": "true"}, security=files(tmp_path, ROOT))


def test_a_file_of_ours_that_is_damaged_is_our_failure_and_not_the_certificates(tmp_path: Path) -> None:
    """M05.FR.03."""

    async def script(game: Game) -> None:
        (tmp_path / "csms.pem").write_text("-----BEGIN CERTIFICATE-----\nhalf of it")
        assert await said(game, InstallCertificate(CSMS, ROOT.pem)) is Verdict.FAILED
        await asyncio.sleep(5)
        assert told(game) == ["StartupOfTheDevice"]

    play(script, security=files(tmp_path, ROOT))


def _fails(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_the_root_of_this_connection_and_our_own_certificate_are_not_deleted(tmp_path: Path) -> None:
    """OCPP 2.0.1 M04.FR.03, M04.FR.06."""
    own = ROOT.leaf("0001")

    async def script(game: Game) -> None:
        game.station.security.certificates.verified((b"server", der(ROOT.certificate)))
        assert await said(game, DeleteCertificate(named(ROOT))) is Verdict.FAILED
        assert await said(game, DeleteCertificate(named(OTHER))) is Verdict.ACCEPTED
        found = cert_id(own[0], ROOT.certificate)
        hashed = CertificateHash(HashAlgorithm.SHA256, found.issuer_name_hash, found.issuer_key_hash, found.serial_number)
        assert await said(game, DeleteCertificate(hashed)) is Verdict.FAILED
        assert (tmp_path / "identity" / "factory.pem").exists()
        game.station.security.certificates.verified(())
        assert await said(game, DeleteCertificate(named(ROOT))) is Verdict.ACCEPTED, "a plain connection needs no root"

    play(script, security=files(tmp_path, ROOT, OTHER, own=own))


def test_a_second_root_before_the_first_has_worked_leaves_the_one_that_works(tmp_path: Path) -> None:
    new = Authority("new", ROOT)
    newer = Authority("newer", new)

    async def script(game: Game) -> None:
        game.station.security.certificates.verified((b"server", der(ROOT.certificate)))
        assert await said(game, InstallCertificate(CSMS, new.pem)) is Verdict.ACCEPTED
        assert await said(game, InstallCertificate(CSMS, newer.pem)) is Verdict.ACCEPTED
        assert read_bundle(tmp_path / "csms.pem") == (newer.certificate, ROOT.certificate)

    play(script, keys={"AdditionalRootCertificateCheck": "true"}, security=files(tmp_path, ROOT))


def test_the_makers_last_root_leaves_word_that_there_was_one(tmp_path: Path) -> None:
    """So that whoever deletes it does not open the door to firmware that nobody has signed."""

    async def script(game: Game) -> None:
        for _ in range(2):
            assert await said(game, InstallCertificate(MAKER, OTHER.pem)) is Verdict.ACCEPTED
            assert await said(game, DeleteCertificate(named(OTHER))) is Verdict.ACCEPTED
            assert await listed(game, MAKER) == []
            assert (tmp_path / "maker.pem").read_bytes() == b""

    play(script, security=files(tmp_path, ROOT))


def test_with_the_additional_check_one_root_follows_the_other(tmp_path: Path) -> None:
    """OCPP 2.0.1 M05.FR.09, M05.FR.10, M05.FR.11, M05.FR.12, M05.FR.13."""
    new = Authority("new", ROOT)

    async def script(game: Game) -> None:
        certificates = game.station.security.certificates
        assert await said(game, InstallCertificate(CSMS, OTHER.pem)) is Verdict.REJECTED
        assert await said(game, InstallCertificate(CSMS, new.pem)) is Verdict.ACCEPTED
        assert read_bundle(tmp_path / "csms.pem") == (new.certificate, ROOT.certificate)
        certificates.verified((b"server", der(ROOT.certificate)))
        assert len(await listed(game, CSMS)) == 2, "the old one is what works"
        certificates.verified((b"server", der(new.certificate)))
        assert read_bundle(tmp_path / "csms.pem") == (new.certificate,)

    play(script, keys={"AdditionalRootCertificateCheck": "true"}, security=files(tmp_path, ROOT))


def test_another_csms_has_to_show_the_new_root_and_the_one_before_may_show_the_old_one_again(tmp_path: Path) -> None:
    """OCPP 2.0.1 M05.FR.15, M05.FR.16."""
    new = Authority("new", ROOT)
    home, away = (NetworkProfile(url=f"wss://{name}/ocpp", security_profile=2) for name in ("home", "away"))

    async def before(game: Game) -> None:
        await dial(game, lambda access: access.url == home.url)
        await said(game, InstallCertificate(CSMS, new.pem))
        assert await said(game, SetNetworkProfile(2, away)) is Verdict.ACCEPTED
        priority = VariableKey(component="OCPPCommCtrlr", variable="NetworkConfigurationPriority")
        await game.station.obey(SetVariables(((priority, "2,1"),)))

    async def after(game: Game) -> None:
        tried = await dial(game, lambda access: access.url == home.url)
        assert [(each.url, bool(each.trust_pem)) for each in tried] == [(away.url, True)] * 3 + [(home.url, False)]
        assert tried[0].trust_pem.strip() == new.pem.strip()
        assert read_bundle(Path(tried[-1].trust_file or "")) == (new.certificate, ROOT.certificate)

    security, keys = (
        files(tmp_path, ROOT),
        {"AdditionalRootCertificateCheck": "true", "SecurityProfile": "2", "AuthorizationKey": "00" * 16},
    )
    play(before, tmp_path / "store", keys=keys, security=security, network=home, connected=False)
    play(after, tmp_path / "store", keys=keys, security=security, network=home, connected=False)


# For vehicles


def vehicles(folder: Path) -> SecuritySettings:
    """A pair whose certificate has two authorities above it."""
    first = Authority("sub 1", ROOT)
    second = Authority("sub 2", first)
    certificate, key = second.leaf()
    (folder / "vehicles").mkdir()
    (folder / "vehicles" / "one.pem").write_text(pem(certificate, second.certificate, first.certificate))
    (folder / "vehicles" / "one.key").write_bytes(key_pem(key))
    settings = files(folder)
    return replace(
        settings, trust={**settings.trust, CertificateUse.V2G_ROOT: str(folder / "v2g.pem")}, for_vehicles=str(folder / "vehicles")
    )


def test_with_an_authority_goes_what_it_has_signed(tmp_path: Path) -> None:
    """OCPP 2.0.1 M04.FR.08: else it would stay, of no use, and nothing could delete it."""

    async def script(game: Game) -> None:
        assert await said(game, InstallCertificate(CertificateUse.V2G_ROOT, ROOT.pem)) is Verdict.ACCEPTED
        reply, _ = await game.station.obey(GetInstalledCertificateIds((CertificateUse.V2G_CHAIN,)))
        assert isinstance(reply, InstalledCertificates)
        ((_, leaf),) = reply.found
        above = reply.above[leaf]
        assert len(above) == 2
        assert await said(game, DeleteCertificate(above[1])) is Verdict.ACCEPTED
        assert await listed(game, CertificateUse.V2G_CHAIN) == []
        for name in (leaf, *above):
            assert await said(game, DeleteCertificate(name)) is Verdict.NOT_FOUND

    play(script, security=vehicles(tmp_path))


def test_one_that_has_signed_itself_is_listed_and_deleted_like_any_other(tmp_path: Path) -> None:
    """M03.FR.05: an integrator tries out what talks to vehicles."""
    settings = vehicles(tmp_path)
    (tmp_path / "vehicles" / "own.pem").write_text(OTHER.pem)
    (tmp_path / "vehicles" / "own.key").write_bytes(key_pem(OTHER.key))

    async def script(game: Game) -> None:
        assert (CertificateUse.V2G_CHAIN, named(OTHER)) in await listed(game)
        assert await said(game, DeleteCertificate(named(OTHER))) is Verdict.ACCEPTED
        assert len(await listed(game, CertificateUse.V2G_CHAIN)) == 1

    play(script, security=settings)


def test_certificates_for_vehicles_take_room_as_well(tmp_path: Path) -> None:
    """M05.FR.06: there are never more than the CSMS was told of as the limit of CertificateEntries."""

    async def script(game: Game) -> None:
        assert await said(game, InstallCertificate(CSMS, ROOT.pem)) is Verdict.ACCEPTED
        assert await said(game, InstallCertificate(CSMS, OTHER.pem)) is Verdict.REJECTED
        model = game.station.security.renewing._model
        entry = model.entry(VariableKey(component="SecurityCtrlr", variable="CertificateEntries"))
        assert entry is not None
        assert (model.value(entry), entry.bounds.maximum) == ("4", 4)

    play(script, keys={"CertificateStoreMaxLength": "4"}, security=vehicles(tmp_path))


class Asked:
    """A CSMS that is asked for the status of certificates, and the time of each question in days."""

    connected = True

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.days: list[float] = []

    def says(self, notification: Notification) -> bool:
        return True

    async def ask(self, notification: Notification) -> OcspStatus:
        self.days.append(virtual_time.now_s() / 86_400)
        return OcspStatus(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


class Ours:
    """One certificate for vehicles."""

    name = CertificateHash(HashAlgorithm.SHA256, "aa", "bb", "1")

    def statuses(self) -> list[GetCertificateStatus]:
        return [GetCertificateStatus(self.name, "http://responder")]


async def days_of_questions(csms: Any, days: float, accepted: Callable[[], bool] = lambda: True) -> CertificateStatuses:
    certificates: Any = Ours()
    clock: Any = SimpleNamespace(monotonic=virtual_time.now_s)
    statuses = CertificateStatuses(certificates, clock, csms, accepted)
    work = asyncio.ensure_future(statuses.run())
    await asyncio.sleep(days * 86_400)
    work.cancel()
    return statuses


def test_it_is_asked_once_the_boot_is_accepted() -> None:
    """OCPP 2.0.1 M06.FR.06: what was known before the start is gone."""

    async def main() -> None:
        csms = Asked("good")
        await days_of_questions(csms, 0.01, lambda: virtual_time.now_s() > 200)
        (day,) = csms.days
        assert day * 86_400 < 300

    virtual_time.run(main())


@pytest.mark.parametrize(("answers", "days"), [(["good"], [0, 6.5, 13, 19.5]), (["", "", "good"], [0, 1, 2, 8.5, 15])])
def test_what_is_known_of_a_certificate_is_never_older_than_a_week(answers: list[str], days: list[float]) -> None:
    """OCPP 2.0.1 M06.FR.10: where the CSMS could not tell it is asked again a day later."""

    async def main() -> None:
        csms = Asked(*answers)
        statuses = await days_of_questions(csms, 20)
        assert csms.days == pytest.approx(days, abs=0.1)
        assert statuses.response(Ours.name) == "good"

    virtual_time.run(main())


# Our own


def requests(game: Game) -> list[str]:
    return [each.csr for each in game.csms.of(SignCertificate) if isinstance(each, SignCertificate)]


async def trigger(game: Game) -> None:
    command = TriggerMessage(Trigger.SIGN_CHARGING_STATION_CERTIFICATE)
    assert await said(game, command) is Verdict.ACCEPTED


def agrees(game: Game, accepted: bool = True) -> None:
    kindly = game.csms.kindly

    def answer(notification: Notification) -> Any:
        return SignAnswer(accepted) if isinstance(notification, SignCertificate) else kindly(notification)

    game.csms.answer = answer


def signed(chain: str) -> CertificateSigned:
    return CertificateSigned(chain, CertificateUse.CHARGING_STATION)


def test_a_certificate_is_asked_for_signed_tried_and_used(tmp_path: Path) -> None:
    """OCPP 2.0.1 A02.FR.02, A02.FR.03, A02.FR.08, A03.FR.08."""

    async def script(game: Game) -> None:
        agrees(game)
        await dial(game, lambda access: (access.certificate_file or "").endswith("factory.pem"))
        await trigger(game)
        await game.until(lambda: requests(game))
        assert await said(game, signed(ROOT.sign(requests(game)[0], begin=NOW - DAY))) is Verdict.ACCEPTED
        assert game.csms.drops == ["new credentials"]
        tried = await dial(game, lambda access: "station-" in (access.certificate_file or ""))
        assert len(tried) == 1
        assert "the new one works and is kept" in log_of(game)[-1]
        game.csms.lose()
        assert len(await dial(game, lambda access: "station-" in (access.certificate_file or ""))) == 1
        await asyncio.sleep(3600)
        assert len(requests(game)) == 1

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 30 * DAY)))


def test_one_that_has_worked_and_is_refused_later_leaves_a_turn_to_its_predecessor(tmp_path: Path) -> None:
    """1.6-SEC A02.FR.10: old ones are kept as a fallback. The CSMS may have withdrawn the new one."""

    async def script(game: Game) -> None:
        agrees(game)
        await dial(game, lambda access: (access.certificate_file or "").endswith("factory.pem"))
        await trigger(game)
        await game.until(lambda: requests(game))
        await said(game, signed(ROOT.sign(requests(game)[0], begin=NOW - DAY)))
        await dial(game, lambda access: "station-" in (access.certificate_file or ""))
        game.csms.lose()
        tried = await dial(game, lambda access: (access.certificate_file or "").endswith("factory.pem"), 30)
        assert game.csms.connected
        assert len(tried) > 2, "one refusal may be a mistake of the CSMS"
        game.csms.lose()
        assert "station-" in (game.station.security.securing.access().certificate_file or ""), "the newest is tried once more"

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 30 * DAY)))


def test_a_certificate_that_comes_again_is_accepted_and_changes_nothing(tmp_path: Path) -> None:
    """The connection broke before the answer to the first one had arrived."""

    async def script(game: Game) -> None:
        agrees(game)
        await dial(game, lambda access: (access.certificate_file or "").endswith("factory.pem"))
        await trigger(game)
        await game.until(lambda: requests(game))
        chain = ROOT.sign(requests(game)[0], begin=NOW - DAY)
        await said(game, signed(chain))
        await dial(game, lambda access: "station-" in (access.certificate_file or ""))
        assert await said(game, signed(chain)) is Verdict.ACCEPTED
        assert game.csms.drops == ["new credentials"]
        assert "InvalidChargingStationCertificate" not in told(game)

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 30 * DAY)))


def test_a_new_certificate_that_does_not_work_makes_way_for_the_old_one(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        agrees(game)
        await trigger(game)
        await game.until(lambda: requests(game))
        await said(game, signed(ROOT.sign(requests(game)[0], begin=NOW - DAY)))
        tried = await dial(game, lambda access: (access.certificate_file or "").endswith("factory.pem"))
        assert 29 <= len(tried) - 1 <= 31
        assert "does not work within 30 s" in log_of(game)[-1]
        assert sorted(each.name for each in (tmp_path / "identity").iterdir()) == ["factory.key", "factory.pem"]

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 30 * DAY)))


def put(folder: Path, name: str, **more: Any) -> None:
    certificate, key = ROOT.leaf("0001", **more)
    (folder / "identity" / f"{name}.pem").write_text(pem(certificate))
    (folder / "identity" / f"{name}.key").write_bytes(key_pem(key))


@pytest.mark.parametrize("works", [True, False])
def test_one_that_the_integrator_puts_there_is_tried_as_well_and_put_aside_at_worst(works: bool, tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        assert len(await dial(game, lambda access: (access.certificate_file or "").endswith("factory.pem"))) == 1

    async def script(game: Game) -> None:
        wanted = "other.pem" if works else "factory.pem"
        tried = await dial(game, lambda access: (access.certificate_file or "").endswith(wanted))
        assert (len(tried) == 1) is works
        assert (tmp_path / "identity" / "other.pem.refused").exists() is not works
        game.csms.lose()
        assert len(await dial(game, lambda access: (access.certificate_file or "").endswith(wanted))) == 1

    security = files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 30 * DAY))
    play(before, tmp_path / "store", keys=PROFILE_3, security=security, connected=False)
    put(tmp_path, "other", begin=NOW - 2 * DAY)
    play(script, tmp_path / "store", keys=PROFILE_3, security=security, connected=False)


def test_a_power_cut_right_after_a_certificate_was_written_leaves_a_way_back(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        agrees(game)
        await dial(game, lambda access: (access.certificate_file or "").endswith("factory.pem"))
        await trigger(game)
        await game.until(lambda: requests(game))
        game.station.security.certificates.came = _cut
        with pytest.raises(RuntimeError, match="power cut"):
            await said(game, signed(ROOT.sign(requests(game)[0], begin=NOW - DAY)))

    async def script(game: Game) -> None:
        tried = await dial(game, lambda access: (access.certificate_file or "").endswith("factory.pem"))
        assert 29 <= len(tried) - 1 <= 31
        assert "does not work within 30 s" in log_of(game)[-1]

    security = files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 30 * DAY))
    play(before, tmp_path / "store", keys=PROFILE_3, security=security)
    play(script, tmp_path / "store", keys=PROFILE_3, security=security, connected=False)


def _cut(name: str) -> None:
    raise RuntimeError("power cut")


def test_a_certificate_for_a_lower_profile_waits_for_its_day(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        agrees(game)
        await trigger(game)
        await game.until(lambda: requests(game))
        assert await said(game, signed(ROOT.sign(requests(game)[0]))) is Verdict.ACCEPTED
        assert game.csms.drops == []

    play(script, security=files(tmp_path, ROOT))


def _asked(game: Game, times: int) -> bool:
    return len(requests(game)) == times


def test_certificates_that_come_one_after_the_other_do_not_pile_up_and_leave_the_one_that_works(tmp_path: Path) -> None:
    """In profile 1 none of them is ever tried; in profile 3 one whose time has not come waits for it."""

    async def script(game: Game) -> None:
        agrees(game)
        await dial(game, lambda _: True)
        for day in range(1, 8):
            await trigger(game)
            await game.until(partial(_asked, game, day))
            assert await said(game, signed(ROOT.sign(requests(game)[-1], begin=NOW + day * DAY))) is Verdict.ACCEPTED
        assert len(list((tmp_path / "identity").glob("station-*.pem"))) == 3
        game.csms.lose()
        assert (game.station.security.securing.access().certificate_file or "").endswith("factory.pem")

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=ROOT.leaf("0001", begin=NOW - 30 * DAY)))


@pytest.mark.parametrize("bad", ["stranger", "rubbish", "long", "unasked"])
def test_a_certificate_that_will_not_do_is_refused_and_told(bad: str, tmp_path: Path) -> None:
    """OCPP 2.0.1 A02.FR.07, A02.FR.16, A03.FR.07, A03.FR.16."""

    async def script(game: Game) -> None:
        agrees(game)
        await trigger(game)
        await game.until(lambda: requests(game))
        chain = {
            "stranger": OTHER.sign(requests(game)[0]),
            "rubbish": "rubbish",
            "long": ROOT.sign(requests(game)[0]) * 20,
            "unasked": pem(ROOT.leaf("0001")[0]),
        }[bad]
        assert await said(game, signed(chain)) is Verdict.REJECTED
        await game.until(lambda: "InvalidChargingStationCertificate" in told(game))
        assert game.csms.drops == []

    play(script, keys=PROFILE_3, security=files(tmp_path, ROOT, own=ROOT.leaf("0001")))


def test_without_a_directory_there_is_no_certificate_of_our_own() -> None:
    async def script(game: Game) -> None:
        agrees(game)
        await trigger(game)
        await asyncio.sleep(1000)
        assert requests(game) == []
        assert await said(game, signed(ROOT.pem)) is Verdict.REJECTED

    play(script)
