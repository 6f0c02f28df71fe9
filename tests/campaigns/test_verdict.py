"""The verdict sees what it is there for: each thing that may be wrong, made wrong on purpose."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from simulators.csms.message_log import MessageLog
from simulators.csms.records import Event, MeterValue, Station, Transaction, Violation
from tests.campaigns.ledger import Card
from tests.campaigns.verdict import Register, differences

T = "2026-01-01T12:00:00Z"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHARGED = Register(100, 120)


def transaction(**changes: Any) -> Transaction:
    """One of 2.0.1, whole and in order."""
    kinds = ("Started", "Updated", "Ended")
    good = Transaction(
        id="tx-1",
        station="cp001",
        version="2.0.1",
        evse=1,
        connector=1,
        token="CARD000",
        open=False,
        started_at=T,
        stopped_at=T,
        meter_start_wh=10.0,
        meter_stop_wh=30.0,
        reason="Local",
        meter_values=[MeterValue(at=T, message=number, energy_wh=wh, samples=()) for number, wh in enumerate((10.0, 20.0, 30.0))],
        events=[Event(seq_no=number, type=kind, trigger="Trigger", at=T, message=number) for number, kind in enumerate(kinds)],
    )
    return replace(good, **changes)


def card() -> Card:
    """Shown to start and to stop."""
    return Card("CARD000", 1, shown=2, seen={"tx-1": "tx-1"}, reasons={"Local"})


def found(*transactions: Transaction, register: Register = CHARGED, violations: tuple[Violation, ...] = ()) -> str:
    """All differences."""
    station = Station(id="cp001", version="2.0.1", violations=list(violations))
    return "\n".join(differences([card()], transactions, {1: register}, station))


def violation(rule: str, text: str) -> Violation:
    """Something that the CSMS has noticed."""
    return Violation(rule=rule, text=text, message=1, at=NOW)


def test_a_whole_story_has_no_differences() -> None:
    assert found(transaction()) == ""
    assert found(transaction(), violations=(violation("status", "connector 1 went from Charging to Preparing; allowed are"),)) == ""


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"open": True, "stopped_at": None}, "still open"),
        ({"reason": "PowerLoss"}, "ended with PowerLoss; expected one of ['Local']"),
        ({"events": transaction().events[:1] + transaction().events[2:]}, "seqNo [0, 2]"),
        ({"events": transaction().events + transaction().events[2:]}, "seqNo [0, 1, 2, 2]"),
        ({"events": transaction().events[:2]}, "events ['Started', 'Updated']"),
        ({"meter_start_wh": 11.0}, "meter values [10.0] Wh outside of 11 to 30 Wh"),
        ({"meter_stop_wh": 29.0}, "19 Wh in transactions, 20 Wh through the meter"),
        ({"token": "CARD001"}, "nobody showed CARD001 at EVSE 1"),
        ({"evse": 2}, "nobody showed CARD000 at EVSE 2"),
        ({"id": "tx-2"}, "the station showed ['tx-1'], the CSMS has ['tx-2']"),
        ({"stopped_at": "2025-12-31T23:59:59Z"}, "from 2026-01-01T12:00:00Z to 2025-12-31T23:59:59Z"),
    ],
)
def test_a_transaction_that_was_told_wrongly_is_found(changes: dict[str, Any], difference: str) -> None:
    assert difference in found(transaction(**changes))


def test_a_transaction_too_few_or_too_many_is_found() -> None:
    assert "0 transactions []; expected 1 to 2" in found(register=Register(0, 0))
    three = [transaction(id=f"tx-{number}") for number in (1, 2, 3)]
    assert "3 transactions ['tx-1', 'tx-2', 'tx-3']; expected 1 to 2" in found(*three, register=Register(0, 60))


def test_energy_that_nobody_was_billed_for_is_found() -> None:
    assert "20 Wh in transactions, 21 Wh through the meter" in found(transaction(), register=Register(100, 121))


def test_what_the_csms_found_wrong_is_told() -> None:
    assert "violation seq_no: a gap" in found(transaction(), violations=(violation("seq_no", "a gap"),))
    assert "from Available to Finishing" in found(
        transaction(), violations=(violation("status", "connector 1 went from Available to Finishing"),)
    )


def test_a_message_of_1_6_that_is_sent_again_with_another_id_is_found() -> None:
    def judged(*frames: list[Any]) -> list[str]:
        log = MessageLog()
        for frame in frames:
            log.add(NOW, "cp001", "received", json.dumps(frame), frame[2])
        return differences([], [], {}, Station(id="cp001", version="1.6"), log)

    boot, values = [2, "b", "BootNotification", {}], {"transactionId": 1, "meterValue": []}
    assert judged([2, "m1", "MeterValues", values], boot, [2, "m1", "MeterValues", values]) == []
    assert judged([2, "m1", "MeterValues", values], [2, "m2", "MeterValues", values]) == []
    again = judged([2, "m1", "MeterValues", values], boot, [2, "m2", "MeterValues", values])
    assert again == ["MeterValues of message 1 again as message 3, with another id: m2"]
