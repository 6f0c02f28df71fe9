"""Network profiles: whatever the CSMS sets, the station finds a CSMS that takes it."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import GetVariables, Outcome, SetNetworkProfile, SetVariables
from chargepoint.domain.device_model import GetResult, SetResult, VariableKey
from chargepoint.domain.network import NetworkProfile
from chargepoint.domain.notifications import Answer, BootAnswer, BootNotification, BootReason, Notification, Received, Registration
from chargepoint.domain.variables.security import ALLOW_DOWNGRADE
from chargepoint.station.csms import Access, CsmsSilent
from chargepoint.station.settings import SecuritySettings
from chargepoint.store.database import StoreError
from tests.pki.authority import DAY, NOW, Authority, key_pem, pem
from tests.station.rig import MIDNIGHT, Game, play

HOME = NetworkProfile(url="ws://home/ocpp", security_profile=0)
AWAY = NetworkProfile(url="ws://away/ocpp", security_profile=0, message_timeout_s=17, version="OCPP20")
ROOT = Authority()
PASSWORD = "00" * 16
ONCE = {"component": "OCPPCommCtrlr", "variable": "NetworkProfileConnectionAttempts"}
Asked = Callable[[Access], bool]


async def set_profile(game: Game, slot: int, profile: NetworkProfile) -> tuple[str, str]:
    reply, _ = await game.station.obey(SetNetworkProfile(slot, profile))
    assert isinstance(reply, Outcome)
    return reply.verdict.value, reply.reason_code


async def change(game: Game, name: str, value: str) -> tuple[str, str]:
    component, _, variable = name.partition(".")
    reply, after = await game.station.obey(SetVariables(((VariableKey(component=component, variable=variable), value),)))
    assert isinstance(reply, tuple)
    assert isinstance(reply[0], SetResult)
    if after is not None:
        after()
    return reply[0].status.value, reply[0].reason_code


async def prioritise(game: Game, value: str) -> tuple[str, str]:
    return await change(game, "OCPPCommCtrlr.NetworkConfigurationPriority", value)


async def attempts(game: Game, number: str) -> None:
    assert await change(game, "OCPPCommCtrlr.NetworkProfileConnectionAttempts", number) == ("Accepted", "")


async def value(game: Game, name: str) -> str | None:
    component, _, variable = name.partition(".")
    reply, _ = await game.station.obey(GetVariables((VariableKey(component=component, variable=variable),)))
    assert isinstance(reply, tuple)
    assert isinstance(reply[0], GetResult)
    return reply[0].value


def at(url: str) -> Asked:
    return lambda access: access.url == url


async def dial(game: Game, works: Asked, most: int = 40) -> list[str]:
    """Attempts, until one works; the URL of each."""
    tried: list[str] = []
    for _ in range(most):
        access = game.station.security.securing.access()
        tried.append(access.url)
        if works(access):
            game.csms.connect()
            await asyncio.sleep(0.5)
            return tried
        game.station.security.securing.failed(False)
        await asyncio.sleep(1)
    return tried


def test_the_first_of_the_priority_is_dialled_after_a_start_and_the_station_boots_there(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        assert await set_profile(game, 2, AWAY) == ("Accepted", "")
        assert await prioritise(game, "2,1") == ("RebootRequired", "")
        game.csms.lose()
        assert await dial(game, at(HOME.url)) == [HOME.url], "a lost connection is made again where it was"

    async def after(game: Game) -> None:
        assert await dial(game, at(AWAY.url)) == [AWAY.url]
        assert await value(game, "OCPPCommCtrlr.ActiveNetworkProfile") == "2"
        assert await value(game, "OCPPCommCtrlr.NetworkConfigurationPriority") == "2,1"

    play(before, tmp_path / "store", network=HOME)
    play(after, tmp_path / "store", network=HOME, connected=False)


def test_each_slot_has_its_attempts_then_what_worked_last_then_all_of_it_again(tmp_path: Path) -> None:
    """OCPP 2.0.1 B10.FR.03, B10.FR.07, B10.FR.08, B10.FR.09."""

    async def before(game: Game) -> None:
        await set_profile(game, 2, AWAY)
        await prioritise(game, "2,1")
        await attempts(game, "2")

    async def after(game: Game) -> None:
        tried = await dial(game, lambda _: False, 14)
        assert tried == [AWAY.url] * 2 + [HOME.url] * 4 + [AWAY.url] * 2 + [HOME.url] * 4 + [AWAY.url] * 2

    play(before, tmp_path / "store", network=HOME)
    play(after, tmp_path / "store", network=HOME, connected=False)


def test_a_slot_that_is_spoilt_while_it_is_in_use_does_not_strand_the_station(tmp_path: Path) -> None:
    """The present slot is overwritten with nonsense and made the only one."""

    async def before(game: Game) -> None:
        assert await set_profile(game, 1, replace(AWAY, url="ws://nobody/")) == ("Accepted", "")
        assert (await prioritise(game, "1"))[0] == "RebootRequired"

    async def after(game: Game) -> None:
        tried = await dial(game, at(HOME.url))
        assert tried == ["ws://nobody/"] * 3 + [HOME.url]

    play(before, tmp_path / "store", network=HOME)
    for _ in range(2):
        play(after, tmp_path / "store", network=HOME, connected=False)


@pytest.mark.parametrize("away", ["hangs up", "rejects", "is silent"])
def test_who_takes_the_connection_and_not_the_boot_does_not_strand_the_station(away: str, tmp_path: Path) -> None:
    """B10.FR.07, B10.FR.09: somebody else's CSMS, or a proxy before one that is gone."""
    store = tmp_path / "store"

    async def before(game: Game) -> None:
        await set_profile(game, 2, AWAY)
        assert await prioritise(game, "2") == ("RebootRequired", "")

    def answer(notification: Notification) -> Answer:
        if isinstance(notification, BootNotification):
            raise CsmsSilent
        return Received()

    async def after(game: Game) -> None:
        for _ in range(3):
            assert game.station.security.securing.access().url == AWAY.url
            game.csms.boot = BootAnswer(Registration.REJECTED, 3600, MIDNIGHT)
            if away == "is silent":
                game.csms.answer = answer
            game.csms.connect()
            await asyncio.sleep(0.001 if away == "hangs up" else 1.0)
            if away == "is silent":
                await game.until(lambda: not game.csms.connected, 300)
            else:
                game.csms.lose()
            await asyncio.sleep(1)
        assert len(game.csms.drops) == (3 if away == "is silent" else 0)
        assert game.station.security.securing.access().url == HOME.url
        game.csms.boot, game.csms.answer = BootAnswer(Registration.ACCEPTED, 300, MIDNIGHT), game.csms.kindly
        game.csms.connect()
        await game.until(lambda: game.station.registration is Registration.ACCEPTED, 10)
        told = game.csms.of(BootNotification)[-1]
        assert isinstance(told, BootNotification)
        assert told.reason is BootReason.POWER_UP, "nobody has been told that yet"
        game.csms.lose()
        assert game.station.security.securing.access().url == HOME.url, "it is what has worked"

    play(before, store, network=HOME)
    play(after, store, network=HOME, connected=False)


def test_a_csms_that_has_never_taken_the_boot_raises_no_security_profile(tmp_path: Path) -> None:
    """A05.FR.06: what is raised is never lowered again, and the slots below are gone."""
    security = trusting(tmp_path)
    keys = {"AuthorizationKey": PASSWORD}

    async def script(game: Game) -> None:
        await set_profile(game, 2, replace(AWAY, security_profile=2))
        assert await prioritise(game, "2,1") == ("Accepted", "")
        game.csms.lose()
        await attempts(game, "1")
        game.csms.boot = BootAnswer(Registration.REJECTED, 3600, MIDNIGHT)
        assert await dial(game, at(AWAY.url)) == [HOME.url, AWAY.url]
        assert await value(game, "SecurityCtrlr.SecurityProfile") == "0"
        game.csms.lose()
        game.csms.boot = BootAnswer(Registration.PENDING, 3600, MIDNIGHT)
        assert (await dial(game, at(AWAY.url)))[-1] == AWAY.url
        assert await value(game, "SecurityCtrlr.SecurityProfile") == "0", "the interval of the rejection is waited for"
        await asyncio.sleep(3700)
        assert await value(game, "SecurityCtrlr.SecurityProfile") == "2"

    play(script, network=HOME, security=security, keys=keys)


def test_another_csms_is_told_a_boot_the_same_one_is_not() -> None:
    """OCPP 2.0.1 B10.FR.10."""

    async def script(game: Game) -> None:
        await set_profile(game, 2, AWAY)
        await prioritise(game, "2,1")
        assert len(game.csms.of(BootNotification)) == 1
        game.csms.lose()
        await dial(game, at(HOME.url))
        assert len(game.csms.of(BootNotification)) == 1
        game.csms.lose()
        await dial(game, at(AWAY.url))
        boots = game.csms.of(BootNotification)
        assert len(boots) == 2
        assert isinstance(boots[1], BootNotification)
        assert boots[1].reason is BootReason.UNKNOWN
        assert await value(game, "OCPPCommCtrlr.MessageTimeout") is None
        game.csms.version = "2.0.1"
        game.csms.lose()
        await dial(game, at(AWAY.url))
        assert len(game.csms.of(BootNotification)) == 3, "another version is another registration"
        await set_profile(game, 3, replace(AWAY, message_timeout_s=5))
        await prioritise(game, "3,2")
        game.csms.lose()
        attempted = await dial(game, lambda access: game.station.security.securing.network._turn.slot == 3)
        assert set(attempted) == {AWAY.url}
        assert len(game.csms.of(BootNotification)) == 4, "it need not be looked whether another profile is another CSMS"

    play(script, network=HOME)


def test_the_message_time_out_is_the_profile_s() -> None:
    async def script(game: Game) -> None:
        key = VariableKey(component="OCPPCommCtrlr", variable="MessageTimeout", instance="Default")

        async def told() -> str | None:
            reply, _ = await game.station.obey(GetVariables((key,)))
            assert isinstance(reply, tuple)
            assert isinstance(reply[0], GetResult)
            return reply[0].value

        key_16 = VariableKey(component="", variable="MessageTimeout")
        await game.station.obey(SetVariables(((key_16, "45"),)))
        game.csms.lose()
        await dial(game, at(HOME.url))
        assert (before := await told()) == "45", "1.6 lets a CSMS change it"
        await set_profile(game, 2, AWAY)
        await prioritise(game, "2,1")
        game.csms.lose()
        await dial(game, at(AWAY.url))
        assert await told() == "17"
        game.csms.lose()
        await dial(game, at(HOME.url))
        assert await told() == before

    play(script, network=HOME)


@pytest.mark.parametrize(
    ("slot", "profile", "expected"),
    [
        (999, AWAY, ("Rejected", "InvalidConfSlot")),
        (0, AWAY, ("Rejected", "InvalidConfSlot")),
        (-1, AWAY, ("Rejected", "InvalidConfSlot")),
        (2, replace(AWAY, url="http://x"), ("Rejected", "InvalidNetworkConf")),
        (2, replace(AWAY, security_profile=0), ("Rejected", "NoSecurityDowngrade")),
        (1, replace(AWAY, security_profile=2), ("Rejected", "InvalidNetworkConf")),
        (2, replace(AWAY, security_profile=2), ("Accepted", "")),
    ],
)
def test_profiles_are_refused_with_their_reason(slot: int, profile: NetworkProfile, expected: tuple[str, str]) -> None:
    """OCPP 2.0.1 B09.FR.02, B09.FR.04, B09.FR.05, B09.FR.06.

    Slot 1 is in use: what it needs has to be there at once, for the others it is looked for when they shall be used.
    """

    async def script(game: Game) -> None:
        assert await set_profile(game, slot, profile) == expected

    play(script, network=HOME, keys={"SecurityProfile": "1", "AuthorizationKey": PASSWORD})


def trusting(folder: Path, identity: bool = False) -> SecuritySettings:
    (folder / "identity").mkdir(exist_ok=True)
    (folder / "csms.pem").write_text(ROOT.pem)
    if identity:
        certificate, private = ROOT.leaf("0001", begin=NOW - DAY)
        (folder / "identity" / "factory.pem").write_text(pem(certificate))
        (folder / "identity" / "factory.key").write_bytes(key_pem(private))
    return SecuritySettings(trust={CertificateUse.CSMS_ROOT: str(folder / "csms.pem")}, identity=str(folder / "identity"))


@pytest.mark.parametrize(
    ("wanted", "profile", "there", "code"),
    [
        ("", 1, "", "InvalidValue"),
        ("5", 1, "", "InvalidValue"),
        ("1,1", 1, "", "InvalidValue"),
        ("x", 1, "", "InvalidValue"),
        ("2,3", 1, "", "InvalidNetworkConf"),
        ("2,1", 2, "", "InvalidNetworkConf"),
        ("2,1", 3, "root", "InvalidNetworkConf"),
    ],
)
def test_a_priority_that_leads_nowhere_is_refused(wanted: str, profile: int, there: str, code: str, tmp_path: Path) -> None:
    """OCPP 2.0.1 A05.FR.02, A05.FR.03, B10.FR.02."""
    security = trusting(tmp_path) if there else SecuritySettings()

    async def script(game: Game) -> None:
        assert await set_profile(game, 2, replace(AWAY, security_profile=profile)) == ("Accepted", "")
        assert await prioritise(game, wanted) == ("Rejected", code)
        assert await value(game, "OCPPCommCtrlr.NetworkConfigurationPriority") == "1"

    play(script, network=HOME, security=security, keys={"SecurityProfile": "1", "AuthorizationKey": PASSWORD})


@pytest.mark.parametrize(
    ("password", "before", "after", "expected"),
    [
        ("0123456789abcdef", 0, 1, "Accepted"),
        ("0123456789abcde", 0, 1, "Rejected"),
        ("of long ago", 1, 1, "RebootRequired"),
    ],
    ids=["hex digits are characters", "too short", "the profile that works needs nothing new"],
)
def test_what_a_password_has_to_be_for_a_slot_of_2x(password: str, before: int, after: int, expected: str) -> None:
    """OCPP 2.0.1 A00.FR.205, A05.FR.04, B10.FR.01."""

    async def script(game: Game) -> None:
        game.csms.version = "2.0.1"
        assert await set_profile(game, 2, replace(AWAY, security_profile=after)) == ("Accepted", "")
        assert (await prioritise(game, "2,1"))[0] == expected

    play(script, network=HOME, keys={"SecurityProfile": str(before), "AuthorizationKey": password})


def test_a_disk_that_fails_is_a_failure_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """OCPP 2.0.1 B09.FR.03."""

    def fail(slot: int, profile: NetworkProfile | None) -> None:
        raise StoreError("no room")

    async def script(game: Game) -> None:
        monkeypatch.setattr(game.store.network_profiles, "put", fail)
        assert (await set_profile(game, 2, AWAY))[0] == "Failed"
        assert await prioritise(game, "2,1") == ("Rejected", "InvalidNetworkConf")

    play(script, network=HOME)


@pytest.mark.parametrize(("allowed", "wanted", "expected"), [("true", 2, "Accepted"), ("true", 1, "Rejected"), ("false", 2, "Rejected")])
def test_the_profile_is_lowered_only_from_3_to_2_and_where_that_is_allowed(
    allowed: str, wanted: int, expected: str, tmp_path: Path
) -> None:
    """OCPP 2.0.1 A00.FR.005, A05.FR.08, A05.FR.09, A05.FR.10, B09.FR.04, B09.FR.31."""

    async def script(game: Game) -> None:
        network = game.station.security.securing.network
        network._model.put(ALLOW_DOWNGRADE, allowed == "true")
        assert (await set_profile(game, 2, replace(AWAY, security_profile=wanted)))[0] == expected
        network._stored[2] = replace(AWAY, security_profile=wanted)
        assert (await prioritise(game, "2,1"))[0] == expected

    keys = {"SecurityProfile": "3", "AuthorizationKey": PASSWORD}
    play(script, network=HOME, security=trusting(tmp_path, identity=True), keys=keys)


@pytest.mark.parametrize("raised", [1, 2, 3])
def test_a_higher_profile_that_works_stays_and_the_lower_slots_are_emptied(raised: int, tmp_path: Path) -> None:
    security = trusting(tmp_path, identity=True)
    high = replace(AWAY, security_profile=raised)

    async def before(game: Game) -> None:
        await set_profile(game, 3, replace(AWAY, url="ws://low/"))
        await set_profile(game, 2, high)
        assert await prioritise(game, "2,3,1") == ("Accepted", "")

    async def after(game: Game) -> None:
        assert await dial(game, at(AWAY.url)) == [AWAY.url]
        assert await value(game, "SecurityCtrlr.SecurityProfile") == str(raised)
        assert await value(game, "OCPPCommCtrlr.NetworkConfigurationPriority") == "2"
        assert await set_profile(game, 1, HOME) == ("Rejected", "NoSecurityDowngrade")

    async def never_again(game: Game) -> None:
        seen = []

        def refuse(access: Access) -> bool:
            seen.append(access.security_profile)
            return False

        assert set(await dial(game, refuse)) == {AWAY.url}
        assert set(seen) == {raised}

    keys = {"AuthorizationKey": PASSWORD}
    play(before, tmp_path / "store", network=HOME, security=security, keys=keys)
    play(after, tmp_path / "store", network=HOME, security=security, keys=keys, connected=False)
    play(never_again, tmp_path / "store", network=HOME, security=security, keys=keys, connected=False)


def test_a_higher_profile_that_does_not_work_changes_nothing(tmp_path: Path) -> None:
    security = trusting(tmp_path)
    keys = {"AuthorizationKey": PASSWORD}

    async def before(game: Game) -> None:
        await set_profile(game, 2, replace(AWAY, security_profile=2))
        assert await prioritise(game, "2,1") == ("Accepted", "")

    async def after(game: Game) -> None:
        assert await dial(game, at(HOME.url)) == [AWAY.url] * 3 + [HOME.url]
        assert await value(game, "SecurityCtrlr.SecurityProfile") == "0"
        assert await value(game, "OCPPCommCtrlr.NetworkConfigurationPriority") == "2,1"

    play(before, tmp_path / "store", network=HOME, security=security, keys=keys)
    play(after, tmp_path / "store", network=HOME, security=security, keys=keys, connected=False)


def test_a_profile_names_the_version_that_is_offered_first() -> None:
    async def script(game: Game) -> None:
        network = game.station.security.securing.network
        await set_profile(game, 2, replace(AWAY, version="OCPP16"))
        await prioritise(game, "2,1")
        await attempts(game, "1")
        game.csms.lose()
        offers = [game.station.security.securing.access().versions for _ in range(2)]
        assert offers == [("2.0.1", "1.6"), ("1.6", "2.0.1")]
        assert network.profile_in_force == 0

    play(script, network=HOME, versions=("2.0.1", "1.6"))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_set_reset_and_cut_the_way_back_is_found(seed: int, tmp_path: Path) -> None:
    """The CSMS at home takes what worked last; every other one is made up. A cut may come at any moment."""
    dice = random.Random(seed)
    taken = {"password": PASSWORD}

    def at_home(access: Access) -> bool:
        return access.url == HOME.url and (access.security_profile == 0 or access.password in taken.values())

    async def spoil(game: Game) -> None:
        for _ in range(dice.randint(1, 6)):
            match dice.randrange(6):
                case 0 | 1:
                    url = dice.choice(["ws://nobody/", "ws://else:1/x", HOME.url])
                    profile = NetworkProfile(url=url, security_profile=dice.randrange(4), message_timeout_s=5, version="OCPP20")
                    await set_profile(game, dice.randint(0, 5), profile)
                case 2:
                    await prioritise(game, ",".join(dice.sample(["1", "2", "3", "4"], dice.randint(1, 4))))
                case 3:
                    await attempts(game, str(dice.randint(1, 4)))
                case 4:
                    await change(game, "SecurityCtrlr.BasicAuthPassword", f"another-password-{dice.randrange(99)}")
                case _:
                    game.csms.lose()
                    await comes_back(game)

    async def comes_back(game: Game) -> None:
        """It may be dropped once, for a password that nobody has refused yet to be tried again."""
        for _ in range(4):
            if not game.csms.connected:
                await dial(game, at_home, 200)
            await asyncio.sleep(2)
        assert game.csms.connected

    async def lives(game: Game) -> None:
        await comes_back(game)
        await spoil(game)

    profile = dice.choice(["0", "1"])
    for _ in range(6):
        play(lives, tmp_path / "store", network=HOME, connected=False, keys={"SecurityProfile": profile, "AuthorizationKey": PASSWORD})
