"""``chargepoint external-limit``: what somebody beside the CSMS lets the station draw (OCPP 2.0.1 K11 to K13)."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from math import isfinite
from typing import get_args

from chargepoint.cli import as_json
from chargepoint.cli.errors import CliError, WrongUse
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.inquiry.external_limits import (
    ExternalLimit,
    ExternalLimits,
    LimitPeriod,
    ListExternalLimits,
    ReleaseExternalLimit,
    SetExternalLimit,
    Source,
    Unit,
)

HELP = """Sets what an energy manager, the operator of the grid or somebody else lets the station draw, and releases it: no EVSE draws more,
whatever the central system allows. A limit survives power cuts; it ends when it is released, when the same source sets another one at the
same place, when its time is over, or when a central system switches such signals off. Without "set" or "release" it shows what holds.
Exit status 0: done; 1: the station refuses it, or does not answer; 2: no such EVSE, or wrong usage."""

LARGEST = 1e6
"""More is no current and no power."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("what", nargs="?", choices=("set", "release"), help="else show")
    parser.add_argument(
        "periods", nargs="*", type=_period, metavar="LIMIT", help="such as 16; or 0:16 3600:10, each with the second it begins at"
    )
    parser.add_argument("--unit", choices=get_args(Unit), default="A", help="A: for each phase; W: of all together (A)")
    parser.add_argument("--phases", type=int, choices=(1, 3), help="on so many phases, where the contactor has the choice")
    parser.add_argument("--evse", type=int, metavar="N", help="this EVSE; else the whole station")
    parser.add_argument(
        "--source", choices=get_args(Source), help="who it is: energy manager, system operator, another (EMS; release: all)"
    )
    parser.add_argument("--for", dest="duration_s", type=int, metavar="SECONDS", help="then it is over; else it holds until it is released")
    parser.add_argument("--grid-critical", action="store_true", help="the grid depends on it: the central system is told")
    as_json.add_json(parser)


def _period(text: str) -> LimitPeriod:
    start, _, limit = text.rpartition(":")
    try:
        start_s, value = int(start or "0"), float(limit)
    except ValueError:
        raise ArgumentTypeError(f"{text!r}: expected a number such as 16, or SECOND:NUMBER such as 3600:10") from None
    if not isfinite(value) or not 0 <= value <= LARGEST:
        raise ArgumentTypeError(f"{text!r}: expected 0 to {LARGEST:.0f}")
    return LimitPeriod(start_s=start_s, limit=value)


def run(arguments: Namespace) -> int:
    """0; a CliError where the station refuses it."""
    question = _question(arguments)
    answer = ask(socket_of(arguments), ExternalLimits, question)
    if answer.outcome in ("unknown", "refused"):
        raise (WrongUse if answer.outcome == "unknown" else CliError)(answer.message)
    print(as_json.text(answer) if arguments.json else "\n".join(shown(answer)))
    return 0


def _question(arguments: Namespace) -> SetExternalLimit | ReleaseExternalLimit | ListExternalLimits:
    if bool(arguments.periods) != (arguments.what == "set"):
        raise WrongUse("set wants a LIMIT, and nothing else does: chargepoint external-limit set 16")
    if arguments.what == "release":
        return ReleaseExternalLimit(evse=arguments.evse, source=arguments.source)
    if arguments.what is None:
        return ListExternalLimits()
    return SetExternalLimit(
        evse=arguments.evse,
        source=arguments.source or "EMS",
        unit=arguments.unit,
        periods=tuple(LimitPeriod(start_s=each.start_s, limit=each.limit, phases=arguments.phases) for each in arguments.periods),
        duration_s=arguments.duration_s,
        grid_critical=arguments.grid_critical,
    )


def shown(answer: ExternalLimits) -> Iterator[str]:
    """For people."""
    if answer.message:
        yield answer.message
    elif not answer.limits:
        yield "nobody but the central system limits this station"
    yield from map(_line, answer.limits)


def _line(limit: ExternalLimit) -> str:
    place = "the station" if limit.evse is None else f"EVSE {limit.evse}"
    now = "nothing at the moment" if limit.limit is None else f"{limit.limit:g} {limit.unit}"
    end = "until it is released" if limit.ends_in_s is None else f"for another {limit.ends_in_s} s"
    return f"{place}: {now} by {limit.source}, {end}{', the grid depends on it' if limit.grid_critical else ''}"
