"""Faults in the log, with their numbers."""

import pytest

from chargepoint.control.fault_log import note
from chargepoint.domain.faults import Fault

WELDED = Fault("contactor_welded", "power_switch_failure", "contactor: closed", since_s=1.0, latched=True)
SMOKE = Fault("contactor_welded", "other", since_s=2.0, by_board=True)


def test_each_fault_is_logged_when_it_is_raised_and_when_it_is_cleared(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    note(1, (), (WELDED,))
    note(1, (WELDED,), (WELDED,))
    note(1, (WELDED,), (WELDED, SMOKE))
    note(1, (WELDED, SMOKE), (SMOKE,))
    assert [record.getMessage() for record in caplog.records] == [
        "event=fault evse=1 code=CP-301 fault=contactor_welded state=raised latched=True seen='contactor: closed'",
        "event=fault evse=1 code=CP-599 fault=contactor_welded state=raised latched=False seen=''",
        "event=fault evse=1 code=CP-301 fault=contactor_welded state=cleared",
    ]
