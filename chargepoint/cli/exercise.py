"""``chargepoint hardware exercise``: the words of a technician, as questions to the station."""

import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable

from chargepoint.cli import devices
from chargepoint.cli.errors import CliError, WrongUse
from chargepoint.cli.inquiry import ask
from chargepoint.domain.configuration import Configuration
from chargepoint.inquiry.hardware import ChargeByHand, Exercised, ExerciseOutput, Shown, ShowSignals

HELP = """Moves one output of an EVSE for a few seconds, and says what was measured of
it. Control obeys only while nothing is plugged in, nobody may charge and no
fault is active; a car that comes ends it at once.

  1 lock close | lock open    the plug lock, with its feedback
  1 rcm test                  the self-test of the residual current monitor
  1 pilot x1 | 6 | 16 | f     what the pilot shows: +12 V, 6 A, 16 A, -12 V
  1 indicator NAME            a light, for 5 s: reserved, refused, updating ...
  1 buzzer NAME               a sound: read, accepted, rejected
  1 display TEXT              on its displays, for 5 s
  1 charge --current 6 --seconds 20
                              with a car or a simulator of one plugged in: the
                              contactor closes as in a session; no transaction

Exit status 0: moved as it should, or nothing is measured of it; 1: it did
not, or it was refused, with the reason; 2: no such EVSE or output."""
"""As wide as a terminal: it is printed as it stands here."""

WORDS = {
    "lock close": "lock_close",
    "lock open": "lock_open",
    "rcm test": "rcm_test",
    "pilot x1": "pilot_x1",
    "pilot 6": "pilot_6a",
    "pilot 16": "pilot_16a",
    "pilot f": "pilot_f",
}
"""What is typed -> what control calls it."""
NAMED = ("indicator NAME", "buzzer NAME", "display TEXT")
TIMEOUT_S = 15.0
LEASE_S = 5.0
EVERY_S = 1.0
LONGEST_S = 900.0


def add_arguments(parser: ArgumentParser) -> None:
    """The words."""
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.add_argument("evse", type=int, metavar="EVSE", help="by its number in the configuration")
    parser.add_argument("words", nargs="+", metavar="OUTPUT", help="see above")
    parser.add_argument("--current", type=float, default=6.0, metavar="A", help="of charge: at most so much per phase (6)")
    parser.add_argument("--seconds", type=float, default=20.0, metavar="S", help="of charge: for so long, up to 900 (20)")


def run(arguments: Namespace, configuration: Configuration, path: str) -> int:
    """0; a CliError for whatever was not good."""
    known = [part.id for part in configuration.evses]
    if arguments.evse not in known:
        raise WrongUse(f"EVSE {arguments.evse}: unknown; there are {', '.join(map(str, known))}")
    words = " ".join(arguments.words).lower()
    if words == "charge":
        return _charge(path, arguments.evse, arguments.current, arguments.seconds)
    return _said(ask(path, Exercised, ExerciseOutput(arguments.evse, _what(words, arguments, configuration)), TIMEOUT_S))


def _what(words: str, arguments: Namespace, configuration: Configuration) -> str:
    """As control, or the station, calls it."""
    if words in WORDS:
        return WORDS[words]
    kind = arguments.words[0].lower()
    if kind in ("indicator", "buzzer"):
        if arguments.evse not in {named.number for named in devices.indicators(configuration)}:
            raise CliError(f"EVSE {arguments.evse}: no indicator is configured for it")
        return words
    if kind == "display":
        return " ".join([kind, *arguments.words[1:]])
    raise WrongUse(f"{words}: unknown; expected {', '.join((*WORDS, *NAMED, 'charge'))}")


def _said(answer: Exercised) -> int:
    if answer.outcome in ("good", "ended"):
        print(f"{answer.message}{': good' if answer.outcome == 'good' else ''}")
        return 0
    raise (WrongUse if answer.outcome == "unknown" else CliError)(answer.message)


def _charge(path: str, evse: int, current_a: float, seconds: float) -> int:
    """A lease that is renewed every second; whatever ends this ends it."""
    if not 0 < seconds <= LONGEST_S:
        raise WrongUse(f"--seconds {seconds:g}: expected more than 0, up to {LONGEST_S:g}")

    def charge(valid_for_s: float) -> Exercised:
        return ask(path, Exercised, ChargeByHand(evse, current_a, valid_for_s), TIMEOUT_S)

    try:
        refused = _hold(path, evse, charge, time.monotonic() + seconds)
    except KeyboardInterrupt:
        refused = None
        print()
    return _said(charge(0.0) if refused is None else refused)


def _hold(path: str, evse: int, charge: Callable[[float], Exercised], ends_s: float) -> Exercised | None:
    """Until its time is over: nothing. A refusal ends it before."""
    began_s = time.monotonic()
    while time.monotonic() < ends_s:
        answer = charge(LEASE_S)
        if answer.outcome != "going_on":
            return answer
        time.sleep(min(EVERY_S, max(0.0, ends_s - time.monotonic())))
        print(f"{time.monotonic() - began_s:5.0f} s  {_progress(path, evse)}", flush=True)
    return None


def _progress(path: str, evse: int) -> str:
    signals = next((each for each in ask(path, Shown, ShowSignals(), TIMEOUT_S).evses if each.evse == evse), None)
    if signals is None:
        return "control tells nothing"
    reading, contactor = signals.reading, signals.outputs.contactor
    feedback = None if signals.inputs is None else signals.inputs.contactor_closed
    said = "without feedback" if feedback is None else f"feedback {'closed' if feedback else 'open'}"
    measured = "meter not read" if reading is None else f"{reading.energy_wh} Wh, {reading.power_w or 0} W"
    return (
        f"state {signals.state}, offers {signals.outputs.offer_ma / 1000:g} A, "
        f"contactor {'closed' if contactor else 'open'} ({said}), {measured}"
    )
