"""A bound for the whole station where it has several EVSEs: what control is told, and what a composite schedule expects."""

from typing import Any

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.charging_profile import Purpose, RateUnit
from chargepoint.domain.commands import CompositeSchedule, GetCompositeSchedule, SetChargingProfile, Verdict
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
from tests.domain.charging.examples import NOON, profile
from tests.domain.examples import configuration
from tests.station.rig import IDENTITY


class Pair:
    """Two EVSEs of three phases and one, behind a fuse of 40 A; time stands where ``now_s`` says."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.heard: list[Down] = []
        places = ((1, 3, 32_000), (2, 1, 16_000))
        evses = tuple(
            EvseSettings(evse=evse, connectors=(ConnectorId(evse),), rating_ma=rating_ma, failsafe_ma=6_000, phases=phases, voltage_v=230.0)
            for evse, phases, rating_ma in places
        )
        settings = StationSettings(identity=IDENTITY, evses=evses, fuse_a=40.0)
        store, model, clock = Store(":memory:"), DeviceModel(configuration()), StationClock(WallClock(self), lambda: self.now_s)
        clock.told = True
        self.transacting = Transacting(settings, store, model, clock, self.heard.append)
        self.limiting = Limiting(settings, store, model, clock, self.transacting, self.heard.append)
        self.transacting.allowance = self.limiting.allowance
        self.transacting.before_permits = self.limiting.bound_all

    def charge(self, evse: int, **fields: Any) -> None:
        """A car, somebody who pays, and a meter."""
        reading = MeterReading(at_s=self.now_s, energy_wh=0)
        state = EvseState(evse=evse, plug_in=PlugInId("boot", evse), reading=reading, **fields)
        self.transacting.hear(state, self.now_s, "boot")
        self.limiting.control_says(state)
        if self.transacting.sessions[evse].authorization is None:
            self.transacting.authorize(evse, Authorization(IdToken("CARD"), Origin.LOCAL))

    def bound(self) -> int:
        """The newest for all together, as a renewal says it."""
        self.transacting.regrant()
        return [message for message in self.heard if isinstance(message, SitePermit)][-1].limit_ma

    def composite(self, evse: int, unit: RateUnit) -> list[tuple[int, float, int | None]]:
        reply = self.limiting.composite(GetCompositeSchedule(evse, 3600, unit))
        assert isinstance(reply, CompositeSchedule)
        return [(period.start_s, period.limit, period.phases) for period in reply.periods]


class WallClock:
    """The host's time of day: noon and so much."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair

    def now_s(self) -> float:
        """Seconds since 1970."""
        return NOON.timestamp() + self._pair.now_s


def limited(watts: float) -> Pair:
    """With a bound for all together."""
    pair = Pair()
    bound = profile((0, watts), purpose=Purpose.STATION_MAX, unit=RateUnit.WATT, id=7)
    assert pair.limiting.book.set(SetChargingProfile(0, bound)).verdict is Verdict.ACCEPTED
    return pair


def test_a_bound_in_watts_is_divided_by_the_phases_of_the_evse_that_uses_most() -> None:
    pair = limited(6900.0)
    assert pair.bound() == 10_000, "nobody charges: three phases are there"
    pair.charge(2)
    assert pair.bound() == 30_000, "only the EVSE with one phase is in use"
    pair.charge(1)
    assert pair.bound() == 10_000
    for pair.now_s in (1.0, 1.0 + STEADY_S):
        pair.charge(1, phases_drawn=1)
    assert pair.bound() == 30_000, "both cars draw on one phase"


def test_a_car_on_more_phases_lowers_it_before_its_own_permit_and_not_at_the_next_renewal() -> None:
    pair = limited(6900.0)
    pair.charge(2)
    assert pair.bound() == 30_000
    pair.heard.clear()
    pair.charge(1)
    said = [message for message in pair.heard if isinstance(message, SitePermit | Permit)]
    assert [(type(message), message.limit_ma) for message in said] == [(SitePermit, 10_000), (Permit, 32_000)]


def test_a_composite_schedule_of_one_evse_knows_by_which_car_the_bound_was_divided() -> None:
    pair = limited(6900.0)
    pair.charge(2)
    assert (pair.bound(), pair.composite(2, RateUnit.AMPERE)) == (30_000, [(0, 16.0, 1)])
    pair.charge(1)
    assert (pair.bound(), pair.composite(2, RateUnit.AMPERE)) == (10_000, [(0, 10.0, 1)])
    assert pair.composite(2, RateUnit.WATT) == [(0, 2300.0, 1)]
    assert pair.limiting.expected_ma(2) == 10_000


def test_a_car_that_is_about_to_be_switched_to_one_phase_draws_on_three_until_its_contactor_opens() -> None:
    """What it gives back must not be given to another one before."""
    pair = Pair()
    bound = profile((0, 6900.0, 1), purpose=Purpose.STATION_MAX, unit=RateUnit.WATT)
    assert pair.limiting.book.set(SetChargingProfile(0, bound)).verdict is Verdict.ACCEPTED
    pair.charge(2)
    pair.charge(1, phase_switching=True, contactor_closed=True)
    assert pair.bound() == 10_000
    pair.charge(1, phase_switching=True)
    assert pair.bound() == 30_000


def test_it_is_told_before_the_permits_and_each_permit_keeps_its_own_limit() -> None:
    pair = limited(6900.0)
    pair.charge(1)
    pair.charge(2)
    pair.limiting.book.set(SetChargingProfile(2, profile((0, 8.0), id=2)))
    pair.heard.clear()
    pair.transacting.regrant()
    said = [message for message in pair.heard if isinstance(message, SitePermit | Permit)]
    assert [(type(message), message.limit_ma, message.source) for message in said] == [
        (SitePermit, 10_000, "csms profile 7"),
        (Permit, 32_000, "permit"),
        (Permit, 8_000, "csms profile 2"),
    ]


def test_the_station_expects_the_sum_of_its_evses_below_what_bounds_them_all() -> None:
    pair = Pair()
    assert pair.composite(0, RateUnit.AMPERE) == [(0, 40.0, 3)], "the fuse"
    assert pair.composite(0, RateUnit.WATT) == [(0, 32 * 690 + 16 * 230, 3)]
    default = profile((0, 10.0), (1800, 6.0), id=1)
    assert pair.limiting.book.set(SetChargingProfile(0, default)).verdict is Verdict.ACCEPTED
    assert pair.composite(0, RateUnit.AMPERE) == [(0, 20.0, 3), (1800, 12.0, 3)]
    assert pair.composite(2, RateUnit.WATT) == [(0, 2300.0, 1), (1800, 1380.0, 1)]
    bound = profile((0, 16.0), (900, 30.0), purpose=Purpose.STATION_MAX, id=2)
    assert pair.limiting.book.set(SetChargingProfile(0, bound)).verdict is Verdict.ACCEPTED
    assert pair.composite(0, RateUnit.AMPERE) == [(0, 16.0, 3), (900, 20.0, 3), (1800, 12.0, 3)]
    assert pair.composite(1, RateUnit.AMPERE) == [(0, 10.0, 3), (1800, 6.0, 3)]
