"""A technician finds variables by either name and changes them as the CSMS would, with the same refusals."""

from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.variables.communication import HEARTBEAT_INTERVAL
from chargepoint.domain.variables.security import BASIC_AUTH_PASSWORD
from chargepoint.inquiry.history import ListEvents
from chargepoint.inquiry.variables import ChangeVariable, ListVariables, VariableChanged, Variables
from tests.station.rig import Game, play

PRICE_TEXT = '{"priceText":"0.30 per kWh"}'


async def search(game: Game, text: str = "", **more: Any) -> Variables:
    return await game.station.takers[ListVariables](ListVariables(search=text, **more))  # type: ignore[return-value]


async def change(game: Game, name: str, value: str) -> VariableChanged:
    return await game.station.takers[ChangeVariable](ChangeVariable(name, value))  # type: ignore[return-value]


def test_all_that_a_csms_could_know_of_one_is_told() -> None:
    async def script(game: Game) -> None:
        (line,) = (await search(game, "heartbeat INTERVAL")).lines
        assert (line.name, line.key_16, line.type, line.unit) == (HEARTBEAT_INTERVAL.name, "HeartbeatInterval", "integer", "s")
        assert (line.minimum, line.access, line.reboot, line.value) == (1, "ReadWrite", False, "300")
        everything = await search(game)
        assert everything.total == len(everything.lines) > 80
        assert len((await search(game, count=3)).lines) == 3
        (power,) = (await search(game, "EVSE.Power@1")).lines
        assert (power.component, power.evse, power.maximum) == ("EVSE", 1, 22_080)

    play(script)


def test_what_may_only_be_written_is_not_shown() -> None:
    async def script(game: Game) -> None:
        (line,) = (await search(game, "AuthorizationKey")).lines
        assert (line.value, line.access) == (None, "WriteOnly")
        assert (await search(game, "sixteen-characters")).total == 0, "nor found by its value"

    play(script, keys={"AuthorizationKey": "sixteen-characters"})


def test_a_change_has_its_effect_and_survives_a_power_cut(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        assert (await change(game, "meterValueSampleInterval", "5")).outcome == "changed"
        assert (await change(game, "OCPPCommCtrlr.OfflineThreshold", "7")).message == 'OCPPCommCtrlr.OfflineThreshold is "7" now'
        assert (await change(game, "OCPPCommCtrlr.NetworkConfigurationPriority", "1")).outcome == "reboot"

    async def after(game: Game) -> None:
        assert [line.value for line in (await search(game, "TxUpdatedInterval")).lines] == ["5"]
        assert [line.value for line in (await search(game, "OfflineThreshold")).lines] == ["7"]

    play(before, tmp_path / "store")
    play(after, tmp_path / "store")


@pytest.mark.parametrize("name", ["DefaultPriceText[en]", "DefaultPriceText,en", "defaultpricetext,EN"])
def test_one_with_an_instance_is_set_by_either_spelling_and_survives_a_power_cut(name: str, tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        (line,) = (await search(game, name)).lines
        assert line.name == "DefaultPriceText[en]"
        assert (await change(game, name, PRICE_TEXT)).outcome == "changed"

    async def after(game: Game) -> None:
        assert [line.value for line in (await search(game, name)).lines] == [PRICE_TEXT]

    play(before, tmp_path / "store")
    play(after, tmp_path / "store")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("HeartbeatInterval", "0", "0 is too low; the minimum is 1"),
        ("HeartbeatInterval", "soon", '"soon" is not a whole number'),
        ("NumberOfConnectors", "3", "NumberOfConnectors cannot be changed"),
        ("OCPPCommCtrlr.MessageTimeout[Default]", "20", "cannot be changed"),
        ("MeterValuesSampledData", "Energy.Active.Import.Register,Power.Factor", "not measured here: Power.Factor"),
        ("AuthorizationKey", "short", ""),
    ],
)
def test_what_a_csms_would_be_refused_a_technician_is_refused(name: str, value: str, why: str) -> None:
    async def script(game: Game) -> None:
        answer = await change(game, name, value)
        assert answer.outcome == "refused"
        assert why in answer.message
        assert answer.message.endswith("; a CSMS would be refused as well")

    play(script)


def test_by_its_1_6_name_a_key_can_be_changed_that_2_x_may_only_read() -> None:
    async def script(game: Game) -> None:
        assert (await change(game, "MessageTimeout", "20")).outcome == "changed"

    play(script)


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("HartbeatIntervall", "HeartbeatInterval"),
        ("OfflineThreshold", "OCPPCommCtrlr.OfflineThreshold"),
        ("OCPPComCtrlr.ResetRetrys", "OCPPCommCtrlr.ResetRetries"),
        ("samplinginterval", "MeterValueSampleInterval"),
    ],
)
def test_of_an_unknown_name_it_is_told_what_is_like_it(name: str, like: str) -> None:
    async def script(game: Game) -> None:
        answer = await change(game, name, "1")
        assert answer.outcome == "unknown"
        assert like in answer.near
        assert like in answer.message
        assert name == "OfflineThreshold" or like in (await search(game, name)).near

    play(script)


def test_a_password_is_kept_and_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    secret = "a-long-enough-password"

    async def script(game: Game) -> None:
        answer = await change(game, "SecurityCtrlr.BasicAuthPassword", secret)
        assert answer.outcome == "changed"
        lines: Any = await game.station.takers[ListEvents](ListEvents(area="technician"))
        assert secret not in f"{answer.message} {lines} {caplog.text}"
        key = VariableKey(component="SecurityCtrlr", variable="BasicAuthPassword")
        entry = game.station._model.entry(key)
        assert entry is not None
        assert game.station._model.read(BASIC_AUTH_PASSWORD) == secret

    play(script)
