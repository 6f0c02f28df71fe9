"""Control as a process: its boards and meters, one scan, its death and its start with what it had kept."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from chargepoint.cli.scenarios.clock import Clock
from chargepoint.cli.scenarios.polls import PolledMeter
from chargepoint.control import scan
from chargepoint.control.kept import Kept, KeptEvse, KeptFault
from chargepoint.control.memory import ControlState, EvseInputs, Inputs
from chargepoint.control.scan import Wish
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.link.messages import EvseState
from simulators.memory import MemoryBoard
from simulators.world import World

KEEP_S = 0.02
"""From a change of what control keeps to having it on disk."""


Later = Callable[[float, Callable[[], None]], None]


class Scanned(Struct, frozen=True):
    """One scan: control's memory before and after, what it read, and what it told."""

    before: ControlState
    after: ControlState
    read: Mapping[int, EvseInputs]
    told: Sequence[EvseState]


class Process:
    """``state`` is ``None`` while it is dead. ``later`` has something done after so many seconds."""

    def __init__(self, world: World, clock: Clock, settings: Mapping[int, EvseSettings], fuse_ma: int, later: Later) -> None:
        self.settings = settings
        self.site = SiteSettings(fuse_ma=fuse_ma)
        self.state: ControlState | None = None
        self.meters: dict[int, PolledMeter] = {}
        self.kept: Kept = {}
        self.scans = self.boots = 0
        self.late_s = 0.0
        """By how much the next scan will be late."""
        self.overloaded = False
        self.memory_lost: set[int] = set()
        """EVSEs for which no technician has said yet that he has looked."""
        self._world = world
        self._clock = clock
        self._later = later
        self._boards: dict[int, MemoryBoard] = {}

    def start(self) -> None:
        """With what it had kept."""
        self.boots += 1
        self.state = scan.initial(self.settings.values(), self.site, f"boot-{self.boots}", self._clock.now_s, self.kept)
        self._boards = {evse: MemoryBoard(self._world, evse, self._clock) for evse in self.settings}
        self.meters = {evse: PolledMeter(self._world, evse, self._clock) for evse in self.settings}
        for board in self._boards.values():
            board.open()

    def kill(self) -> None:
        """It dies, as it stands."""
        self.state = None
        self._boards, self.meters = {}, {}

    def lose_memory(self) -> None:
        """What it keeps cannot be read when it starts next."""
        self.memory_lost = set(self.settings)
        self.kept = {evse: KeptEvse((KeptFault("memory_lost"),)) for evse in self.settings}

    def scan(self, wishes: Sequence[Wish], now: float) -> Scanned:
        """Read, step, write, kick."""
        before = self.state
        assert before is not None
        meters = self.meters
        read = {evse: EvseInputs(board.read(), meters[evse].reading, meters[evse].doubt) for evse, board in self._boards.items()}
        self.state, outputs, told = scan.step(before, Inputs(read, self.late_s, overloaded=self.overloaded), wishes, now)
        self.scans += 1
        self.late_s = 0.0
        for evse, board in self._boards.items():
            board.write(outputs[evse])
            board.kick()
        if scan.kept(self.state) is not scan.kept(before):
            self._keep(scan.kept(self.state))
        return Scanned(before, self.state, read, told)

    def _keep(self, kept: Kept) -> None:
        """It is on disk a little later, unless the power fails before that."""
        boot = self.boots

        def write() -> None:
            if self.state is not None and self.boots == boot:
                self.kept = kept

        self._later(KEEP_S, write)
