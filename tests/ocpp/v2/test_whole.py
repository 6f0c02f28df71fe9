"""Nothing is said or obeyed in 2.0.1 that no table of these tests holds."""

from typing import Any

from chargepoint.domain.commands import (
    ClearMonitorResult,
    ClearVariableMonitoring,
    Command,
    GetCompositeSchedule,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    GetTransactionStatus,
    GetVariables,
    InstalledCertificates,
    LocalListVersion,
    Outcome,
    Reply,
    SetMonitorResult,
    SetVariableMonitoring,
    SetVariables,
    TransactionStatus,
    Verdict,
)
from chargepoint.domain.device_model import SetResult, VariableStatus
from tests import virtual_time
from tests.ocpp.rig import Talk, dialect
from tests.ocpp.v2 import test_charging, test_commands, test_maintenance, test_notifications

V201 = dialect("2.0.1")
WANTED: dict[str, dict[str, Any]] = {
    action: payload for tests in (test_charging, test_commands, test_maintenance) for action, payload, _ in tests.WANTED
}
SAID = {type(notification) for tests in (test_charging, test_maintenance, test_notifications) for notification, _, _ in tests.SAID}


def test_every_kind_of_notification_is_in_a_table() -> None:
    assert set(V201.said) == SAID


def test_every_action_that_is_obeyed_is_in_a_table() -> None:
    assert set(V201.obeyed) == set(WANTED)


async def _reply(command: Command) -> Reply:
    match command:
        case GetVariables():
            return test_commands.GOT
        case SetVariables():
            return (SetResult(test_commands.TIMEOUT_KEY, VariableStatus.ACCEPTED),)
        case GetLocalListVersion():
            return LocalListVersion(3, sent=4)
        case SetVariableMonitoring(monitors=monitors):
            return tuple(SetMonitorResult(wanted=each, status="Accepted", id=7) for each in monitors)
        case ClearVariableMonitoring(ids=ids):
            return tuple(ClearMonitorResult(each, "Accepted") for each in ids)
        case GetTransactionStatus():
            return TransactionStatus(queued=True, ongoing=False)
        case GetInstalledCertificateIds():
            return InstalledCertificates()
        case GetCompositeSchedule():
            return test_charging.COMPOSITE
        case _:
            return Outcome(Verdict.ACCEPTED)


def test_every_action_of_the_standard_gets_the_right_class_of_answer() -> None:
    async def main() -> None:
        async with Talk("2.0.1") as talk:
            talk.station.reply = _reply
            for action in sorted(V201.schemas.actions):
                answer = await talk.call("x", action, WANTED.get(action, {}))
                expected = [3, "x"] if action in V201.obeyed else [4, "x", "NotSupported"]
                assert answer[: len(expected)] == expected, action
            for unknown in ("ChangeConfiguration", "reset", "", "X" * 500):
                assert (await talk.call("x", unknown, {}))[:3] == [4, "x", "NotImplemented"]

    virtual_time.run(main())
