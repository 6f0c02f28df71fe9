"""What a composite schedule says is what control is granted: over histories of profiles of both versions, limits of others, cars and
clocks, on a virtual clock (OCPP 2.0.1 K08.FR.02, K08.FR.03, K08.FR.04; K04.FR.05, K11.FR.01, K12.FR.01).

Nothing renews a permit here but when a car leaves, so a change that is not granted when it is due is never granted. Control is one that
obeys at once.
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import floor
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.charging.installed import Installed
from chargepoint.domain.charging_profile import ChargingProfile, Kind, LimitSource, Purpose, RateUnit, Recurrency
from chargepoint.domain.commands import ClearChargingProfile, CompositeSchedule, GetCompositeSchedule, SetChargingProfile, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.link.messages import Down, EvseState, Permit, SitePermit
from chargepoint.station.clock import StationClock
from chargepoint.station.limiting import Limiting
from chargepoint.station.phase_watch import STEADY_S
from chargepoint.station.settings import EvseSettings, StationSettings
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store
from hal.measured import MeterReading
from tests import virtual_time
from tests.domain.charging import examples
from tests.domain.examples import configuration
from tests.station.rig import IDENTITY, MIDNIGHT, HostClock

DAY_S = 86_400
FUSE_A = 40.0
RATED_MA = {1: 32_000, 2: 16_000, 3: 32_000}
PHASES = {1: 3, 2: 1, 3: 3}
SWITCHING = 3
SHORTLY_S = 0.02
"""A grant comes so soon after its change."""


class Site:
    """An EVSE with three phases, one with one, one with a choice."""

    def __init__(self) -> None:
        evses = tuple(
            EvseSettings(
                evse=evse, connectors=(ConnectorId(evse),), rating_ma=rating_ma, failsafe_ma=6_000, phases=PHASES[evse], voltage_v=230.0
            )
            for evse, rating_ma in RATED_MA.items()
        )
        settings = StationSettings(identity=IDENTITY, evses=evses, fuse_a=FUSE_A)
        store, model, clock = Store(":memory:"), DeviceModel(configuration()), StationClock(HostClock(), virtual_time.now_s)
        self.clock, clock.told = clock, True
        self.permits: dict[int, Permit] = {}
        self.together_ma = round(FUSE_A * 1000)
        self.transacting = Transacting(settings, store, model, clock, self._hear)
        self.limiting = Limiting(settings, store, model, clock, self.transacting, self._hear)
        self.transacting.allowance, self.transacting.before_permits = self.limiting.allowance, self.limiting.bound_all
        self.transacting.at_end.append(self.limiting.book.ended)
        self.transacting.changed = self.limiting.refresh
        self.plugs = 0
        self.states = {evse: EvseState(evse=evse, phase_switching=evse == SWITCHING) for evse in RATED_MA}
        for evse in RATED_MA:
            self.change(evse)

    def _hear(self, message: Down) -> None:
        match message:
            case Permit():
                self.permits[message.evse] = message
            case SitePermit():
                self.together_ma = min(message.limit_ma, round(FUSE_A * 1000)) if message.valid_for_s else round(FUSE_A * 1000)

    def change(self, evse: int, **fields: Any) -> None:
        """Control says how an EVSE is."""
        now_s = virtual_time.now_s()
        state = self.states[evse]
        reading = MeterReading(at_s=now_s, energy_wh=0)
        self.states[evse] = state = EvseState(
            **{name: getattr(state, name) for name in state.__struct_fields__} | fields | {"reading": reading}
        )
        self.transacting.hear(state, now_s, "boot")
        self.limiting.control_says(state)

    def plug(self, evse: int) -> None:
        """A car comes, or goes."""
        if self.states[evse].plug_in is not None:
            self.change(evse, plug_in=None, cp="A", state="A", phases_drawn=None)
            self.transacting.regrant()
            return
        self.plugs += 1
        self.change(evse, plug_in=PlugInId("boot", self.plugs), cp="B", state="B1")
        self.transacting.authorize(evse, Authorization(IdToken("CARD"), Origin.LOCAL))

    async def draw(self, evse: int, phases: int) -> None:
        """A car is seen to draw for a while. (Where phases are switched, nobody knows on how many it will draw afterwards.)"""
        if self.states[evse].plug_in is None or evse == SWITCHING:
            return
        for _ in range(2):
            self.change(evse, phases_drawn=min(phases, PHASES[evse]))
            await asyncio.sleep(STEADY_S + 1)

    def switch(self) -> None:
        """Control moves the poles as the permit says."""
        wanted = self.permits[SWITCHING].phases or 3 if SWITCHING in self.permits else 3
        if self.states[SWITCHING].plug_in is not None and self.states[SWITCHING].phases != wanted:
            self.change(SWITCHING, phases=wanted)

    def running(self) -> list[int]:
        """Where cars charge."""
        return [evse for evse, session in self.transacting.sessions.items() if session.transaction is not None]

    def granted(self, evse: int) -> float:
        """What a car may draw: for all, the sum."""
        each = [min(self.permits[one].limit_ma, RATED_MA[one], self.together_ma) for one in (RATED_MA if evse == 0 else [evse])]
        return floor(min(sum(each), self.together_ma) / 100 + 0.01) / 10

    def composite(self, evse: int, duration_s: int = DAY_S) -> CompositeSchedule:
        """In amperes."""
        reply = self.limiting.composite(GetCompositeSchedule(evse, duration_s, RateUnit.AMPERE, 1 if evse else None))
        assert isinstance(reply, CompositeSchedule)
        return reply

    def answerable(self) -> list[int]:
        """The EVSEs of which one can see what is granted; the station (0) if a car charges everywhere."""
        running = self.running()
        return running if len(running) < len(RATED_MA) else [0, *running]


class History:
    """What may happen to a site, at random."""

    def __init__(self, seed: int, site: Site) -> None:
        self.random = Random(seed)
        self.site = site
        self.told: list[str] = []

    async def step(self) -> None:
        """One thing happens."""
        happens = self.random.choices(
            (self.set, self.bound, self.release, self.clear, lambda: self.site.plug(self.random.choice([1, 2, 3])), self.draw),
            weights=(8, 2, 1, 1, 3, 1),
        )[0]()
        if happens is not None:
            await happens
        if self.random.random() < 0.8:
            self.site.switch()
        await self.between()

    async def between(self) -> None:
        """Into the next second, but not to its beginning: there is looked at what is granted."""
        await asyncio.sleep(floor(virtual_time.now_s()) + 1 + self.random.uniform(2 * SHORTLY_S, 1 - SHORTLY_S) - virtual_time.now_s())

    def draw(self) -> Any:
        return self.site.draw(self.random.choice([1, 2, 3]), self.random.choice([1, 2, 3]))

    def clear(self) -> None:
        choose, fields = self.random.choice, {"evse": [None, 0, 1], "purpose": [None, *Purpose], "stack_level": [None, 0, 1]}
        request = ClearChargingProfile(**{name: choose(values) for name, values in fields.items()})
        self.site.limiting.book.clear(request)
        self.told.append(repr(request))

    def bound(self) -> None:
        """Somebody else than the CSMS sets a limit."""
        choose, book = self.random.choice, self.site.limiting.book
        source, evse = choose([LimitSource.EMS, LimitSource.SO]), choose([0, 0, 1, 2, 3])
        limit = replace(self.profile(Purpose.EXTERNAL, strict=False), id=book.free_id(), kind=Kind.ABSOLUTE, recurrency=None)
        now = MIDNIGHT + timedelta(seconds=virtual_time.now_s())
        book.put_external(Installed(profile=limit, evse=evse, set_at=now, source=source))
        self.told.append(f"at {virtual_time.now_s()}: {source} at {evse}: {limit!r}")

    def release(self) -> None:
        """They are released at one place."""
        evse, book = self.random.choice([0, 1, 2, 3]), self.site.limiting.book
        book.drop_external([each for each in book.external if each.evse == evse])
        self.told.append(f"released at {evse}")

    def set(self) -> None:
        choose, purpose = self.random.choice, self.random.choice([Purpose.STATION_MAX, Purpose.TX_DEFAULT, Purpose.TX_DEFAULT, Purpose.TX])
        evse = {Purpose.STATION_MAX: 0, Purpose.TX: choose([1, 2, 3])}.get(purpose, choose([0, 1, 2, 3]))
        connector = choose([None, 1]) if evse else None
        wanted = self.profile(purpose, strict=choose([True, False]))
        command = SetChargingProfile(
            evse, self._named(wanted, evse), connector, ids_per_connector=choose([True, False]) and not wanted.strict
        )
        verdict = self.site.limiting.book.set(command).verdict
        assert verdict is Verdict.ACCEPTED or wanted.strict or (purpose is Purpose.TX and evse not in self.site.running())
        self.told.append(f"at {virtual_time.now_s()}: {command!r} {verdict}")

    def _named(self, wanted: ChargingProfile, evse: int) -> ChargingProfile:
        """2.x names its transaction."""
        if not wanted.strict or wanted.purpose is not Purpose.TX:
            return wanted
        return replace(wanted, transaction_id=self.site.transacting.sessions[evse].transaction_id)

    def profile(self, purpose: Purpose, strict: bool) -> ChargingProfile:
        choose, kind, unit = self.random.choice, self.random.choice(list(Kind)), self.random.choice(list(RateUnit))
        starts = sorted(self.random.sample([60, 61, 900, 3600, 7200, 28_800, 72_000, DAY_S, 2 * DAY_S], self.random.randrange(5)))
        ampere = 1 if unit is RateUnit.AMPERE else choose([230, 690])
        valid_from, phases = choose([None, None, None, self.moment()]), [(), (3,)] if strict else [(), (), (1,), (2,), (3,)]
        return examples.profile(
            *((start, choose([0, 5.9, 6, 8.3, 10, 16, 20, 32]) * ampere, *choose(phases)) for start in (0, *starts)),
            strict=strict,
            purpose=purpose,
            kind=kind,
            unit=unit,
            start=choose([self.moment(), self.moment(), self.moment(), *([] if strict else [None])]),
            duration_s=choose([None, None, 60, 90, 3600, 28_800, DAY_S, 8 * DAY_S]),
            recurrency=choose(list(Recurrency)) if kind is Kind.RECURRING else None,
            id=choose([1, 2, 3, 4, 5]),
            stack_level=choose([0, 1, 2]),
            valid_from=valid_from,
            valid_to=choose([None, None, (valid_from or self.moment()) + timedelta(seconds=choose([60, 3600, DAY_S, 3 * DAY_S]))]),
        )

    def moment(self) -> datetime:
        """Midnight, a full hour, a moment ago or soon; before or after now."""
        choose, now_s = self.random.choice, floor(virtual_time.now_s())
        hour = now_s - now_s % 3600 + 3600 * choose([-30, -1, 0, 1, 2, 30])
        midnight = now_s - now_s % DAY_S + DAY_S * choose([-9, -1, 0, 1])
        return MIDNIGHT + timedelta(seconds=choose([hour, midnight, now_s + choose([-60, 0, 5])]))


async def check(site: Site, history: History) -> None:
    """What is said of now holds now, and what is said of later holds later if nothing happens."""
    said = {evse: site.composite(evse) for evse in site.answerable()}
    for evse, schedule in said.items():
        assert schedule.periods[0].limit == site.granted(evse), (evse, history.told)
    if not said or not site.clock.told or history.random.random() < 0.5:
        return
    for at_s in moments(said, history.random):
        await asyncio.sleep(at_s + SHORTLY_S - virtual_time.now_s())
        for _ in range(2):
            site.switch()
        for evse, schedule in said.items():
            offset_s = at_s - (schedule.start - MIDNIGHT).total_seconds()
            limit = [period.limit for period in schedule.periods if period.start_s <= offset_s][-1]
            assert limit == site.granted(evse), (evse, at_s, history.told)
    await history.between()


def moments(said: dict[int, CompositeSchedule], random: Random) -> Iterator[int]:
    """Some of the changes that are foretold, and some moments right before one."""
    changes = {
        floor((schedule.start - MIDNIGHT).total_seconds()) + period.start_s - before
        for schedule in said.values()
        for period in schedule.periods
        for before in (0, 1)
    }
    later = sorted(change for change in changes if change > virtual_time.now_s())
    return iter(sorted(random.sample(later, min(4, len(later)))))


@pytest.mark.parametrize("seed", range(60))
def test_what_a_composite_schedule_says_is_what_is_granted_now_and_at_any_later_moment(seed: int) -> None:
    lived(seed, told=True)


@pytest.mark.parametrize("seed", range(20))
def test_it_says_what_is_granted_also_while_nobody_knows_the_time(seed: int) -> None:
    lived(seed, told=False)


def lived(seed: int, told: bool) -> None:
    """A history, looked at after every step. ``told``: somebody has told the time."""

    async def main() -> None:
        site = Site()
        site.clock.told = told
        history = History(seed, site)
        await asyncio.sleep(history.random.choice([0, 37, 3600, 50_000]))
        await history.between()
        grants = asyncio.create_task(site.limiting.run())
        for evse in RATED_MA:
            site.plug(evse)
        for _ in range(25):
            await history.step()
            await check(site, history)
        grants.cancel()

    virtual_time.run(main())
