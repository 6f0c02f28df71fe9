"""What must hold after every scan, whatever cars, people and hardware do. Independent of how control comes to its outputs.

Each rule has a name; a broken one raises ``Broken`` with it.
"""

from dataclasses import dataclass, field

from chargepoint.domain.faults import WARNINGS
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import EvseState, Permit, Revoke
from hal.measured import PILOT_STEADY_PPM, BoardInputs
from tests.control.rig import COARSE_S, HIGH_MV, Rig

SLACK_S = 2 * COARSE_S


class Broken(AssertionError):
    """A rule was broken: its name, and the EVSE as told."""


@dataclass
class Case:
    """What the judge remembers of one EVSE."""

    permit: Permit | None = None
    until_s: float = 0.0
    cars: dict[PlugInId, int] = field(default_factory=dict)
    allowed_s: float = -1e9
    """When the permit was last worth 6 A."""
    bound_ma: list[tuple[float, int]] = field(default_factory=list)
    """Permitted currents of the last 5 s."""
    offers_ma: list[tuple[float, int]] = field(default_factory=list)
    """Offers that the EV may still follow."""
    closed: bool = False
    opened_s: float = -1e9
    offering: bool = False


def offer_ma(duty_ppm: int) -> int:
    """What the EV reads (IEC 61851-1 Table A.8)."""
    if duty_ppm == PILOT_STEADY_PPM:
        return 0
    return duty_ppm * 6 // 100 if duty_ppm <= 850_000 else (duty_ppm - 640_000) // 4


class Judge:
    """Watches a rig; with ``only``, for the rules whose name begins so."""

    def __init__(self, rig: Rig, only: str = "") -> None:
        self._only = only
        self.cases = {number: Case() for number in rig.plants}
        rig.watchers.append(self.watch)

    def watch(self, rig: Rig) -> None:
        """After every scan."""
        for number, case in self.cases.items():
            told = rig.told(number)
            self._follow_permits(rig, case, told)
            self._rules(rig, number, case, told)
            self._remember(rig, number, case)
        drawn_ma = sum(max((ma for _, ma in case.offers_ma), default=0) for case in self.cases.values())
        self._hold({"the site fuse holds": drawn_ma <= rig.state.site.fuse_ma}, f"{drawn_ma} mA")

    def _hold(self, rules: dict[str, bool], seen: object) -> None:
        for rule, kept in rules.items():
            if not kept and rule.startswith(self._only):
                raise Broken(f"{rule}: {seen}")

    def _follow_permits(self, rig: Rig, case: Case, told: EvseState) -> None:
        plant = rig.plants[told.evse]
        for wish in rig.wishes:
            if isinstance(wish, Permit) and wish.evse == told.evse and case.cars.get(wish.plug_in) == plant.car:
                case.permit, case.until_s = wish, rig.now + wish.valid_for_s
            if isinstance(wish, Revoke) and case.permit is not None and wish.plug_in == case.permit.plug_in:
                case.permit = None
        if case.permit is not None and case.cars[case.permit.plug_in] != plant.car:
            case.permit, case.allowed_s = None, -1e9
        if told.plug_in is not None:
            case.cars.setdefault(told.plug_in, plant.car)
        now_ma = 0 if case.permit is None else case.permit.limit_ma if rig.now < case.until_s else case.permit.then_ma
        case.bound_ma = [(at, ma) for at, ma in case.bound_ma if rig.now - at < 5 + SLACK_S] + [(rig.now, now_ma)]
        if now_ma >= 6_000:
            case.allowed_s = rig.now

    def _rules(self, rig: Rig, number: int, case: Case, told: EvseState) -> None:
        outputs, plant, settings = rig.outputs[number], rig.plants[number], rig.state.evses[number].settings
        board, offered_ma = rig.inputs.evses[number].board, offer_ma(rig.outputs[number].duty_ppm)
        asks = board is not None and board.cp_high_mv in {HIGH_MV["C"], HIGH_MV["D"]}
        lost = board is None or rig.now - board.at_s > 0.2
        rules: dict[str, bool] = {
            "closed only while the EV asks": not outputs.contactor or asks,
            "closed only with ventilation in state D": not outputs.contactor or settings.ventilation or plant.measured != "D",
            "closed only with a permit for this car, or 6 s after": not outputs.contactor or rig.now - case.allowed_s <= 6 + SLACK_S,
            "open while a fault is active": not (
                outputs.contactor and (lost or (board is not None and abnormal(board)) or rig.late_s > 0.1)
            ),
            "open while a fault is told": not (outputs.contactor and any(fault.stops_charging for fault in told.faults)),
            "not closed again within 5 s": case.closed or not outputs.contactor or rig.now - case.opened_s >= 5,
            "locked while closed": outputs.lock or lost or not (plant.feedback and plant.closed and settings.sockets),
            "no offer begins unlocked": case.offering or not offered_ma or not settings.sockets or plant.locked or not plant.feedback,
            "no offer above permit and rating": offered_ma <= min(settings.rating_ma, max(ma for _, ma in case.bound_ma)),
            "the offer is told": told.offered_ma - 2 <= offered_ma <= told.offered_ma,
        }
        self._hold(rules, told)

    def _remember(self, rig: Rig, number: int, case: Case) -> None:
        outputs = rig.outputs[number]
        offered_ma = offer_ma(outputs.duty_ppm)
        if case.closed and not outputs.contactor:
            case.opened_s = rig.now
        if case.offering:
            case.offers_ma = [(at, ma) for at, ma in case.offers_ma if rig.now - at < 5]
        if not outputs.contactor and not offered_ma:
            case.offers_ma = []
        case.offers_ma.append((rig.now, offered_ma))
        case.closed, case.offering = outputs.contactor, offered_ma > 0


def abnormal(board: BoardInputs) -> bool:
    """Does this measurement by itself forbid to charge?"""
    return (
        board.rcd_tripped
        or board.emergency_stop
        or (board.temperature_c or 0) >= 80
        or any(fault.kind not in WARNINGS for fault in board.faults)
    )
