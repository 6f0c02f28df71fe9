"""Outputs of an EVSE that a technician may move, with what each means. A table; whether it is done, control decides."""

from collections.abc import Iterator

from msgspec import Struct

from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.domain.indications import ON_LEASE, SOUNDS

LEAST_A = 6
STEPS_A = (6, 10, 13, 16, 20, 25, 32, 40, 48, 63)


class Output(Struct, frozen=True, kw_only=True):
    """One of them. ``what`` as the station calls it; with ``choices``, or ``typed``, a word follows."""

    what: str
    title: str
    meaning: str
    choices: tuple[str, ...] = ()
    typed: bool = False


LOCK = (
    Output(what="lock_close", title="Close the lock", meaning="The bolt closes for 2.5 s; its feedback has to say that it is locked."),
    Output(what="lock_open", title="Open the lock", meaning="The bolt is drawn back; its feedback has to say so."),
)
ALWAYS = (
    Output(what="rcm_test", title="Test the residual current monitor", meaning="It has to trip by its test line, and be clear again."),
    Output(what="pilot_x1", title="Pilot +12 V", meaning="Constant, as with no car: both plateaus are measured at +12 V, for 2 s."),
    Output(what="pilot_6a", title="Pilot 6 A", meaning="10 % duty for 5 s: +12 V and -12 V are measured. The contactor stays open."),
    Output(what="pilot_16a", title="Pilot 16 A", meaning="26.7 % duty for 5 s: +12 V and -12 V are measured. The contactor stays open."),
    Output(what="pilot_f", title="Pilot -12 V (F)", meaning="What tells a car that the place cannot be used, for 3 s."),
)
LIGHT = Output(what="indicator", title="Show a light", meaning="For 5 s; there is no feedback: look.", choices=tuple(sorted(ON_LEASE)))
SOUND = Output(what="buzzer", title="Make a sound", meaning="Once; there is no feedback: listen.", choices=tuple(SOUNDS))
WORDS = Output(what="display", title="Write on the display", meaning="For 5 s; there is no feedback: look.", typed=True)


def of(configuration: Configuration, part: EvsePart) -> tuple[Output, ...]:
    """Those that this EVSE has, as far as the configuration says."""
    return tuple(_of(configuration, part))


def _of(configuration: Configuration, part: EvsePart) -> Iterator[Output]:
    if any(each.cable == "socket" for each in part.connectors):
        yield from LOCK
    yield from ALWAYS
    if part.indicator is not None or configuration.simulated:
        yield LIGHT
        yield SOUND
    if configuration.displays and not configuration.simulated:
        yield WORDS


def currents(part: EvsePart) -> tuple[int, ...]:
    """Amperes to offer in a charge by hand."""
    return tuple(each for each in STEPS_A if each <= part.max_current_a) or (LEAST_A,)
