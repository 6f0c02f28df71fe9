"""The judge: looks at the world at every moment at which something may have changed, and holds it against every rule."""

from collections.abc import Sequence

from chargepoint.cli.scenarios import contactor_rules, fault_rules, hardware_rules, pilot_rules, telling_rules
from chargepoint.cli.scenarios.case import Case
from chargepoint.cli.scenarios.ceilings import Ceilings
from chargepoint.cli.scenarios.rule import Broken, Rule
from chargepoint.cli.scenarios.stage import Stage
from chargepoint.control.safety import LATE_S
from chargepoint.control.scan import Wish
from chargepoint.link.messages import ClearFault, SitePermit

RULES: tuple[Rule, ...] = (
    *contactor_rules.RULES,
    *pilot_rules.RULES,
    *hardware_rules.RULES,
    *fault_rules.RULES,
    *telling_rules.RULES,
)
FUSE = "the site fuse, and what is left of it, holds"
NAMES = (*(rule.name for rule in RULES), FUSE)


class Judge:
    """An observer of a stage. Raises Broken out of whatever the stage is doing. ``only``: by this rule alone."""

    def __init__(self, stage: Stage, only: str | None = None) -> None:
        self._stage = stage
        self._rules = tuple(rule for rule in RULES if only in (None, rule.name))
        self._fused = only in (None, FUSE)
        now = stage.clock.now_s
        self._ceilings = Ceilings(stage.fuse_ma)
        self.cases = {evse: Case(stage.world.evses[evse], settings, now) for evse, settings in stage.settings.items()}
        stage.observers.append(self)

    def look(self, now: float) -> None:
        """Something may have changed in the world."""
        for case in self.cases.values():
            case.look(now)
        self._hold(now)

    def given(self, wishes: Sequence[Wish], now: float) -> None:
        """Control is about to hear these, and to scan."""
        for case in self.cases.values():
            there = case.circumstances
            there.late, there.overloaded = self._stage.control.late_s > LATE_S, self._stage.control.overloaded
            there.memory_lost = case.settings.evse in self._stage.control.memory_lost
        for wish in wishes:
            if isinstance(wish, SitePermit):
                self._ceilings.give(wish, now)
                continue
            case = self.cases[wish.evse]
            case.permits.give(wish, now)
            case.plug.give(wish)
            if isinstance(wish, ClearFault):
                case.lock_outs.clear(wish.name)

    def scanned(self, now: float) -> None:
        """A scan has run."""
        state = self._stage.control.state
        assert state is not None
        for evse, case in self.cases.items():
            case.look(now)
            case.tell(state.evses[evse].shown, now)
            if "memory_lost" in case.lock_outs.cleared:
                self._stage.control.memory_lost.discard(evse)
        self._scanning(True)
        self._hold(now)
        self._scanning(False)

    def power(self, on: bool, now: float) -> None:
        """Control ends, or starts anew."""
        self._ceilings.forget(now)
        for evse, case in self.cases.items():
            case.power(on, now)
            if on and evse in self._stage.control.memory_lost:
                case.forgotten()

    def _scanning(self, scanning: bool) -> None:
        for case in self.cases.values():
            case.scanning = scanning

    def _hold(self, now: float) -> None:
        for evse, case in self.cases.items():
            for rule in self._rules:
                seen = rule.broken(case, now)
                if seen is not None:
                    raise Broken(rule.name, evse, now, seen)
        drawn_ma = sum(case.may_draw_ma for case in self.cases.values())
        allowed_ma = self._ceilings.allowed_ma(now)
        if self._fused and drawn_ma > allowed_ma:
            raise Broken(FUSE, None, now, f"EVs may draw {drawn_ma} mA together, {allowed_ma} mA are allowed")
