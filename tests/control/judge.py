"""What must hold after every scan, whatever cars, people and hardware do. Independent of how control comes to its outputs.

Each rule has a name; a broken one raises ``Broken`` with it. What is wrong with the hardware, and what that means, is judged by a table of
its own (``wrongs``); permits, cars and cables are followed here too.
"""

from dataclasses import dataclass, field

from msgspec import structs

from chargepoint.control.pilot import oscillates
from chargepoint.control.scan import kept
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import EvseState, HoldPlug, Permit, Revoke, Unlock
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs
from tests.control.lights import Lights, tries
from tests.control.plant import HIGH_MV, Plant, read_ma
from tests.control.rig import COARSE_S, Rig
from tests.control.wrongs import RETRIES, Wrongs

SLACK_S = 2 * COARSE_S
EPS_S = 1e-6
ASKS_MV = {HIGH_MV["C"], HIGH_MV["D"]}
CABLE_MA = {None: 80_000, 1_500: 13_000, 680: 20_000, 220: 32_000, 100: 63_000}
NEVER_S = -1e9


class Broken(AssertionError):
    """A rule was broken: its name, and the EVSE as told."""


@dataclass
class Case:
    """What the judge remembers of one EVSE."""

    was: BoardOutputs
    board_s: float = NEVER_S
    permit: Permit | None = None
    until_s: float = 0.0
    cars: dict[PlugInId, int] = field(default_factory=dict)
    car: int = 0
    cable_ma: int = 80_000
    allowed_s: float = NEVER_S
    """When the permit was last worth 6 A."""
    bound_ma: list[tuple[float, int]] = field(default_factory=list)
    """Permitted currents of the last 5 s."""
    offers_ma: list[tuple[float, int]] = field(default_factory=list)
    """Offers that the EV may still follow."""
    asking_s: float | None = None
    """The EV has asked in every measurement since."""
    away: int = 0
    away_s: float = 0.0
    """So many measurements in a row, and since when, it has not."""
    d_s: float | None = None
    phases: int | None = None
    """This car was last energised on so many."""
    tested: bool = False
    """Since this car came the monitor tripped when it was tested, and cleared."""
    tripped: bool = False
    opened_s: float = NEVER_S
    stays_s: float | None = None
    """Locked at a restart, and nothing has happened since that would give the plug free."""
    ended_s: float = NEVER_S
    """The contactor opened, and the offer ended with it."""
    by_fault: bool = False
    switched: int = 0
    duty_s: float = NEVER_S
    said_ma: int = 0
    """The last offer; one that comes back after a waking is none."""
    closings: int = 0
    names: frozenset[str] = frozenset()
    tries: dict[str, int] = field(default_factory=dict)
    wrongs: Wrongs = field(default_factory=Wrongs)
    lights: Lights = field(default_factory=Lights)


class Judge:
    """Watches a rig; with ``only``, for the rules whose name begins so."""

    def __init__(self, rig: Rig, only: str = "") -> None:
        self._only = only
        self._boots = rig.boots
        self.cases = {number: Case(rig.outputs[number]) for number in rig.plants}
        rig.watchers.append(self.watch)

    def watch(self, rig: Rig) -> None:
        """After every scan."""
        for number, case in self.cases.items():
            told = rig.told(number)
            if rig.boots != self._boots:
                self._restarted(rig, case)
            self._follow_car(rig, case, told)
            self._follow_permits(rig, case, told)
            self._follow_pilot(rig, number, case)
            self._follow_plug(rig, case, told)
            case.wrongs.follow(rig, number, case.was)
            case.lights.follow(rig, number)
            for rules in (
                case.wrongs.rules(rig, number),
                case.lights.rules(rig, number),
                self._contactor(rig, number, case),
                self._offer(rig, number, case),
                self._rest(rig, number, case),
            ):
                self._hold(rules, told)
            self._remember(rig, number, case, told)
            self._hold({"tried again only so often": all(case.tries.get(name, 0) <= most + 1 for name, most in RETRIES.items())}, told)
        self._boots = rig.boots
        drawn_ma = sum(max((ma for _, ma in case.offers_ma), default=0) for case in self.cases.values())
        self._hold({"the site fuse holds": drawn_ma <= rig.state.site.fuse_ma}, f"{drawn_ma} mA")

    def _hold(self, rules: dict[str, bool], seen: object) -> None:
        for rule, holds in rules.items():
            if not holds and rule.startswith(self._only):
                raise Broken(f"{rule}: {seen}")

    def _restarted(self, rig: Rig, case: Case) -> None:
        """Whatever was closed was opened by the board when control was killed; it knows nothing of this car any more."""
        case.tries, case.names, case.permit = {}, frozenset(), None
        case.lights.restarted()
        case.stays_s = rig.now if case.was.lock else None
        if case.was.contactor:
            case.opened_s = rig.killed_s
        case.was = structs.replace(case.was, contactor=False, duty_ppm=PILOT_STEADY_PPM, rcd_test=False)

    def _follow_car(self, rig: Rig, case: Case, told: EvseState) -> None:
        plant = rig.plants[told.evse]
        if plant.car != case.car:
            case.car, case.cable_ma = plant.car, CABLE_MA.get(plant.pp_ohm, 0)
            case.tested, case.phases, case.tries, case.switched = False, None, {}, 0
        if case.cable_ma == 0:
            case.cable_ma = CABLE_MA.get(plant.pp_ohm, 0)
        if told.plug_in is not None and told.plug_in not in case.cars:
            case.cars[told.plug_in] = plant.car
            case.tested = False

    def _follow_permits(self, rig: Rig, case: Case, told: EvseState) -> None:
        plant = rig.plants[told.evse]
        for wish in rig.wishes:
            if isinstance(wish, Permit) and wish.evse == told.evse and case.cars.get(wish.plug_in) == plant.car:
                case.permit, case.until_s = wish, rig.now + wish.valid_for_s
            if isinstance(wish, Revoke) and case.permit is not None and wish.plug_in == case.permit.plug_in:
                case.permit = None
        if case.permit is not None and case.cars[case.permit.plug_in] != plant.car:
            case.permit, case.allowed_s = None, NEVER_S
        now_ma = 0 if case.permit is None else case.permit.limit_ma if rig.now < case.until_s else case.permit.then_ma
        case.bound_ma = lately(case.bound_ma, now_ma, rig.now, 5 + SLACK_S)
        if now_ma >= 6_000:
            case.allowed_s = rig.now

    def _follow_pilot(self, rig: Rig, number: int, case: Case) -> None:
        board = rig.inputs.evses[number].board
        if board is None or board.at_s <= case.board_s:
            return
        case.board_s = board.at_s
        asks = board.cp_high_mv in ASKS_MV
        case.asking_s = None if not asks else rig.now if case.asking_s is None else case.asking_s
        case.away_s = rig.now if case.away == 0 else case.away_s
        case.away = 0 if asks else case.away + 1
        is_d = board.cp_high_mv == HIGH_MV["D"]
        case.d_s = None if not is_d else rig.now if case.d_s is None else case.d_s
        case.tested = case.tested or (case.tripped and not board.rcd_tripped)
        case.tripped = (case.was.rcd_test and board.rcd_tripped) or (case.tripped and board.rcd_tripped)

    def _follow_plug(self, rig: Rig, case: Case, told: EvseState) -> None:
        gone = rig.plants[told.evse].measured not in {"B", "C", "D"}
        dead = any(fault.latched or fault.name.startswith("lock_") for fault in told.faults)
        said = any(isinstance(wish, Revoke | HoldPlug | Unlock) and wish.evse == told.evse for wish in rig.wishes)
        if gone or dead or said or rig.now - (case.stays_s or rig.now) >= 60 - SLACK_S:
            case.stays_s = None

    def _contactor(self, rig: Rig, number: int, case: Case) -> dict[str, bool]:
        outputs, settings, plant = rig.outputs[number], rig.state.evses[number].settings, rig.plants[number]
        board = rig.inputs.evses[number].board
        closing = outputs.contactor and not case.was.contactor
        lost = board is None or rig.now - board.at_s > 0.15
        asked_s = 0.0 if case.asking_s is None else rig.now - case.asking_s
        d_s = 0.0 if case.d_s is None else rig.now - case.d_s
        rested = rig.now - case.opened_s >= settings.phase_pause_s - EPS_S
        return {
            "closed only while the EV asks": not outputs.contactor or case.away < 2 or rig.now - case.away_s < 0.008,
            "closes only on a request that lasted": not closing or asked_s >= 0.5 - EPS_S,
            "closes only on an offer with the diode seen": not closing or (oscillates(case.was.duty_ppm) and diode_seen(board)),
            "closes only with its contacts open": not closing or (board is not None and board.contactor_closed is not True),
            "closed only with ventilation in state D": not outputs.contactor or settings.ventilation or d_s <= 0.05 + SLACK_S,
            "closed only with a permit for this car, or 6 s after": not outputs.contactor or rig.now - case.allowed_s <= 6 + SLACK_S,
            "not closed again within 2 s": not closing or rig.now - case.opened_s >= 2 - EPS_S,
            "locked while closed": outputs.lock or not settings.sockets or not (outputs.contactor or (really_closed(plant) and not lost)),
            "locked over a restart": outputs.lock or case.stays_s is None,
            "phases move only while open": plant.moved_closed == 0 and not (outputs.contactor and outputs.phases != case.was.phases),
            "closes on other phases only after a pause": not closing or case.phases in (None, outputs.phases) or rested,
            "phases move only so often": case.switched <= settings.phase_switches,
            "tested only with the contactor open": not (outputs.rcd_test and (outputs.contactor or really_closed(plant))),
        }

    def _offer(self, rig: Rig, number: int, case: Case) -> dict[str, bool]:
        settings, plant, told = rig.state.evses[number].settings, rig.plants[number], rig.told(number)
        duty_ppm = offered_ppm(rig, number)
        offers, offered_ma = oscillates(duty_ppm), read_ma(duty_ppm)
        begins = offers and not oscillates(case.was.duty_ppm)
        changes = offers and not begins and duty_ppm != case.was.duty_ppm
        pause_s = 10 if case.by_fault else 5
        bound_ma = min(settings.rating_ma, case.cable_ma if settings.sockets else 80_000, case.wrongs.hot_ma(rig.now, settings.rating_ma))
        just_now = rig.state.evses[number].state_since_s == rig.now
        charging = told.plug_in is None or offers or just_now or told.state in ("waking", "woken")
        return {
            "no offer begins unlocked": not begins or not settings.sockets or plant.locked or not plant.feedback,
            "no offer begins before the contactor had its rest": not begins or rig.now - case.ended_s >= pause_s - EPS_S,
            "no offer begins untested": not begins or not settings.abilities.rcd_test or case.tested,
            "no offer above the permit": offered_ma <= max(ma for _, ma in case.bound_ma),
            "no offer above rating, cable and temperature": offered_ma <= bound_ma,
            "an offer changes at most every 5 s": not changes or rig.now - case.duty_s >= 5 - EPS_S,
            "the offer is told": told.offered_ma - 2 <= offered_ma <= told.offered_ma,
            "why nothing is offered is told": charging or told.limits[0].limit_ma < 6_000,
        }

    def _rest(self, rig: Rig, number: int, case: Case) -> dict[str, bool]:
        told, own = rig.told(number), kept(rig.state)[number]
        closings = case.closings + (rig.outputs[number].contactor and not case.was.contactor)
        return {
            "what is latched is kept": {fault.name for fault in told.faults if fault.latched} == {fault.name for fault in own.latched},
            "the contactor is counted": own.contactor.closings == told.contactor.closings == closings,
        }

    def _remember(self, rig: Rig, number: int, case: Case, told: EvseState) -> None:
        outputs = structs.replace(rig.outputs[number], duty_ppm=offered_ppm(rig, number))
        offered_ma = read_ma(outputs.duty_ppm)
        if case.was.contactor and not outputs.contactor:
            case.opened_s = rig.now
        if not oscillates(outputs.duty_ppm) and case.was.contactor and not outputs.contactor:
            case.ended_s, case.by_fault = rig.now, told.state in ("fault", "fault_f")
        case.closings += outputs.contactor and not case.was.contactor
        if outputs.contactor:
            case.switched += case.phases not in (None, outputs.phases)
            case.phases = outputs.phases
        names = frozenset(fault.name for fault in told.faults)
        for name in names - case.names:
            case.tries[name] = case.tries.get(name, 0) + 1
        if oscillates(outputs.duty_ppm) and read_ma(outputs.duty_ppm) != case.said_ma:
            case.duty_s, case.said_ma = rig.now, read_ma(outputs.duty_ppm)
        if told.state in ("A", "B1", "C1", "D1"):
            case.said_ma = 0
        if not outputs.contactor and not offered_ma:
            case.offers_ma = []
        case.offers_ma = lately(case.offers_ma, offered_ma, rig.now, 5.0 if oscillates(case.was.duty_ppm) else 1e9)
        case.names, case.was = names, outputs


def offered_ppm(rig: Rig, number: int) -> int:
    """The pilot as an offer to a car: what a technician tries while nobody is there is none."""
    return PILOT_STEADY_PPM if tries(rig, number) else rig.outputs[number].duty_ppm


def lately(known: list[tuple[float, int]], value: int, now: float, during_s: float) -> list[tuple[float, int]]:
    """Values with the time at which they held last, after one more."""
    return [(at, old) for at, old in known if now - at < during_s and old != value] + [(now, value)]


def diode_seen(board: BoardInputs | None) -> bool:
    """Is the lower plateau of this measurement at -12 V?"""
    return board is not None and -13_000 <= board.cp_low_mv <= -10_000


def really_closed(plant: Plant) -> bool:
    """Are the main contacts closed, and can control know?"""
    return plant.feedback and plant.closed and plant.inputs is not None and bool(plant.inputs.contactor_closed)
