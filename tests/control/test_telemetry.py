"""When readings are told between events."""

from chargepoint.control.telemetry import IDLE_S, PLUGGED_S, Told, after, due, note
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import EvseState
from hal.measured import MeterReading
from tests.control.rig import Rig


def state(*, plugged: bool = True, closed: bool = False, read_s: float | None = None) -> EvseState:
    """An EVSE as told."""
    return EvseState(
        evse=1,
        plug_in=PlugInId("boot", 1) if plugged else None,
        contactor_closed=closed,
        reading=None if read_s is None else MeterReading(at_s=read_s, energy_wh=1),
    )


def test_once_a_second_while_a_car_is_plugged_and_seldom_otherwise() -> None:
    for plugged, every_s in ((True, PLUGGED_S), (False, IDLE_S)):
        told = after(Told(), state(plugged=plugged), 100.0)
        assert not due(told, state(plugged=plugged), 100.0 + every_s - 0.01)
        assert due(told, state(plugged=plugged), 100.0 + every_s)


def test_the_first_is_told_at_once() -> None:
    assert due(Told(), state(plugged=False), 0.0)


def test_a_fresh_reading_after_the_contactor_moved_is_told_at_once() -> None:
    told = after(Told(), state(), 100.0)
    told = note(told, state(closed=True, read_s=99.9), 100.1)
    assert not due(told, state(closed=True, read_s=99.9), 100.2)
    assert due(told, state(closed=True, read_s=100.15), 100.2)
    told = after(told, state(closed=True, read_s=100.15), 100.2)
    assert not due(told, state(closed=True, read_s=100.3), 100.4)


def test_a_reading_that_is_still_awaited_stays_awaited() -> None:
    told = note(after(Told(), state(), 100.0), state(closed=True), 100.1)
    told = after(told, state(closed=True, read_s=99.0), 101.0)
    assert due(told, state(closed=True, read_s=101.1), 101.2)


def test_other_changes_are_no_reason() -> None:
    told = after(Told(), state(), 100.0)
    assert note(told, state(plugged=False), 100.1) is told


def test_the_temperature_goes_with_the_readings_and_is_no_news() -> None:
    rig = Rig()
    rig.run(1)
    events = len(rig.events)
    rig.plants[1].temperature_c = 31.5
    rig.run(1)
    assert (rig.sent().temperature_c, len(rig.events)) == (31.5, events)
