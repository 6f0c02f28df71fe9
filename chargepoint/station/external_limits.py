"""What others than the CSMS let the station draw (OCPP 2.0.1 K11 to K13; K14 is for a local controller).

    energy manager ──▶ ExternalLimits ──▶ profile book ──▶ stacks ──▶ Permit, SitePermit     lowers what is granted, in every version
                            │                                └─▶ ReportChargingProfiles      as ChargingStationExternalConstraints
                            ├──▶ LimitNews ──▶ CSMS                                          NotifyChargingLimit, ClearedChargingLimit
                            └──▶ Transacting.rate_changed                                    TransactionEvent ChargingRateChanged

A limit is on disk before it is answered, and holds until it is released, replaced, has run out, or a CSMS switches such signals off
(ExternalControlSignalsEnabled). Whoever has set it may raise it as well as lower it: with what is generated on the premises, say; the fuse,
the rating and the CSMS's own profiles hold beside it.
"""

import logging
from collections.abc import Callable
from math import inf

from msgspec import Struct

from chargepoint.domain.charging.checking import objection_to_schedule
from chargepoint.domain.charging.installed import STATION, Installed
from chargepoint.domain.charging.stacking import external_name
from chargepoint.domain.charging.timetable import Timetable, ends_s, period_at, timetable
from chargepoint.domain.charging_profile import (
    ChargingProfile,
    ChargingSchedule,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    SchedulePeriod,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.variables.smart_charging import EXTERNAL_SIGNALS, LIMIT_CHANGE_SIGNIFICANCE
from chargepoint.inquiry import external_limits as questions
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms
from chargepoint.station.inquiry import Takers
from chargepoint.station.limit_news import LimitNews, Place
from chargepoint.station.limiting import Limiting
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

SWITCHED_OFF = "external control signals are switched off (SmartChargingCtrlr.ExternalControlSignalsEnabled)"


FOLLOWED_S = 10.0
"""So long after they have said something else a change of rate is theirs: control shares anew within some 5 s."""


class Rate(Struct, frozen=True):
    """What a transaction may draw."""

    told_ma: int
    """As far as the CSMS can know."""
    limit_ma: int
    said: tuple[tuple[float, str], ...]
    """By external limits at the same time."""
    theirs_until_s: float = -inf


class ExternalLimits:
    """Takes them, lets go of them, and says so."""

    def __init__(
        self,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        limiting: Limiting,
        transacting: Transacting,
        csms: Csms,
        may_tell: Callable[[], bool],
    ) -> None:
        self._model = model
        self._clock = clock
        self._limiting = limiting
        self._book = limiting.book
        self._transacting = transacting
        self._news = LimitNews(store, model, csms, may_tell, self._at)
        self._rates: dict[int, Rate] = {}
        self._last_told: dict[Place, Installed] = {}
        for limit in self._book.external:
            self._notify(limit)

    def takers(self) -> Takers:
        """What it answers."""
        return {
            questions.SetExternalLimit: self.set,
            questions.ReleaseExternalLimit: self.release,
            questions.ListExternalLimits: self.list,
        }

    async def list(self, _: questions.ListExternalLimits) -> questions.ExternalLimits:
        """All of them."""
        return self._answer("listed", "")

    async def run(self) -> None:
        """For ever."""
        await self._news.run()

    # Set and released

    async def set(self, question: questions.SetExternalLimit) -> questions.ExternalLimits:
        """K11, K12: from now on."""
        evse, source = question.evse or STATION, LimitSource(question.source)
        if not self._known(question.evse):
            there = ", ".join(map(str, self._transacting.sessions))
            return self._answer("unknown", f"EVSE {question.evse}: unknown; there are {there}, and the whole station")
        if not self._model.read(EXTERNAL_SIGNALS):
            return self._answer("refused", SWITCHED_OFF)
        schedule = _schedule(question, self._clock)
        if (objection := objection_to_schedule(schedule)) is not None:
            return self._answer("refused", objection)
        old = self._at((evse, source))
        new = self._installed(schedule, evse, source, old, question.grid_critical)
        self._look()
        self._book.put_external(new)
        log.info("event=external_limit_set source=%s evse=%d limit=%g unit=%s", source, evse, schedule.periods[0].limit, schedule.unit)
        if self._significant(new):
            self._notify(new)
        self._look()
        return self._answer("set", f"{external_name(source)} holds for {_named(evse)}")

    def _at(self, place: Place) -> Installed | None:
        return next((each for each in self._book.external if (each.evse, each.source) == place), None)

    def _known(self, evse: int | None) -> bool:
        return evse is None or evse in self._transacting.sessions

    def _installed(
        self, schedule: ChargingSchedule, evse: int, source: LimitSource, old: Installed | None, grid_critical: bool
    ) -> Installed:
        """As a profile (K11.FR.06, K12.FR.05)."""
        profile = ChargingProfile(
            id=self._book.free_id() if old is None else old.profile.id,
            stack_level=0,
            purpose=Purpose.EXTERNAL,
            kind=Kind.ABSOLUTE,
            schedule=schedule,
        )
        return Installed(profile=profile, evse=evse, set_at=self._clock.now(), source=source, grid_critical=grid_critical)

    def _notify(self, limit: Installed) -> None:
        self._last_told[limit.evse, limit.source] = limit
        self._news.limited((limit.evse, limit.source))

    def _significant(self, new: Installed) -> bool:
        """Is it worth telling, after what was told last (K11.FR.02, K12.FR.02)? Anything but a small change of one value is."""
        old = self._last_told.get((new.evse, new.source))
        if old is None:
            return True
        before, now = old.profile.schedule, new.profile.schedule
        shape = len(before.periods), before.unit, before.duration_s
        if shape != (1, now.unit, now.duration_s) or len(now.periods) != 1 or old.grid_critical != new.grid_critical:
            return True
        return self._changed(before.periods[0].limit, now.periods[0].limit)

    def _changed(self, before: float, now: float) -> bool:
        return abs(now - before) * 100 > self._model.read(LIMIT_CHANGE_SIGNIFICANCE) * before

    async def release(self, question: questions.ReleaseExternalLimit) -> questions.ExternalLimits:
        """K13."""
        evse = question.evse or STATION
        gone = tuple(each for each in self._book.external if each.evse == evse and question.source in (None, each.source.value))
        if not gone:
            return self._answer("unchanged", f"there is no such limit for {_named(evse)}")
        self._end(gone, "released")
        return self._answer("released", f"{' and '.join(external_name(each.source) for each in gone)} of {_named(evse)} released")

    def _end(self, gone: tuple[Installed, ...], why: str) -> None:
        """It bounds nothing any longer (K13.FR.01), and the CSMS hears of it (K13.FR.02)."""
        self._look()
        self._book.drop_external(gone)
        for each in gone:
            log.info("event=external_limit_ended source=%s evse=%d because=%s", each.source, each.evse, why)
            self._last_told.pop((each.evse, each.source), None)
            self._news.released((each.evse, each.source))
        self._look()

    # Time

    def tick(self) -> None:
        """Once a second: what has run out, or is switched off; and what a schedule has changed."""
        self._news.nudge()
        external = self._book.external
        if not external:
            return
        if not self._model.read(EXTERNAL_SIGNALS):
            self._end(external, "switched_off")
        elif over := tuple(each for each in external if self._over(each)):
            self._end(over, "over")
        else:
            self._look()

    def _over(self, limit: Installed) -> bool:
        return ends_s(_table(limit)) <= self._clock.now_s() or (limit.evse != STATION and limit.evse not in self._transacting.sessions)

    def _look(self) -> None:
        """Has the rate of a running transaction changed, and was it for an external limit (K11.FR.04, K13.FR.03)?"""
        self._rates = {evse: self._rate(evse, self._rates.get(evse)) for evse in self._transacting.running()}

    def _rate(self, evse: int, before: Rate | None) -> Rate:
        """Small changes add up; what the CSMS has changed by its own profiles it knows."""
        limit_ma, said, now_s = self._limiting.rate_ma(evse), self._said(evse), self._clock.monotonic()
        if before is None:
            return Rate(limit_ma, limit_ma, said)
        told_ma, until_s = before.told_ma, before.theirs_until_s if said == before.said else now_s + FOLLOWED_S
        if limit_ma != before.limit_ma:
            significant = self._changed(told_ma, limit_ma)
            if significant and now_s < until_s:
                self._transacting.rate_changed(evse)
            if significant or now_s >= until_s:
                told_ma = limit_ma
        return Rate(told_ma, limit_ma, said, until_s)

    def _said(self, evse: int) -> tuple[tuple[float, str], ...]:
        now_s = self._clock.now_s()
        holding = [(each.profile, period_at(_table(each), now_s)) for each in self._book.external if each.evse in (STATION, evse)]
        return tuple((period.limit, profile.schedule.unit.value) for profile, period in holding if period is not None)

    # Told

    def _answer(self, outcome: questions.Happened, message: str) -> questions.ExternalLimits:
        limits = sorted(self._book.external, key=lambda each: (each.evse, each.source))
        return questions.ExternalLimits(limits=tuple(map(self._told, limits)), outcome=outcome, message=message)

    def _told(self, limit: Installed) -> questions.ExternalLimit:
        schedule, table, now_s = limit.profile.schedule, _table(limit), self._clock.now_s()
        period, end_s = period_at(table, now_s), ends_s(table)
        source: questions.Source = limit.source.value  # type: ignore[assignment]
        return questions.ExternalLimit(
            evse=limit.evse or None,
            source=source,
            unit=schedule.unit.value,
            limit=None if period is None else period.limit,
            since=limit.set_at.isoformat(timespec="seconds"),
            ends_in_s=None if end_s == inf else max(0, round(end_s - now_s)),
            periods=tuple(questions.LimitPeriod(start_s=each.start_s, limit=each.limit, phases=each.phases) for each in schedule.periods),
            grid_critical=limit.grid_critical,
        )


def _schedule(question: questions.SetExternalLimit, clock: StationClock) -> ChargingSchedule:
    return ChargingSchedule(
        unit=RateUnit(question.unit),
        periods=tuple(SchedulePeriod(each.start_s, each.limit, each.phases) for each in question.periods),
        start=clock.now(),
        duration_s=question.duration_s,
    )


def _table(limit: Installed) -> Timetable:
    return timetable(limit.profile, limit.set_at.timestamp(), limit.source)


def _named(evse: int) -> str:
    return "the station" if evse == STATION else f"EVSE {evse}"
