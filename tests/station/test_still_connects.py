"""Whatever a CSMS writes, whenever it resets the station, and whenever the power goes: the station still connects, and is accepted.

The CSMS is at one URL, takes the station by security profile 0, or by the password that it has: the first one, or the newest that it wrote
and that the station has used since (``World.follows``). Whatever else it says of networks is made up.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from chargepoint.cli.station import ocpp_settings
from chargepoint.domain.commands import Reset, ResetKind, SetNetworkProfile, SetVariables
from chargepoint.domain.device_model import DeviceModel, SetResult, VariableKey, VariableStatus
from chargepoint.domain.entries import Entry
from chargepoint.domain.network import NetworkProfile
from chargepoint.domain.notifications import Heartbeat, Registration
from chargepoint.ocpp import backoff
from chargepoint.ocpp.backoff import LONGEST_S, BackOff
from chargepoint.station import networking
from chargepoint.station.csms import Access
from chargepoint.station.provisioning import Provisioning
from chargepoint.station.securing import Securing
from tests.station.rig import Game, PlayedControl, configuration, play

ENTRIES = [entry for entry in DeviceModel(configuration()) if entry.variable.access.value != "ReadOnly" or entry.variable.writable_16]
OF_THE_LINE = [entry for entry in ENTRIES if entry.key.component in ("OCPPCommCtrlr", "SecurityCtrlr", "ClockCtrlr", "TxCtrlr")]
NUMBERS = ("0", "1", "2147483647", "-1", "3.5", "99999999999999999999")
JUNK = ("", " ", "true", "abc", "\x00", "ü" * 200, "1,2", "Heartbeat", "2026-01-01T00:00:00Z", "x" * 1000)
PASSWORDS = ("00" * 16, "11" * 20, "another-password-of-24-b", "short", "")
PRIORITIES = ("1", "2", "2,1", "3,2,1", "4,3", "1,2,3,4")
HOME = NetworkProfile(url="ws://home/ocpp", security_profile=0)
URLS = (HOME.url, "ws://nobody/ocpp", "wss://home/ocpp", "http://home", "")
ATTEMPTS = 200
"""Of an uplink that never succeeds, in a row."""
ROUNDS = 1_100
"""Attempts after which every slot has had its turns: 100 each of four, twice, and what worked last."""


class Write(Struct, frozen=True):
    """SetVariables of one variable, by its name in either version."""

    key: VariableKey
    value: str


class Cut(Struct, frozen=True):
    """The power goes, and comes again; the car is gone by then."""


class Crash(Struct, frozen=True):
    """The station's process ends without a word; control goes on."""


class Drive(Struct, frozen=True):
    """Somebody comes: his card, his car, or both."""

    card: bool
    car: bool


class Away(Struct, frozen=True):
    """The connection breaks, and the CSMS cannot be reached for so many attempts."""

    attempts: int


Step = Write | SetNetworkProfile | Reset | Cut | Crash | Drive | Away


class World(Struct):
    """The CSMS, beside what it says."""

    follows: bool = False
    """It keeps a new password; else it stays with the first one, and says nothing of it."""
    version: str = "2.0.1"
    passwords: tuple[str, ...] = (PASSWORDS[0],)

    def takes(self, access: Access) -> bool:
        """Is the station let in?"""
        return access.url == HOME.url and (access.security_profile == 0 or access.password in self.passwords)

    def wrote(self, password: str) -> None:
        """The station accepted it; until it is used the old one is good as well."""
        if self.follows:
            self.passwords = (self.passwords[-1], password)

    def saw(self, access: Access) -> None:
        """The station shows this one."""
        if access.security_profile and access.password:
            self.passwords = (access.password,)


OFTEN = {"BasicAuthPassword": PASSWORDS, "NetworkConfigurationPriority": PRIORITIES}


def values(entry: Entry) -> st.SearchStrategy[str]:
    """Good ones, and others."""
    bounds = entry.bounds
    if entry.key.variable in OFTEN:
        return st.sampled_from(OFTEN[entry.key.variable])
    edges = [f"{edge:.15g}" for edge in (bounds.minimum, bounds.maximum) if edge is not None]
    lists = [",".join(bounds.values), ",".join(reversed(bounds.values)), *bounds.values]
    return st.sampled_from([*dict.fromkeys((*edges, *lists, entry.initial, *NUMBERS, *JUNK))])


@st.composite
def writes(draw: st.DrawFn) -> Write:
    """Of a variable that can be written."""
    entry = draw(st.sampled_from(draw(st.sampled_from((ENTRIES, OF_THE_LINE)))))
    by_16 = entry.key_16 and draw(st.booleans())
    return Write(VariableKey(component="", variable=entry.key_16) if by_16 else entry.key, draw(values(entry)))


def profiles() -> st.SearchStrategy[NetworkProfile]:
    """Good ones, and others."""
    return st.builds(
        NetworkProfile,
        url=st.sampled_from(URLS),
        security_profile=st.integers(-1, 4),
        message_timeout_s=st.sampled_from((None, 1, 5, 0, 99_999)),
        version=st.sampled_from(("OCPP20", "OCPP16", "OCPP15", "")),
    )


STEPS: st.SearchStrategy[Step] = st.one_of(
    writes(),
    writes(),
    writes(),
    st.builds(SetNetworkProfile, st.integers(0, 5), profiles()),
    st.builds(Away, st.integers(1, 30)),
    st.builds(Reset, st.sampled_from(ResetKind), st.sampled_from([None, 1])),
    st.builds(Drive, st.booleans(), st.booleans()),
    st.just(Cut()),
    st.just(Crash()),
)


async def take(game: Game, step: Step, world: World) -> None:
    """One step of a life."""
    match step:
        case Write():
            reply, after = await game.station.obey(SetVariables(((step.key, step.value),)))
            (result,) = reply if isinstance(reply, tuple) else ()
            is_password = step.key.variable in ("BasicAuthPassword", "AuthorizationKey")
            if is_password and isinstance(result, SetResult) and result.status is VariableStatus.ACCEPTED:
                world.wrote(step.value)
            if after is not None:
                after()
        case Reset() | SetNetworkProfile():
            _, after = await game.station.obey(step)
            if after is not None:
                after()
        case Away():
            game.csms.lose()
            for _ in range(step.attempts):
                game.station.security.securing.access()
                game.station.security.securing.failed(False)
                await asyncio.sleep(1)
        case Drive():
            if step.car and game.control.state.plug_in is None:
                game.control.plug(game.control.number + 1)
            if step.card:
                await game.swipe()
    await asyncio.sleep(1)


def live(path: Path, control: PlayedControl, steps: list[Step], world: World) -> Game:
    """From one start to the next: steps are taken off the list until the process ends."""

    async def script(game: Game) -> None:
        await connects(game, world)
        while steps and game.restarts is None and not isinstance(step := steps.pop(0), Cut | Crash):
            await take(game, step, world)
            if game.restarts is None:
                await dials(game, world)

    return living(script, path, control)


def living(script: Any, path: Path, control: PlayedControl) -> Game:
    """The station at home, with a password."""
    keys = {"SecurityProfile": "1", "AuthorizationKey": PASSWORDS[0]}
    return play(script, path, control, connected=False, keys=keys, network=replace(HOME, security_profile=1))


async def connects(game: Game, world: World) -> None:
    """The line can be dialled and stands; the boot is accepted; and a while later the station is still there."""
    game.csms.version = world.version
    readable(game)
    await dials(game, world)
    await game.until(lambda: game.station.registration is Registration.ACCEPTED or game.restarts is not None, 60)


async def dials(game: Game, world: World) -> None:
    """As the OCPP client does, until the CSMS takes the station; it may drop the line once more, for what has not been refused yet."""
    securing = game.station.security.securing
    for _ in range(ROUNDS):
        if game.csms.connected:
            await asyncio.sleep(2)
            if game.csms.connected or game.restarts is not None:
                return
        access = securing.access()
        if world.takes(access):
            world.saw(access)
            game.csms.connect()
        else:
            securing.failed(access.url == HOME.url)
        await asyncio.sleep(1)
    raise AssertionError(f"not connected after {ROUNDS} attempts")


def readable(game: Game) -> None:
    """What the OCPP client reads of the model can be used: nobody waits for ever, nor in vain."""
    ocpp = ocpp_settings(configuration(), game.station._model, lambda: game.station.security)
    assert 1 <= ocpp.message_time_out_s() <= 86_400
    assert ocpp.ping_interval_s() >= 0
    back_off = BackOff(ocpp.reconnect)
    assert all(0 < back_off.next_s() <= LONGEST_S for _ in range(ATTEMPTS))


def after(control: PlayedControl, power: bool, number: int) -> PlayedControl:
    """Control as it is at the next start; the virtual clock begins anew."""
    if power:
        return PlayedControl(f"boot-{number}")
    again = PlayedControl(control.boot)
    again.state, again.number = replace(control.state, reading=None), control.number
    return again


def all_of(steps: Sequence[Step], path: Path, world: World) -> None:
    """Every life, and one more."""
    left, control, number = list(steps), PlayedControl("boot-1"), 1
    while left:
        before = len(left)
        live(path, control, left, world)
        number += 1
        taken = steps[len(steps) - before : len(steps) - len(left)]
        control = after(control, bool(taken) and isinstance(taken[-1], Cut), number)
    living(lambda game: lasts(game, world), path, control)


async def lasts(game: Game, world: World) -> None:
    """It connects, and goes on talking."""
    await connects(game, world)
    await asyncio.sleep(0.5)
    game.csms.lose()
    await dials(game, world)
    await asyncio.sleep(310)
    assert game.csms.of(Heartbeat)
    assert game.restarts is None


def written(component: str, variable: str, value: str, **more: Any) -> Write:
    return Write(VariableKey(component=component, variable=variable, **more), value)


LONG_WAIT: list[Step] = [written("OCPPCommCtrlr", "RetryBackOffWaitMinimum", "2147483647"), Cut()]
NOWHERE: list[Step] = [
    SetNetworkProfile(2, NetworkProfile(url="ws://nobody/ocpp", security_profile=1)),
    SetNetworkProfile(1, NetworkProfile(url="ws://nobody/ocpp", security_profile=1)),
    written("OCPPCommCtrlr", "NetworkConfigurationPriority", "2,1"),
    Cut(),
]
NEW_PASSWORD: list[Step] = [written("SecurityCtrlr", "BasicAuthPassword", PASSWORDS[1]), Cut()]
UNKNOWN_TIME: list[Step] = [written("OCPPCommCtrlr", "HeartbeatInterval", "2147483647"), written("ClockCtrlr", "TimeSource", ""), Crash()]


@settings(max_examples=15, deadline=None, derandomize=True)
@given(steps=st.lists(STEPS, min_size=1, max_size=12), world=st.builds(World, st.booleans(), st.sampled_from(("2.0.1", "1.6"))))
@example(steps=LONG_WAIT, world=World())
@example(steps=NOWHERE, world=World())
@example(steps=NEW_PASSWORD, world=World())
@example(steps=NEW_PASSWORD, world=World(follows=True))
@example(steps=UNKNOWN_TIME, world=World())
@example(steps=[written("OCPPCommCtrlr", "RetryBackOffRepeatTimes", "2147483647"), Reset(ResetKind.IMMEDIATE)], world=World())
@example(steps=[*NEW_PASSWORD, *NOWHERE, Reset(ResetKind.ON_IDLE)], world=World(follows=True))
@example(steps=[Drive(card=True, car=True), Reset(ResetKind.ON_IDLE), Reset(ResetKind.IMMEDIATE, 1), Cut()], world=World())
def test_a_station_still_connects_after_any_writes_resets_and_power_cuts(steps: list[Step], world: World) -> None:
    with TemporaryDirectory() as folder:
        all_of(steps, Path(folder) / "store", replace(world))


def _endless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "LONGEST_S", float("inf"))


def _no_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networking, "round_of", lambda priority, attempts, first=None: [*priority])


def _password_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(securing: Securing, key: VariableKey, value: str) -> SetResult:
        securing._keep_password(value)
        return SetResult(key, VariableStatus.ACCEPTED)

    monkeypatch.setattr(Securing, "_set_one", taken)


def _says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Provisioning, "_beat", lambda self: asyncio.sleep(1))


@pytest.mark.parametrize(
    ("fault", "steps"),
    [(_endless, LONG_WAIT), (_no_way_back, NOWHERE), (_password_at_once, NEW_PASSWORD), (_says_nothing, UNKNOWN_TIME)],
)
def test_it_is_seen_where_a_station_does_not(fault: Any, steps: list[Step], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        all_of(steps, tmp_path / "store", World())


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.name) for entry in ENTRIES])
def test_every_variable_that_can_be_written_keeps_a_value_that_can_be_read(entry: Entry) -> None:
    """Whatever is written, by either name: what is kept is found again, and is what the row allows."""
    kept: dict[str, str] = {}
    model = DeviceModel(configuration(), keep=kept.__setitem__)
    for value in [*NUMBERS, *JUNK, ",".join(entry.bounds.values), entry.initial]:
        for key in (entry.key, VariableKey(component="", variable=entry.key_16)):
            model.set(key, value)
            entry.variable.type.parse(model.value(entry), entry.bounds)
            again = DeviceModel(configuration(), kept)
            assert again.value(entry) == model.value(entry)
