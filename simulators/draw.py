"""The current that a car draws: how it follows the offer, and how it changes by itself."""

from math import inf

from simulators.alarm import Alarm
from simulators.manners import Manners, Stage

AS_EVER = Stage()


class Draw:
    """``current_ma`` per phase, on ``phases``, as soon as there is mains at its inlet."""

    def __init__(self, manners: Manners, phases: int) -> None:
        self.current_ma = 0
        self.phases = phases
        self.alarm = Alarm()
        self._manners = manners
        self._asked = False
        self._own_ma = 0
        self._heard_ma = 0
        """The last offer of anything."""
        self._mains_s: float | None = None
        """Since when it has mains."""
        self._follows_s = inf
        self._ends_s = -inf

    def follow(self, own_ma: int, own_phases: int, offer_ma: int, now: float, *, asking: bool, mains: bool) -> None:
        """``own``: what it would like; ``asking``: it has closed S2; ``mains``: at its inlet."""
        self.alarm.clear()
        self._heard_ma = offer_ma or self._heard_ma
        stage = self._stage(now, mains=mains and asking)
        own_ma = own_ma if stage.current_ma is None else stage.current_ma
        target_ma = min(own_ma, self._bound_ma(offer_ma, own_ma)) if asking else 0
        at_once = asking and (not self._asked or own_ma != self._own_ma)
        if self._asked and not asking:
            self._ends_s = now + self._manners.draw.lingers_s
        self._asked, self._own_ma = asking, own_ma
        self._turn_to(target_ma, now, at_once=at_once)
        self.phases = self._used(own_phases if stage.phases is None else stage.phases)

    def _turn_to(self, target_ma: int, now: float, *, at_once: bool) -> None:
        if target_ma == self.current_ma:
            self._follows_s = inf
            return
        if at_once:
            self._follows_s = now
        elif not self._asked:
            self._follows_s = self._ends_s
        elif self._follows_s == inf:
            self._follows_s = now + self._manners.follow_s
        if self.alarm.due(self._follows_s, now):
            self._follows_s = inf
            self.current_ma = target_ma

    def _bound_ma(self, offer_ma: int, own_ma: int) -> int:
        manners = self._manners.draw
        if manners.deaf == "duty":
            return own_ma
        return (self._heard_ma if manners.deaf == "x1" else offer_ma) * manners.percent // 100

    def _used(self, phases: int) -> int:
        manners = self._manners.draw
        return min(phases, manners.few_phases) if self.current_ma < manners.few_below_ma else phases

    def _stage(self, now: float, *, mains: bool) -> Stage:
        if not mains or not self._manners.draw.course:
            self._mains_s = None
            return AS_EVER
        if self._mains_s is None:
            self._mains_s = now
        reached = AS_EVER
        for stage in self._manners.draw.course:
            if not self.alarm.due(self._mains_s + stage.after_s, now):
                break
            reached = stage
        return reached
