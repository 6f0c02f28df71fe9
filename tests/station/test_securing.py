"""New credentials are tried before they are kept, and whatever happens meanwhile the station finds a way back."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import GetVariables, SetVariables
from chargepoint.domain.device_model import GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.station.csms import Access
from chargepoint.station.settings import SecuritySettings
from tests.pki.authority import DAY, NOW, Authority, key_pem, pem
from tests.station.rig import Game, play

OLD, NEW, NEWER = "00" * 16, "11" * 20, "22" * 16
PASSWORD, PROFILE = "AuthorizationKey", "SecurityProfile"
BASIC = {PASSWORD: OLD, PROFILE: "1"}
CHANGED = "ReconfigurationOfSecurityParameters"
ROOT = Authority()


def key(name: str) -> VariableKey:
    return VariableKey(component="", variable=name)


async def change(game: Game, name: str, value: str, answered: bool = True) -> VariableStatus:
    """ChangeConfiguration; ``answered``: the answer has left."""
    reply, after = await game.station.obey(SetVariables(((key(name), value),)))
    assert isinstance(reply, tuple)
    result = reply[0]
    assert isinstance(result, SetResult)
    if after is not None and answered:
        after()
    return result.status


async def dial(game: Game, works: Callable[[Access], bool], seconds: float = 200, answered: bool = True) -> list[Access]:
    """Attempts every second, until one works; what each was made with. ``answered``: the others are refused by somebody."""
    tried: list[Access] = []
    for _ in range(round(seconds)):
        tried.append(game.station.security.securing.access())
        if works(tried[-1]):
            game.csms.connect()
            await asyncio.sleep(0.1)
            break
        game.station.security.securing.failed(answered)
        await asyncio.sleep(1)
    return tried


def passwords(tried: list[Access]) -> list[str | None]:
    return [each.password for each in tried]


def log_of(game: Game, kind: str = CHANGED) -> list[str]:
    return [each.info for each in game.store.security_log.every() if each.kind == kind]


def wants(password: str) -> Callable[[Access], bool]:
    return lambda access: access.password == password


def test_a_new_password_is_answered_first_then_used_and_kept(tmp_path: Path) -> None:
    """OCPP 2.0.1 A01.FR.01, A01.FR.11."""

    async def script(game: Game) -> None:
        assert await change(game, PASSWORD, NEW, answered=False) is VariableStatus.ACCEPTED
        assert game.csms.drops == [], "the answer goes first"
        game.csms.drop("the answer has left")
        assert passwords(await dial(game, wants(NEW))) == [NEW]
        assert log_of(game) == ["password: the new one works and is kept"]
        game.csms.lose()
        assert passwords(await dial(game, wants(NEW))) == [NEW]

    async def after_restart(game: Game) -> None:
        assert passwords(await dial(game, wants(NEW))) == [NEW]

    play(script, tmp_path / "store", keys=BASIC)
    play(after_restart, tmp_path / "store", keys=BASIC, connected=False)


def test_the_connection_is_made_anew_once_the_answer_has_left() -> None:
    async def script(game: Game) -> None:
        await change(game, PASSWORD, OLD)
        assert game.csms.drops == ["new credentials"], "even where it is the same: the CSMS waits for it"

    play(script, keys=BASIC)


def test_after_thirty_seconds_the_old_password_gets_its_turn_and_is_kept_if_it_works() -> None:
    async def script(game: Game) -> None:
        await change(game, PASSWORD, NEW)
        tried = passwords(await dial(game, lambda _: False, 35))
        assert set(tried[:29]) == {NEW}
        assert OLD in tried
        assert game.csms.drops == ["new credentials", "the new credentials do not work"], (
            "the old one is tried at once, not after a back-off"
        )
        assert passwords(await dial(game, wants(OLD)))[-1] == OLD
        assert log_of(game) == ["password: the new one does not work within 30 s, the old one is kept"]
        game.csms.lose()
        assert passwords(await dial(game, wants(OLD))) == [OLD]

    play(script, keys=BASIC)


def test_a_csms_that_was_away_finds_the_new_password_as_well_as_the_old_one() -> None:
    for right in (OLD, NEW):

        async def script(game: Game, right: str = right) -> None:
            await change(game, PASSWORD, NEW)
            await dial(game, lambda _: False, 3600, answered=False)
            assert passwords(await dial(game, wants(right)))[-1] == right
            await asyncio.sleep(2)
            assert passwords(await dial(game, wants(right)))[-1] == right
            game.csms.lose()
            assert passwords(await dial(game, wants(right))) == [right]

        play(script, keys=BASIC)


def test_a_csms_that_was_away_and_takes_either_gets_the_new_one() -> None:
    async def script(game: Game) -> None:
        await change(game, PASSWORD, NEW)
        await dial(game, lambda _: False, 31, answered=False)
        assert passwords(await dial(game, wants(OLD), answered=False))[-1] == OLD
        assert log_of(game) == []
        await asyncio.sleep(2)
        assert game.csms.drops[-1] == "the CSMS is back; the new credentials are tried again"
        assert passwords(await dial(game, lambda _: True)) == [NEW]
        assert log_of(game) == ["password: the new one works and is kept"]

    play(script, keys=BASIC)


def test_one_that_nobody_refuses_but_that_never_works_is_given_up_the_second_time() -> None:
    async def script(game: Game) -> None:
        await change(game, PASSWORD, NEW)
        for _ in range(2):
            await dial(game, wants(OLD), answered=False)
            await asyncio.sleep(2)
        assert game.csms.connected
        assert log_of(game) == ["password: the new one does not work within 30 s, the old one is kept"]

    play(script, keys=BASIC)


@pytest.mark.parametrize("right", [OLD, NEW])
def test_a_power_cut_in_the_middle_leaves_a_way_back(right: str, tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await change(game, PASSWORD, NEW, answered=False)

    async def after_restart(game: Game) -> None:
        assert passwords(await dial(game, wants(right)))[-1] == right

    for _ in range(3):
        play(script, tmp_path / "store", keys=BASIC)
    play(after_restart, tmp_path / "store", keys=BASIC, connected=False)


@pytest.mark.parametrize(
    "value", ["", "00" * 15, "00" * 21, "0" * 33, "0" * 39, "zz" * 16, "a password in words", "0 " * 16, "00" * 16 + "\n"]
)
def test_what_is_no_authorization_key_is_refused(value: str) -> None:
    async def script(game: Game) -> None:
        assert await change(game, PASSWORD, value) is VariableStatus.REJECTED
        assert game.csms.drops == []
        assert passwords(await dial(game, wants(OLD))) == [OLD]

    play(script, keys=BASIC)


def test_a_password_that_the_profile_does_not_use_is_kept_at_once(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await change(game, PASSWORD, NEW) is VariableStatus.ACCEPTED
        assert game.csms.drops == []
        assert log_of(game) == ["password: changed; security profile 0 does not use it"]

    async def after_restart(game: Game) -> None:
        assert await change(game, PROFILE, "1") is VariableStatus.ACCEPTED
        assert passwords(await dial(game, wants(NEW))) == [NEW]

    play(script, tmp_path / "store")
    play(after_restart, tmp_path / "store")


def test_2x_has_passwords_of_its_own() -> None:
    async def script(game: Game) -> None:
        asked = VariableKey(component="SecurityCtrlr", variable="BasicAuthPassword")
        for value, status in (("short", VariableStatus.REJECTED), ("correct_horse_battery", VariableStatus.ACCEPTED)):
            reply, _ = await game.station.obey(SetVariables(((asked, value), (key("HeartbeatInterval"), "77"))))
            assert isinstance(reply, tuple)
            assert [each.status for each in reply] == [status, VariableStatus.ACCEPTED]
        profile = VariableKey(component="SecurityCtrlr", variable="SecurityProfile")
        reply, _ = await game.station.obey(SetVariables(((profile, "2"),)))
        assert isinstance(reply, tuple)
        assert isinstance(reply[0], SetResult)
        assert reply[0].reason_code == "ReadOnly"

    play(script, keys=BASIC)


# The profile


def files(folder: Path, identity: bool = True) -> SecuritySettings:
    """A root, and a certificate of the station's own."""
    (folder / "identity").mkdir()
    (folder / "csms.pem").write_text(ROOT.pem)
    if identity:
        certificate, private = ROOT.leaf("0001", begin=NOW - DAY)
        (folder / "identity" / "factory.pem").write_text(pem(certificate))
        (folder / "identity" / "factory.key").write_bytes(key_pem(private))
    return SecuritySettings(trust={CertificateUse.CSMS_ROOT: str(folder / "csms.pem")}, identity=str(folder / "identity"))


@pytest.mark.parametrize("profile", [0, 1, 2, 3])
def test_an_attempt_is_made_with_what_its_profile_uses_and_nothing_else(profile: int, tmp_path: Path) -> None:
    """OCPP 2.0.1 A00.FR.001."""

    async def script(game: Game) -> None:
        (access,) = await dial(game, lambda _: True)
        assert access.security_profile == profile
        assert (access.password is not None) is (profile in (1, 2))
        assert (access.trust_file is not None) is (profile in (2, 3))
        assert (access.certificate_file is not None) is (profile == 3)

    play(script, keys=BASIC | {PROFILE: str(profile)}, security=files(tmp_path), connected=False)


@pytest.mark.parametrize(("before", "after"), [("0", "1"), ("0", "2"), ("1", "2"), ("1", "3"), ("2", "3")])
def test_the_profile_is_raised_tried_and_kept(before: str, after: str, tmp_path: Path) -> None:
    security = files(tmp_path)

    async def script(game: Game) -> None:
        assert await change(game, PROFILE, after) is VariableStatus.ACCEPTED
        assert game.csms.drops == ["new credentials"]
        tried = await dial(game, lambda access: access.security_profile == int(after))
        assert len(tried) == 1
        assert tried[0].password == (OLD if after != "3" else None)
        assert (tried[0].trust_file is not None) is (after in "23")
        assert (tried[0].certificate_file is not None) is (after == "3")
        assert log_of(game) == [f"profile {after}: the new one works and is kept"]

    async def never_again(game: Game) -> None:
        assert {each.security_profile for each in await dial(game, lambda _: False, 600)} == {int(after)}
        reply, _ = await game.station.obey(GetVariables((key(PROFILE),)))
        assert isinstance(reply, tuple)
        assert isinstance(reply[0], GetResult)
        assert (reply[0].value, reply[0].reason_code) == (after, "")

    keys = {PASSWORD: OLD, PROFILE: before}
    play(script, tmp_path / "store", keys=keys, security=security)
    play(never_again, tmp_path / "store", keys=keys, security=security, connected=False)


def test_a_profile_that_does_not_work_is_given_up(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert await change(game, PROFILE, "2") is VariableStatus.ACCEPTED
        tried = await dial(game, lambda access: access.security_profile == 1)
        assert {each.security_profile for each in tried[:-1]} == {2}
        assert log_of(game) == ["profile 2: the new one does not work within 30 s, the old one is kept"]
        assert await change(game, PROFILE, "2") is VariableStatus.ACCEPTED, "it may be tried again"

    play(script, keys=BASIC, security=files(tmp_path))


@pytest.mark.parametrize("value", ["0", "1", "-1", "4", "x", "", "2.5"])
def test_the_profile_is_never_lowered(value: str, tmp_path: Path) -> None:
    """OCPP 2.0.1 A00.FR.005."""

    async def script(game: Game) -> None:
        assert await change(game, PROFILE, value) is VariableStatus.REJECTED
        assert game.csms.drops == []

    play(script, keys=BASIC, security=files(tmp_path))


@pytest.mark.parametrize(
    ("missing", "profile", "words"),
    [
        ("password", "1", "no AuthorizationKey"),
        ("password", "2", "no AuthorizationKey"),
        ("short", "1", "no AuthorizationKey"),
        ("root", "2", "no valid CentralSystemRootCertificate"),
        ("root", "3", "no valid CentralSystemRootCertificate"),
        ("expired root", "2", "no valid CentralSystemRootCertificate"),
        ("identity", "3", "no valid ChargePointCertificate"),
    ],
)
def test_a_profile_without_its_prerequisites_is_refused(
    missing: str, profile: str, words: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    security = files(tmp_path, identity=missing != "identity")
    if missing == "root":
        (tmp_path / "csms.pem").unlink()
    elif missing == "expired root":
        (tmp_path / "csms.pem").write_text(Authority(end=NOW - 100 * DAY).pem)

    async def script(game: Game) -> None:
        assert await change(game, PROFILE, profile) is VariableStatus.REJECTED
        assert game.csms.drops == []

    passwords = {"password": {}, "short": {PASSWORD: "text:short"}}
    with caplog.at_level(logging.WARNING):
        play(script, keys=passwords.get(missing, {PASSWORD: OLD}), security=security)
    assert words in caplog.text


def test_a_second_password_before_the_first_was_tried_is_refused() -> None:
    """The connection goes with the answer to the first; whether the CSMS would ever hear that to the second, nobody can tell."""

    async def script(game: Game) -> None:
        assert await change(game, PASSWORD, NEW, answered=False) is VariableStatus.ACCEPTED
        assert await change(game, PASSWORD, NEWER, answered=False) is VariableStatus.REJECTED
        assert await change(game, PASSWORD, NEW) is VariableStatus.ACCEPTED
        assert passwords(await dial(game, wants(NEW))) == [NEW]
        assert await change(game, PASSWORD, NEWER) is VariableStatus.ACCEPTED

    play(script, keys=BASIC)


def test_a_password_and_a_profile_that_come_together_are_tried_together(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await change(game, PROFILE, "1", answered=False)
        await change(game, PASSWORD, NEW)
        tried = await dial(game, lambda access: (access.security_profile, access.password) == (1, NEW))
        assert len(tried) == 1
        assert log_of(game)[-1] == "password, profile 1: the new one works and is kept"

    play(script, keys={PASSWORD: OLD}, security=files(tmp_path))


def test_where_the_system_is_trusted_no_root_has_to_be_installed(tmp_path: Path) -> None:
    security = SecuritySettings(trust={CertificateUse.CSMS_ROOT: str(tmp_path / "csms.pem")}, system_trust=True)

    async def script(game: Game) -> None:
        assert await change(game, PROFILE, "2") is VariableStatus.ACCEPTED
        (access,) = await dial(game, lambda access: access.security_profile == 2)
        assert (access.trust_file, access.system_trust) == (None, True)
        (tmp_path / "csms.pem").write_text(ROOT.pem)
        assert game.station.security.securing.access().trust_file == str(tmp_path / "csms.pem")

    play(script, keys=BASIC, security=security)


# Secrets


def everything(game: Game, path: Path) -> str:
    """Whatever a person or a file could get to see of a running station, but for the store itself."""
    document: Any = game.station.document()
    parts = [repr(document), repr(game.station.settings), repr(game.station.security.securing.access())]
    parts += [repr(vars(game.station.security.securing)), repr(game.csms.asked)]
    parts += [repr(each) for each in game.store.security_log.every()]
    return "\n".join(parts)


def test_no_secret_is_ever_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """OCPP 2.0.1 A01.FR.12."""
    security = files(tmp_path)
    secrets = (OLD, NEW, NEWER, "geheimnis", "not hex, but still secret")

    async def script(game: Game) -> None:
        for value in (NEW, "not hex, but still secret", "geheimnis"):
            await change(game, PASSWORD, value)
        await dial(game, wants(NEW))
        await change(game, PASSWORD, NEWER)
        await dial(game, wants(NEW))
        seen = [everything(game, tmp_path)]
        for command in (GetVariables(()), GetVariables((key(PASSWORD),)), SetVariables(((key(PASSWORD), "geheimnis"),))):
            seen.append(repr(await game.station.obey(command)))
        for secret in secrets:
            assert secret not in "\n".join(seen)

    with caplog.at_level(logging.DEBUG):
        play(script, keys=BASIC, security=security)
    for secret in secrets:
        assert secret not in caplog.text
