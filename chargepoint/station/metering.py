"""Meter values when they are due (OCPP 2.0.1 J01, J02; 1.6 §3.16): periodic ones count from the start of the transaction,
clock-aligned ones from midnight UTC, whether a transaction runs or not.

There is a meter at each EVSE and none for the whole station. What the EVSEs took together leaves out what the station itself needs, and is
no register of any meter; so nothing is told for connector 0, the main meter (1.6 §4.7).
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.measurands import DEFAULT_MEASURAND, missing
from chargepoint.domain.metering import MeterValue, ReadingContext, Sample
from chargepoint.domain.notifications import MeterValues
from chargepoint.domain.transaction import TriggerReason
from chargepoint.domain.variables.metering import (
    ALIGNED_INTERVAL,
    ALIGNED_MEASURANDS,
    ALIGNED_TX_ENDED_INTERVAL,
    ALIGNED_TX_ENDED_MEASURANDS,
    ALIGNED_WHEN_IDLE,
    SAMPLED_INTERVAL,
    SAMPLED_MEASURANDS,
    TX_ENDED_INTERVAL,
    TX_ENDED_MEASURANDS,
)
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import Sheet
from chargepoint.station.measurand_lists import Measurands, listed
from chargepoint.station.transacting import Transacting

REMEMBERED_EVERY, IDLE_EVERY = timedelta(seconds=60), timedelta(minutes=15)
"""So often at least a reading of a running transaction is on disk, with and without current: what a power cut leaves of it."""
LATE = timedelta(seconds=10)
"""What is measured later than that after the beginning of a slot says nothing of it: the clock was set, say."""


class Metering:
    """Decides when a reading is told."""

    def __init__(self, model: DeviceModel, clock: StationClock, transacting: Transacting, tell: Callable[[MeterValues], None]) -> None:
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._tell = tell
        self._looks: dict[str, tuple[int, datetime]] = {}
        """The interval at the last look, and its time."""
        self.expected_ma: Callable[[int], int] = lambda evse: 0
        """What a car would be offered now. Without a transaction that is what Current.Offered and Power.Offered say, car or no car: energy
        managers learn from it whether charging is on. With one they say what the pilot says."""
        self.heard: Callable[[], bool] = lambda: True
        """Is control there? What it said before is no reading of now."""
        self.one_interval: Callable[[], bool] = lambda: False
        """Do the intervals of what is told at once count for what is kept for the end as well, as in 1.6 (§3.16.1, §3.16.2)?"""

    def tick(self, now_s: float) -> None:
        """Once a second."""
        now = self._clock.now()
        for evse in self._transacting.sheets:
            self._tell_interruption(evse, now)
            self._sample(evse, now_s, now)
            self._remember(evse)
        if self._slot_began("told", self._model.read(ALIGNED_INTERVAL), now):
            self._align(now)
        if self._slot_began("end", self._model.read(ALIGNED_INTERVAL if self.one_interval() else ALIGNED_TX_ENDED_INTERVAL), now):
            for evse in self._transacting.sheets:
                kept = self.values(evse, ReadingContext.CLOCK, ALIGNED_TX_ENDED_MEASURANDS, now)
                self._transacting.told(evse, TriggerReason.METER_VALUE_CLOCK, (), kept)

    def _sample(self, evse: int, now_s: float, now: datetime) -> None:
        """E02.FR.10, E03.FR.08, E04.FR.06, E11.FR.03, E12.FR.03, F01.FR.15, F02.FR.03, J02.FR.01, J02.FR.11"""
        sheet = self._transacting.sheets[evse]
        if self._transacting.sessions[evse].span is None:
            return
        told = self._model.read(SAMPLED_INTERVAL)
        kept = told if self.one_interval() else self._model.read(TX_ENDED_INTERVAL)
        sheet.sampled_s, tell_now = _due(sheet.sampled_s, told, now_s)
        sheet.end_sampled_s, keep_now = _due(sheet.end_sampled_s, kept, now_s)
        values = self.values(evse, ReadingContext.PERIODIC, SAMPLED_MEASURANDS, now) if tell_now else ()
        end_values = self.values(evse, ReadingContext.PERIODIC, TX_ENDED_MEASURANDS, now) if keep_now else ()
        if values or end_values:
            self._transacting.told(evse, TriggerReason.METER_VALUE_PERIODIC, values, end_values)

    def _remember(self, evse: int) -> None:
        """Keep the reading, if nothing that was told has done so lately: with it a transaction ends that a power cut ends (1.6 §4.10)."""
        transaction, reading = self._transacting.sessions[evse].transaction, self._transacting.sheets[evse].reading
        if transaction is None or transaction.stop is not None or reading is None:
            return
        at, flows = self._clock.at(reading.at_s), reading.energy_wh > transaction.last_wh
        if at - transaction.last_at >= (REMEMBERED_EVERY if flows else IDLE_EVERY):
            self._transacting.keep(evse, replace(transaction, last_wh=max(reading.energy_wh, transaction.last_wh), last_at=at))

    def _slot_began(self, name: str, interval_s: int, now: datetime) -> bool:
        """Has a slot of this length begun since the last look? Not at the first look, nor when interval or clock were set."""
        interval_before_s, before = self._looks.get(name, (0, now))
        self._looks[name] = (interval_s, now)
        if interval_s <= 0 or interval_s != interval_before_s:
            return False
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return (now - midnight) % timedelta(seconds=interval_s) < min(now - before, LATE)

    def _align(self, now: datetime) -> None:
        """J01.FR.01, J01.FR.02, J01.FR.14, J01.FR.19, J01.FR.20, J01.FR.22"""
        sessions = self._transacting.sessions
        if self._model.read(ALIGNED_WHEN_IDLE) and any(session.span is not None for session in sessions.values()):
            return
        for evse, session in sessions.items():
            values = self.values(evse, ReadingContext.CLOCK, ALIGNED_MEASURANDS, now)
            if not values:
                continue
            if session.span is not None:
                self._transacting.told(evse, TriggerReason.METER_VALUE_CLOCK, values)
            else:
                self._tell(MeterValues(evse, ConnectorId(evse, session.connector), values))

    def values(self, evse: int, context: ReadingContext, measurands: Measurands, at: datetime) -> tuple[MeterValue, ...]:
        """The reading of an EVSE as meter values (J02.FR.22); nothing where meter or list have nothing, or where nobody reads it now."""
        sheet: Sheet = self._transacting.sheets[evse]
        transaction = self._transacting.sessions[evse].transaction
        offer = sheet.offer_of(self.expected_ma(evse)) if transaction is None else sheet.offer
        at = at if transaction is None else max(at, transaction.last_at)
        return () if sheet.meter_lost or not self.heard() else sheet.values(at, context, listed(self._model, measurands), offer)

    def missing(self, items: Iterable[str]) -> list[str]:
        """Those of a list of measurands that nothing measures at any EVSE (1.6 §3.16.4). Before the first reading nobody can tell."""
        wanted = list(items)
        known = [missing(sheet.measured, wanted) for sheet in self._transacting.sheets.values() if sheet.measured is not None]
        return [item for item in wanted if known and all(item in lacks for lacks in known)]

    def _tell_interruption(self, evse: int, now: datetime) -> None:
        """The power was cut in a transaction that goes on: the register before and after (Interruption.Begin, Interruption.End)."""
        sheet = self._transacting.sheets[evse]
        if sheet.interrupted is None or sheet.reading is None:
            return
        (at, energy_wh), sheet.interrupted = sheet.interrupted, None
        transaction, wanted = self._transacting.sessions[evse].transaction, listed(self._model, SAMPLED_MEASURANDS)
        if transaction is None or transaction.stop is not None or DEFAULT_MEASURAND not in wanted:
            return
        before = MeterValue(at, ReadingContext.INTERRUPTION_BEGIN, (Sample(DEFAULT_MEASURAND, energy_wh, "Wh"),))
        after = self.values(evse, ReadingContext.INTERRUPTION_END, SAMPLED_MEASURANDS, now)
        if self.one_interval():
            self._transacting.told(evse, TriggerReason.ABNORMAL_CONDITION, (before, *after))
        else:  # what is told at once must be of now, but for the end of a transaction (J02.FR.10)
            self._transacting.told(evse, TriggerReason.ABNORMAL_CONDITION, after, (before,))


def _due(last_s: float | None, interval_s: int, now_s: float) -> tuple[float | None, bool]:
    """Keep step with an interval: the time that the next one counts from, and whether one is due. Missed ones are not made up."""
    if interval_s <= 0:
        return now_s, False
    if last_s is None:
        return now_s, False
    if now_s - last_s < interval_s:
        return last_s, False
    return last_s + (now_s - last_s) // interval_s * interval_s, True
