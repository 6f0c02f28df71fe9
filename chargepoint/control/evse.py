"""The state machine of one EVSE (IEC 61851-1 Annex A, Table A.6), as a table.

One trigger, ``scan``. The rows of a state are read from the top; the first whose guards all hold is taken; if none does, the state
stays. What the EVSE does is a function of its state and of the current granted to it, computed anew in every scan, so a
missed edge cannot leave a contactor closed:

    state      pilot            contactor
    A          X1               open       no EV
    B1         X1               open       EV connected, no offer
    B2         X2               open       an offer stands; EV not ready, or diode and rest of the contactor still to be seen
    C1 D1      X1               open       EV asks, no offer
    C2 D2      X2               closed     energised
    stopping   X1               closed     offer withdrawn: until the EV lets go, at the latest 6 s (sequences 9 and 10)
    fault      X1               open       X1 and not F, so that presence stays measurable

Only two rows lead from an open contactor to a closed one, both from B2.
"""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple, get_args

from msgspec import Struct
from transitions import Machine

from chargepoint.control.pilot import ENERGISABLE, duty_ppm
from chargepoint.link.messages import CpState, IecState
from hal.measured import PILOT_STEADY_PPM

logging.getLogger("transitions").setLevel(logging.WARNING)  # it reports every transition twice at INFO

STOP_S = 6.0
"""An EV has 3 s to follow X1; one that does not is switched off under load after 6 s (Table A.6, sequence 10.2)."""
REST_S = 5.0
"""Between an opening of the contactor and the next closing, so that no chattering cause becomes a chattering contactor."""

OFFERING = frozenset[IecState]({"B2", "C2", "D2"})
CLOSED = frozenset[IecState]({"C2", "D2", "stopping"})


class Scan(Struct, frozen=True):
    """What the guards look at."""

    letter: CpState | None
    granted: bool
    """At least 6 A may be offered now: permit, limits, lock, site."""
    faulted: bool
    """A fault that stops charging is active."""
    ventilation: bool
    diode_good: bool
    """The newest measurement shows an oscillating pilot whose lower plateau is at -12 V."""
    rested_s: float
    """Since the contactor was last opened."""
    waited_s: float
    """In the present state."""


Guard = Callable[[Scan], bool]


def unplugged(scan: Scan) -> bool:
    """State A."""
    return scan.letter == "A"


def plugged(scan: Scan) -> bool:
    """States B, C and D: an EV is connected."""
    return scan.letter in {"B", "C", "D"}


def connected(scan: Scan) -> bool:
    """State B: the EV is there and does not ask."""
    return scan.letter == "B"


def ev_ready(scan: Scan) -> bool:
    """State C: the EV asks for current."""
    return scan.letter == "C"


def ev_ready_with_ventilation(scan: Scan) -> bool:
    """State D: the EV asks for current and for ventilation."""
    return scan.letter == "D"


def let_go(scan: Scan) -> bool:
    """The EV does not ask, whatever else it does."""
    return scan.letter not in ENERGISABLE


def granted(scan: Scan) -> bool:
    """There is something to offer."""
    return scan.granted


def withdrawn(scan: Scan) -> bool:
    """There is nothing to offer any more."""
    return not scan.granted


def faulted(scan: Scan) -> bool:
    """A fault that stops charging is active."""
    return scan.faulted


def sound(scan: Scan) -> bool:
    """All causes are gone."""
    return not scan.faulted


def ventilated(scan: Scan) -> bool:
    """State D may be served here."""
    return scan.ventilation


def diode_seen(scan: Scan) -> bool:
    """The other end is an EV and no mere resistor (Table A.4: to be seen before the first closing)."""
    return scan.diode_good


def rested(scan: Scan) -> bool:
    """The contactor has been open long enough to close again."""
    return scan.rested_s >= REST_S


def waited_out(scan: Scan) -> bool:
    """The EV was given its time to let go."""
    return scan.waited_s >= STOP_S


class Row(NamedTuple):
    """From ``source`` to ``dest`` if all guards hold."""

    source: IecState
    dest: IecState
    guards: tuple[Guard, ...]


ROWS: tuple[Row, ...] = (
    Row("A", "fault", (faulted,)),
    Row("A", "B1", (plugged,)),
    Row("B1", "fault", (faulted,)),
    Row("B1", "A", (unplugged,)),
    Row("B1", "C1", (ev_ready,)),
    Row("B1", "D1", (ev_ready_with_ventilation,)),
    Row("B1", "B2", (granted,)),
    Row("B2", "fault", (faulted,)),
    Row("B2", "A", (unplugged,)),
    Row("B2", "B1", (withdrawn,)),
    Row("B2", "C2", (ev_ready, granted, diode_seen, rested)),
    Row("B2", "D2", (ev_ready_with_ventilation, ventilated, granted, diode_seen, rested)),
    Row("C1", "fault", (faulted,)),
    Row("C1", "A", (unplugged,)),
    Row("C1", "B1", (connected,)),
    Row("C1", "D1", (ev_ready_with_ventilation,)),
    Row("C1", "B2", (granted, rested)),
    Row("D1", "fault", (faulted,)),
    Row("D1", "A", (unplugged,)),
    Row("D1", "B1", (connected,)),
    Row("D1", "C1", (ev_ready,)),
    Row("D1", "B2", (granted, rested)),
    Row("C2", "fault", (faulted,)),
    Row("C2", "A", (unplugged,)),
    Row("C2", "B2", (let_go,)),
    Row("C2", "stopping", (withdrawn,)),
    Row("C2", "D2", (ev_ready_with_ventilation, ventilated)),
    Row("D2", "fault", (faulted,)),
    Row("D2", "A", (unplugged,)),
    Row("D2", "B2", (let_go,)),
    Row("D2", "stopping", (withdrawn,)),
    Row("D2", "C2", (ev_ready,)),
    Row("stopping", "fault", (faulted,)),
    Row("stopping", "A", (unplugged,)),
    Row("stopping", "B1", (let_go,)),
    Row("stopping", "C1", (waited_out,)),
    Row("fault", "A", (unplugged, sound)),
    Row("fault", "B1", (plugged, sound)),
)


class _Cursor:
    """What ``transitions`` calls a model. Set before every trigger, so nothing is carried over from one call to the next."""

    state: IecState = "A"


class Table:
    """A machine built of rows. To its callers a pure function from state and scan to state; not for several threads."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = {state: tuple(row for row in rows if row.source == state) for state in get_args(IecState)}
        self._cursor = _Cursor()
        self.machine = Machine(
            model=self._cursor,
            states=list(get_args(IecState)),
            transitions=[{"trigger": "scan", "source": row.source, "dest": row.dest, "conditions": list(row.guards)} for row in rows],
            initial="A",
            auto_transitions=False,
        )
        self._trigger = self.machine.events["scan"].trigger

    def after(self, state: IecState, scan: Scan) -> IecState:
        """The state that follows from ``state`` in this scan.

        The machine is only asked when there is a row to take: to be told that there is none costs it four times as much as to look.
        """
        if not any(all(guard(scan) for guard in row.guards) for row in self._rows[state]):
            return state
        self._cursor.state = state
        self._trigger(self._cursor, scan)
        return self._cursor.state


TABLE = Table(ROWS)


def duty(state: IecState, granted_ma: int) -> int:
    """The pilot's duty cycle in a state, in millionths."""
    return duty_ppm(granted_ma) if state in OFFERING else PILOT_STEADY_PPM
