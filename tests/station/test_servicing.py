"""Who may say that a latched fault has been dealt with: whoever stands before the station, and nobody else."""

import asyncio
from datetime import UTC, datetime

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.commands import (
    CancelReservation,
    CertificateSigned,
    ChangeAvailability,
    ClearCache,
    ClearChargingProfile,
    Command,
    DataTransfer,
    DeleteCertificate,
    GetBaseReport,
    GetCompositeSchedule,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    GetLog,
    GetVariables,
    InstallCertificate,
    LocalListEntry,
    RequestStart,
    RequestStop,
    ReserveNow,
    Reset,
    ResetKind,
    SendLocalList,
    SetChargingProfile,
    SetVariables,
    Trigger,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.logs import LogKind
from chargepoint.inquiry import faults as questions
from chargepoint.inquiry.faults import Answer
from chargepoint.link.messages import ClearFault, ClearOutcome
from tests import virtual_time
from tests.domain.charging.examples import profile
from tests.station.rig import Game, play
from tests.station.test_faults import EMERGENCY_STOP, WELDED

QUESTION = questions.ClearFault(1, "contactor_welded")


def clear(game: Game, question: questions.ClearFault = QUESTION) -> "asyncio.Task[Answer]":
    """Ask as the inquiry does."""
    return asyncio.create_task(game.station.service.servicing.clear_fault(question))


def test_control_clears_it_and_the_answer_says_so() -> None:
    async def script(game: Game) -> None:
        game.control.fail(EMERGENCY_STOP, WELDED)
        await asyncio.sleep(1)
        assert await clear(game) == Answer("cleared", "EVSE 1: contactor_welded cleared")
        await asyncio.sleep(1)
        assert [fault.name for fault in game.csms.statuses[-1].facts.faults] == ["emergency_stop"]

    play(script)


def test_control_says_why_not_and_an_old_outcome_is_no_answer() -> None:
    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        game.control.change(cleared=ClearOutcome("somebody else's", True))
        game.control.clearing = lambda wish: ClearOutcome(wish.wish, False, "contactor_welded: its cause is still there")
        await asyncio.sleep(1)
        assert await clear(game) == Answer("refused", "EVSE 1: not cleared: contactor_welded: its cause is still there")

    play(script)


def test_control_that_does_not_answer_is_waited_for_five_seconds() -> None:
    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        game.control.clearing = lambda wish: None
        await asyncio.sleep(1)
        asked_s = virtual_time.now_s()
        answer = await clear(game)
        assert answer == Answer("refused", "EVSE 1: not cleared: contactor_welded: no answer of control in 5 s; see its log")
        assert virtual_time.now_s() - asked_s == pytest.approx(5.0)

    play(script)


def test_what_is_not_there_is_named_and_control_is_not_asked() -> None:
    async def script(game: Game) -> None:
        unknown = await clear(game, questions.ClearFault(2, "contactor_welded"))
        assert unknown == Answer("unknown", "EVSE 2: unknown; there are 1")
        assert await clear(game) == Answer("unknown", "EVSE 1: contactor_welded is not active; active are: none")
        game.control.fail(EMERGENCY_STOP)
        await asyncio.sleep(1)
        assert await clear(game) == Answer("unknown", "EVSE 1: contactor_welded is not active; active are: emergency_stop")
        game.control.end.hang_up()
        await asyncio.sleep(0)
        assert not any(isinstance(message, ClearFault) for message in game.control.heard)

    play(script)


COMMANDS: tuple[Command, ...] = (
    UnlockConnector(ConnectorId(1), ends_transaction=True),
    UnlockConnector(ConnectorId(1), ends_transaction=False),
    ChangeAvailability(False, cascades=True),
    ChangeAvailability(True, cascades=True),
    ChangeAvailability(True, 1, 1),
    RequestStart(IdToken("APP"), evse=1),
    RequestStop("17"),
    TriggerMessage(Trigger.STATUS_NOTIFICATION),
    GetVariables(()),
    SetVariables(((VariableKey(component="EVSE", evse=1, variable="Problem"), "false"),)),
    GetBaseReport(1, "FullInventory"),
    ClearCache(),
    SetChargingProfile(0, profile()),
    GetCompositeSchedule(1, 60),
    ClearChargingProfile(),
    SendLocalList(1, full=True, entries=(LocalListEntry(IdToken("04A1"), TokenInfo(AuthorizationStatus.ACCEPTED)),)),
    GetLocalListVersion(),
    ReserveNow(id=1, token=IdToken("04A1"), expires=datetime(2027, 1, 1, tzinfo=UTC), evse=1),
    CancelReservation(1),
    InstallCertificate(CertificateUse.CSMS_ROOT, "-----BEGIN CERTIFICATE-----"),
    DeleteCertificate(CertificateHash(HashAlgorithm.SHA256, "00", "00", "1")),
    GetInstalledCertificateIds(),
    CertificateSigned("-----BEGIN CERTIFICATE-----", CertificateUse.CHARGING_STATION),
    DataTransfer("com.acme", "clear-fault", "contactor_welded"),
    UpdateFirmware(location="http://127.0.0.1:1/contactor_welded", retrieve_at=datetime(2027, 1, 1, tzinfo=UTC)),
    GetLog(kind=LogKind.DIAGNOSTICS, location="http://127.0.0.1:1/contactor_welded"),
    Reset(ResetKind.ON_IDLE),
    Reset(ResetKind.IMMEDIATE),
    Reset(ResetKind.IMMEDIATE, graceful=False),
)


def test_no_command_of_a_csms_clears_a_fault() -> None:
    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        await asyncio.sleep(1)
        assert {type(command) for command in COMMANDS} == set(game.station.orders), "a new command has to be tried here"
        for command in COMMANDS:
            _, after = await game.station.obey(command)
            if after is not None:
                after()
        await asyncio.sleep(30)

    control = play(script).control
    assert not any(isinstance(message, ClearFault) for message in control.heard)
    assert control.state.faults == (WELDED,)
