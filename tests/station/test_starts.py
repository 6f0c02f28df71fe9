"""Each start is a line: of the process or of the machine, after how long away; and never with a time that nobody has told."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chargepoint.domain.history import Happening
from chargepoint.domain.notifications import BootReason
from chargepoint.station.chronicle import OFTEN, WINDOW_S
from chargepoint.station.clock import StationClock
from chargepoint.station.starts import BEAT_S, Starts
from chargepoint.store.history import Line, Wanted
from chargepoint.store.store import Store
from tests.station.rig import Game, PlayedControl, play
from tests.station.test_chronicle import told

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Machine:
    """One that is switched off and on; the station's process runs on it."""

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.real, self.kernel, self.mono_s = NOON, "k1", 100.0
        self.behind_s = 0.0
        """So much is the host's clock wrong."""
        self.synchronised = True
        self.noted: list[Happening] = []

    def now_s(self) -> float:
        """The host's time of day."""
        return self.real.timestamp() - self.behind_s

    def start(self, release: str = "1.2.3") -> None:
        """Of the process."""
        self.clock = StationClock(self, lambda: self.mono_s)
        self.starts = Starts(self.store, self.clock, self.noted.append)
        self.starts.release = release
        self.starts.begin(self.kernel, lambda: self.synchronised)

    def runs(self, seconds: float) -> None:
        """For so long."""
        for _ in range(int(seconds)):
            self.passes(1.0)
            self.clock.tick()
            self.starts.tick(self.mono_s)

    def passes(self, seconds: float) -> None:
        """Time."""
        self.mono_s += seconds
        self.real += timedelta(seconds=seconds)

    def off(self, seconds: float) -> None:
        """And on again: another start of the kernel."""
        self.real += timedelta(seconds=seconds)
        self.kernel, self.mono_s = f"{self.kernel}+", 5.0

    @property
    def lines(self) -> list[Line]:
        return self.store.history.lines(Wanted(), 500)

    @property
    def last(self) -> tuple[str, str, str]:
        line = self.lines[-1]
        return line.what.kind, line.what.level, line.what.text


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "store")


def test_the_process_alone_has_started_anew_and_was_away_for_seconds(machine: Machine) -> None:
    machine.start()
    assert machine.last == ("station_started", "info", "the station has started for the first time, release 1.2.3")
    machine.runs(30)
    machine.starts.left()
    machine.passes(2)
    machine.behind_s = 7200.0  # somebody sets the clock meanwhile
    machine.start("1.2.4")
    text = "the station process has started anew (not the machine), release 1.2.4; it was away for 2 s"
    assert machine.last == ("station_started", "info", text)


def test_what_ended_without_a_word_was_away_for_at_most_so_long(machine: Machine) -> None:
    machine.start()
    machine.runs(BEAT_S + 10)
    machine.passes(5)
    machine.start()
    kind, level, text = machine.last
    assert (kind, level) == ("station_started", "warning")
    assert text.endswith("the one before had ended without a word; it was away for at most 15 s")


@pytest.mark.parametrize("clean", [True, False])
def test_the_machine_has_restarted_and_how_long_it_was_off(clean: bool, machine: Machine) -> None:
    machine.start()
    machine.runs(BEAT_S + 1)
    if clean:
        machine.starts.left()
    machine.off(7200)
    machine.start()
    kind, level, text = machine.last
    assert (kind, level) == ("machine_restarted", "info" if clean else "warning")
    assert ("the power was cut" in text) is not clean
    assert text.endswith(f"away for {'' if clean else 'at most '}2 h 0 min")
    assert machine.lines[-1].at == (NOON + timedelta(seconds=BEAT_S + 1 + 7200)).isoformat()


def test_a_clock_that_is_not_set_at_boot_makes_no_false_time_and_is_mended_when_it_is(machine: Machine) -> None:
    machine.start()
    machine.runs(10)
    machine.starts.left()
    machine.off(7200)
    machine.behind_s, machine.synchronised = 3e7, False
    machine.start()
    assert "away" not in machine.last[2], "nobody knows"
    assert machine.lines[-1].at >= machine.lines[0].at, "after what went before"
    machine.runs(60)
    assert "away" not in machine.last[2]
    machine.clock.correct(machine.real)
    machine.runs(1)
    assert machine.last[2].endswith("it was away for 2 h 0 min")
    at = datetime.fromisoformat(machine.lines[-1].at)
    assert abs(at - (NOON + timedelta(seconds=10 + 7200))) < timedelta(seconds=1)
    assert machine.lines[-1].last == machine.lines[-1].at
    assert len(machine.lines) == 2


def test_what_was_away_from_an_unknown_time_on_is_not_told(machine: Machine) -> None:
    machine.synchronised = False
    machine.start()
    machine.starts.left()
    machine.off(7200)
    machine.synchronised = True
    machine.start()
    assert "away" not in machine.last[2]


def test_a_power_cut_right_after_the_time_was_told_is_measured_from_there(machine: Machine) -> None:
    machine.synchronised = False
    machine.start()
    machine.runs(20)
    machine.clock.correct(machine.real)
    machine.runs(20)
    machine.off(3600)
    machine.synchronised = True
    machine.start()
    assert machine.last[2].endswith("it was away for at most 1 h 0 min")


def test_a_host_that_does_not_name_its_starts_says_only_that_it_is_one(machine: Machine) -> None:
    machine.kernel = ""
    machine.start()
    machine.starts.left()
    machine.passes(3)
    machine.start()
    assert machine.last[2] == "the station has started anew, release 1.2.3; it was away for 3 s"


def test_starts_over_and_over_are_counted_until_one_lives_for_an_hour(machine: Machine) -> None:
    for number in range(OFTEN + 30):
        machine.start()
        if number:
            machine.starts.control_began(first=True, release="")
        machine.runs(20)
        machine.off(20)
    assert len(machine.lines) == OFTEN
    assert sum(1 + line.more for line in machine.lines) == OFTEN + 30
    assert machine.noted == [], "control's starts are the machine's"
    machine.start()
    machine.runs(WINDOW_S + BEAT_S)
    machine.start()
    assert len(machine.lines) == OFTEN + 1


def test_control_that_starts_anew_is_told_once(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await asyncio.sleep(1)
        first = await kinds(game)
        game.control.boot, game.control.release = "boot-3", "1.2.4"
        for _ in range(2):
            game.control.end.hang_up()
            await game.until(lambda: not game.station.link.connected)
            await game.until(lambda: game.station.link.connected)
        seen.append((first, await kinds(game)))

    async def kinds(game: Game) -> list[str]:
        return [line.what.kind for line in await told(game, area="station")]

    seen: list[tuple[list[str], list[str]]] = []
    for boot in ("boot-1", "boot-2"):
        play(script, tmp_path / "store", PlayedControl(boot))
    before = ["station_started", "control_started"]
    assert seen == [(before[:1], before), ([*before, *before], [*before, *before, "control_started"])]


@pytest.mark.parametrize(
    ("clean", "machine", "word", "reason"),
    [
        (False, False, None, BootReason.APPLICATION_RESET),
        (True, False, None, BootReason.LOCAL_RESET),
        (False, True, None, BootReason.POWER_UP),
        (True, True, None, BootReason.POWER_UP),
        (True, False, BootReason.REMOTE_RESET, BootReason.REMOTE_RESET),
    ],
)
def test_the_reason_of_a_start_that_nobody_left_word_of_is_told_by_the_machine(
    tmp_path: Path, clean: bool, machine: bool, word: BootReason | None, reason: BootReason
) -> None:
    """OCPP 2.0.1 B01.FR.09."""
    at = Machine(tmp_path / "store")
    at.start()
    assert at.store.facts.boot_reason() is BootReason.POWER_UP
    at.runs(WINDOW_S)
    if clean:
        at.starts.left()
    if machine:
        at.off(60)
    with at.store.commit():
        at.store.facts.next_boot_reason(word)
    at.start()
    assert at.store.facts.boot_reason() is reason
