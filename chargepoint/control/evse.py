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
    waking     F or E           open       for an EV that sleeps in B2 (A.5.3), once
    woken      X1               open       a moment, before the next offer
    fault_f    F                open       the station's own fault ended charging: shown for a moment (Table A.5)
    fault      X1               open       X1 and not F, so that presence stays measurable
    out        F                open       out of service until a technician clears it; no EV was there when it began

Only two rows lead from an open contactor to a closed one, both from B2.
"""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple, get_args

from msgspec import Struct
from transitions import Machine

from chargepoint.control.pilot import ENERGISABLE, duty_ppm
from chargepoint.link.messages import CpState, IecState
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM

logging.getLogger("transitions").setLevel(logging.WARNING)  # it reports every transition twice at INFO

STOP_S = 6.0
"""An EV has 3 s to follow X1; one that does not is switched off under load after 6 s (Table A.6, sequence 10.2)."""
REST_S = 2.0
"""Between an opening of the contactor and the next closing. With the pilot's filter it stays within the 3 s of sequence 4."""
PAUSE_S = 5.0
"""Between an opening that the EVSE wanted and the next offer."""
FAULT_PAUSE_S = 10.0
"""The same after a fault, so that no chattering cause becomes a chattering contactor."""
SLEEP_S = 30.0
"""An EV that has not asked this long after the offer is taken for asleep."""
WAKING_S = 4.0
WOKEN_S = 0.75
"""A.5.3, and the 0.5 to 1 s of X1 that some EVs want after it."""
SHOWN_F_S = 0.3
"""State F, for an EV to see that the station has a fault of its own."""

OFFERING = frozenset[IecState]({"B2", "C2", "D2"})
CLOSED = frozenset[IecState]({"C2", "D2", "stopping"})


class Scan(Struct, frozen=True):
    """What the guards look at."""

    letter: CpState | None
    asks_now: bool
    """The newest measurement, too, says C or D; the letter leaves them only with the second that does not."""
    granted: bool
    """At least 6 A may be offered now: permit, limits, lock, site."""
    faulted: bool
    """A fault that opens the contactor is active."""
    shows_f: bool
    """One of them is the station's own, to be shown by state F."""
    locked_out: bool
    """One of them waits for a technician."""
    ventilation: bool
    diode_good: bool
    """The newest measurement shows an oscillating pilot whose lower plateau is at -12 V."""
    contacts_open: bool
    """Nothing says that a main contact is closed."""
    plug_held: bool
    """Nothing says that the plug is unlocked; a fixed cable always is held."""
    wakeable: bool
    """The EV has not asked since this offer began, and has not been woken yet."""
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


def asks_still(scan: Scan) -> bool:
    """The EV asked when it was last looked at."""
    return scan.asks_now


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


def contacts_seen_open(scan: Scan) -> bool:
    """No main contact is welded, as far as feedback goes."""
    return scan.contacts_open


def plug_seen_locked(scan: Scan) -> bool:
    """The plug is locked, as far as feedback goes."""
    return scan.plug_held


def rested(scan: Scan) -> bool:
    """The contactor has been open long enough to close again."""
    return scan.rested_s >= REST_S


def waited_out(scan: Scan) -> bool:
    """The EV was given its 6 s to let go."""
    return scan.waited_s >= STOP_S


def asleep(scan: Scan) -> bool:
    """The EV has not reacted to the offer for 30 s, and has not been woken yet."""
    return scan.wakeable and scan.waited_s >= SLEEP_S


def waked_long_enough(scan: Scan) -> bool:
    """F or E has been shown for 4 s."""
    return scan.waited_s >= WAKING_S


def awake_long_enough(scan: Scan) -> bool:
    """X1 has been shown for 0.75 s."""
    return scan.waited_s >= WOKEN_S


def to_be_shown(scan: Scan) -> bool:
    """The fault is the station's own, and the EV is to see it."""
    return scan.shows_f


def f_shown(scan: Scan) -> bool:
    """F has been shown for 0.3 s."""
    return scan.waited_s >= SHOWN_F_S


def locked_out(scan: Scan) -> bool:
    """A fault waits for a technician."""
    return scan.locked_out


def in_service(scan: Scan) -> bool:
    """No fault waits for a technician any more."""
    return not scan.locked_out


class Row(NamedTuple):
    """From ``source`` to ``dest`` if all guards hold."""

    source: IecState
    dest: IecState
    guards: tuple[Guard, ...]


CLOSING = (granted, asks_still, diode_seen, contacts_seen_open, plug_seen_locked, rested)
"""All of them, before a contactor is closed."""

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
    Row("B2", "C2", (ev_ready, *CLOSING)),
    Row("B2", "D2", (ev_ready_with_ventilation, ventilated, *CLOSING)),
    Row("B2", "waking", (connected, asleep)),
    Row("C1", "fault", (faulted,)),
    Row("C1", "A", (unplugged,)),
    Row("C1", "B1", (connected,)),
    Row("C1", "D1", (ev_ready_with_ventilation,)),
    Row("C1", "B2", (granted,)),
    Row("D1", "fault", (faulted,)),
    Row("D1", "A", (unplugged,)),
    Row("D1", "B1", (connected,)),
    Row("D1", "C1", (ev_ready,)),
    Row("D1", "B2", (granted,)),
    Row("C2", "fault_f", (faulted, to_be_shown)),
    Row("C2", "fault", (faulted,)),
    Row("C2", "A", (unplugged,)),
    Row("C2", "B2", (let_go,)),
    Row("C2", "stopping", (withdrawn,)),
    Row("C2", "D2", (ev_ready_with_ventilation, ventilated)),
    Row("D2", "fault_f", (faulted, to_be_shown)),
    Row("D2", "fault", (faulted,)),
    Row("D2", "A", (unplugged,)),
    Row("D2", "B2", (let_go,)),
    Row("D2", "stopping", (withdrawn,)),
    Row("D2", "C2", (ev_ready,)),
    Row("stopping", "fault_f", (faulted, to_be_shown)),
    Row("stopping", "fault", (faulted,)),
    Row("stopping", "A", (unplugged,)),
    Row("stopping", "B1", (let_go,)),
    Row("stopping", "C1", (waited_out,)),
    Row("waking", "fault", (faulted,)),
    Row("waking", "woken", (withdrawn,)),
    Row("waking", "woken", (waked_long_enough,)),
    Row("woken", "fault", (faulted,)),
    Row("woken", "A", (unplugged,)),
    Row("woken", "B1", (withdrawn,)),
    Row("woken", "B2", (awake_long_enough, plug_seen_locked)),
    Row("fault_f", "fault", (f_shown,)),
    Row("fault", "out", (unplugged, locked_out)),
    Row("fault", "A", (unplugged, sound)),
    Row("fault", "B1", (plugged, sound)),
    Row("out", "fault", (in_service,)),
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

SHOWING_F = frozenset[IecState]({"fault_f", "out"})


def duty(state: IecState, granted_ma: int, waking_ppm: int = PILOT_FAULT_PPM) -> int:
    """The pilot's duty cycle in a state, in millionths; ``waking_ppm``: what a sleeping EV is shown."""
    if state in OFFERING:
        return duty_ppm(granted_ma)
    if state == "waking":
        return waking_ppm
    return PILOT_FAULT_PPM if state in SHOWING_F else PILOT_STEADY_PPM
