"""The connector walks through every transition of 1.6 §4.9, told in the words of 1.6, and through none that the table does not have."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from chargepoint.domain.commands import ChangeAvailability, Outcome, RequestStart, Verdict
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.ocpp.v16.status import station_word, status_word
from tests.station.rig import Game, play
from tests.station.test_transacting import charge

FIRST = ConnectorId(1)
A, P, C, EV, EVSE, F, R, U, X = (
    *("Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved", "Unavailable", "Faulted"),
)
ALLOWED: dict[str, set[str]] = {
    A: {P, C, EV, EVSE, R, U, X},
    P: {A, C, EV, EVSE, F, X},
    C: {A, EV, EVSE, F, U, X},
    EV: {A, C, EVSE, F, U, X},
    EVSE: {A, C, EV, F, U, X},
    F: {A, P, U, X},
    R: {A, P, U, X},
    U: {A, P, C, EV, EVSE, X},
    X: {A, P, C, EV, EVSE, F, R, U},
}
"""1.6 §4.9 with B6 of errata 3.20."""
NEVER = {
    **{(start, state): "a transaction begins with nothing offered yet: Preparing" for start in (A, U) for state in (C, EV, EVSE)},
    (X, EV): "the offer has to come back before the EV can be the one that waits: SuspendedEVSE",
}
FAULT = Fault("over_voltage", "over_voltage")

Script = Callable[[Game], Awaitable[None]]


async def ev_pauses(game: Game) -> None:
    """The car opens S2."""
    game.control.change(cp="B", state="B2", contactor_closed=False, offered_ma=16_000)
    await asyncio.sleep(12)


async def evse_pauses(game: Game) -> None:
    """Nothing is offered."""
    game.control.change(cp="B", state="B1", contactor_closed=False, offered_ma=0)
    await asyncio.sleep(2)


async def goes_on(game: Game) -> None:
    """Current flows."""
    game.control.charge()
    await asyncio.sleep(2)


async def ends(game: Game) -> None:
    """By the same card."""
    await game.swipe()
    game.control.open(1600)
    await asyncio.sleep(2)


async def leaves(game: Game) -> None:
    """With its cable."""
    game.control.unplug(1600)
    await asyncio.sleep(2)


async def fails_for_a_while(game: Game) -> None:
    """A fault that clears by itself; the state is as it was before."""
    before = game.control.state
    game.control.fail(FAULT)
    await asyncio.sleep(2)
    game.control.change(faults=(), cp=before.cp, state=before.state, contactor_closed=before.contactor_closed, offered_ma=before.offered_ma)
    await asyncio.sleep(2 if before.contactor_closed or before.offered_ma == 0 else 12)


async def operates(game: Game, operative: bool, verdict: Verdict = Verdict.ACCEPTED) -> None:
    """ChangeAvailability of connector 1."""
    assert (await game.station.obey(ChangeAvailability(operative, 1, 1, cascades=True)))[0] == Outcome(verdict)
    await asyncio.sleep(1)


async def reserves(game: Game, reserved: bool) -> None:
    """A reservation begins or ends."""
    game.station.availability.reserved = lambda _: reserved and game.station.transacting.sessions[1].authorization is None
    game.station.transacting.changed()
    await asyncio.sleep(1)


async def empty_connector(game: Game) -> None:
    """A2, A7, A8, A9; B1; G1, G2, G8, G9; H1, H2, H9; I1, I7, I8."""
    await fails_for_a_while(game)
    await reserves(game, True)
    await fails_for_a_while(game)
    await reserves(game, False)
    await reserves(game, True)
    await operates(game, False)
    await reserves(game, False)
    await fails_for_a_while(game)
    await operates(game, True)
    await reserves(game, True)
    await game.station.obey(RequestStart(IdToken("04A1"), evse=1))
    await asyncio.sleep(1)
    await reserves(game, False)
    await asyncio.sleep(70)
    await operates(game, False)
    game.control.plug()
    await asyncio.sleep(1)
    await operates(game, True)
    await leaves(game)


async def before_the_transaction(game: Game) -> None:
    """B1, B4, B5, B6, B9; F1, F2, F9; I2, I6."""
    game.control.plug()
    await asyncio.sleep(2)
    await fails_for_a_while(game)
    await asyncio.sleep(61)
    await fails_for_a_while(game)
    await game.swipe()
    await asyncio.sleep(12)
    await ends(game)
    await leaves(game)
    game.control.plug(2)
    await game.swipe()
    game.control.change(state="B2", offered_ma=16_000)
    await asyncio.sleep(12)
    await ends(game)
    await leaves(game)


async def in_the_transaction(game: Game) -> None:
    """B3; C4, C5, C6, C9; D3, D5, D9; E3, E4, E9; I3, I4, I5."""
    await charge(game)
    await fails_for_a_while(game)
    await ev_pauses(game)
    await fails_for_a_while(game)
    await goes_on(game)
    await evse_pauses(game)
    await fails_for_a_while(game)
    await goes_on(game)
    await ev_pauses(game)
    await evse_pauses(game)
    await ev_pauses(game)
    await goes_on(game)
    await ends(game)
    await leaves(game)


def left_while(state: str, scheduled: bool) -> Script:
    """C1, C8, D1, D8, E1, E8: the car is unplugged, and nothing is left to do."""

    async def script(game: Game) -> None:
        await charge(game)
        if state != C:
            await (ev_pauses if state == EV else evse_pauses)(game)
        if scheduled:
            await operates(game, False, Verdict.SCHEDULED)
        await leaves(game)

    return script


def ended_while(state: str, scheduled: bool) -> Script:
    """C6, D6, E6; F1, F8."""

    async def script(game: Game) -> None:
        await charge(game)
        await (ev_pauses if state == EV else evse_pauses)(game)
        if scheduled:
            await operates(game, False, Verdict.SCHEDULED)
        await ends(game)
        await leaves(game)

    return script


STORIES: list[Script] = [
    empty_connector,
    before_the_transaction,
    in_the_transaction,
    *(left_while(state, scheduled) for state in (C, EV, EVSE) for scheduled in (False, True)),
    *(ended_while(state, scheduled) for state, scheduled in ((EV, False), (EVSE, True))),
]


def walked(script: Script) -> list[tuple[str, str]]:
    """The changes of the connector's status as they were told."""

    async def whole(game: Game) -> None:
        game.csms.status_word = status_word  # type: ignore[method-assign]
        await script(game)

    csms = play(whole, keys={"MeterValueSampleInterval": "0"}).csms
    words = [status_word(status.facts) for status in csms.statuses if status.facts.connector == FIRST]
    return [(one, other) for one, other in pairwise(words) if one != other]


def test_every_transition_of_the_table_is_walked_and_no_other() -> None:
    seen = {change for script in STORIES for change in walked(script)}
    table = {(one, other) for one, others in ALLOWED.items() for other in others}
    assert seen - table == set()
    assert table - seen == set(NEVER)


def test_a_car_in_a_connector_that_is_taken_out_of_operation_is_told_to_be_there_to_no_purpose() -> None:
    """Preparing → Unavailable is not in the table; that nobody can charge there any more is the truth all the same (§5.2)."""

    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(2)
        await operates(game, False)

    assert walked(script)[-1] == (P, U)


def test_a_reserved_connector_whose_driver_does_not_plug_in_goes_back_to_where_it_was() -> None:
    """Preparing → Reserved is not in the table; §9.1.6 wants the original state back."""

    async def script(game: Game) -> None:
        await reserves(game, True)
        await game.station.obey(RequestStart(IdToken("04A1"), evse=1))
        await asyncio.sleep(70)

    assert walked(script)[-2:] == [(R, P), (P, R)]


@pytest.mark.parametrize(("scheduled", "words"), [(False, [A, U, A]), (True, [A, A, U])])
def test_connector_0_is_out_of_operation_when_the_last_transaction_has_ended(scheduled: bool, words: list[str]) -> None:
    async def script(game: Game) -> None:
        def word() -> str:
            return station_word(game.station.availability.station_facts)

        seen = [word()]
        if scheduled:
            await charge(game)
        reply, _ = await game.station.obey(ChangeAvailability(False, cascades=True))
        assert reply == Outcome(Verdict.SCHEDULED if scheduled else Verdict.ACCEPTED)
        seen.append(word())
        if scheduled:
            await leaves(game)
        else:
            await game.station.obey(ChangeAvailability(True, cascades=True))
        seen.append(word())
        assert seen == words

    play(script)
