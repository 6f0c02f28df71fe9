"""Until when nothing happens that would make a scan find anything new: what the clock may jump over."""

from collections.abc import Iterable, Mapping
from math import inf

from chargepoint.cli.scenarios.durations import durations
from chargepoint.cli.scenarios.polls import PolledMeter
from chargepoint.cli.scenarios.process import Scanned
from chargepoint.cli.scenarios.rest import Rest
from chargepoint.control.memory import EvseInputs
from chargepoint.control.settings import EvseSettings
from simulators.electrics import Electrics
from simulators.world import World

MAX_JUMP_S = 60.0


class Quiet:
    """Follows control from scan to scan. ``until_s``: before that it does nothing by itself; long past: it is not at rest."""

    def __init__(self, settings: Iterable[EvseSettings], world: World) -> None:
        self.until_s = -inf
        self._rest = Rest(durations(settings))
        self._world = world
        self._rested_s = -inf
        self._read: Mapping[int, EvseInputs] = {}

    def restart(self) -> None:
        """Control starts anew."""
        self.until_s, self._read = -inf, {}

    def follow(self, scanned: Scanned, meters: Mapping[int, PolledMeter], before_s: float, now: float, *, settled: bool) -> None:
        """After a scan; the one before was at ``before_s``. ``settled``: nothing was told, nor heard, nor done."""
        moved = {before_s: now, **_moved(self._read, scanned.read)}
        self.until_s, self._read = -inf, scanned.read
        late = any(evse.hardware.board == "late" for evse in self._world.evses.values())
        anchors = self._rest.anchors(scanned.before, scanned.after, moved) if settled and not late else None
        if anchors is None:
            return
        # a reading that will soon be replaced by a younger one is no anchor
        anchors -= {read.reading.at_s for evse, read in scanned.read.items() if read.reading is not None and meters[evse].alive}
        if self._rest.until_s(anchors, self._rested_s) <= now:  # it may have moved since it was at rest last
            for meter in meters.values():
                meter.suspect()
        self._rested_s, self.until_s = now, self._rest.until_s(anchors, now)

    def next_s(self, meters: Iterable[PolledMeter], action_s: float, now: float) -> tuple[float, float]:
        """When there is something for control to see, by world, meters or an action; and when a scan has to run in any case."""
        meters = tuple(meters)
        changes_s = min(evse.next_change_s if heard(evse) else evse.next_event_s for evse in self._world.evses.values())
        news_s = min((meter.due_s for meter in meters if not meter.steady), default=inf)
        ages_s = min((meter.due_s for meter in meters if meter.doubted), default=inf)
        events_s = min(changes_s, news_s, action_s)
        return events_s, min(events_s, ages_s, self.until_s, now + MAX_JUMP_S)


def heard(evse: Electrics) -> bool:
    """Does its board hear what control says?"""
    return evse.powered and evse.hardware.board != "lost"


def _moved(before: Mapping[int, EvseInputs], after: Mapping[int, EvseInputs]) -> dict[float, float]:
    """What has become of the moments of measurements and readings."""
    moved: dict[float, float] = {}
    for evse, old in before.items():
        new = after[evse]
        if old.board is not None and new.board is not None:
            moved[old.board.at_s] = new.board.at_s
        if old.reading is not None and new.reading is not None and old.reading.at_s != new.reading.at_s:
            moved[old.reading.at_s] = new.reading.at_s
    return moved
