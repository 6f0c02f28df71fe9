"""``chargepoint frames``: what is said between station and central system."""

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import IO

import msgspec

from chargepoint.cli import as_json
from chargepoint.cli.errors import CliError
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.inquiry.frames import MOST, FrameLine, Frames, ListFrames

HELP = f"""The newest frames of OCPP, to the central system (>) and from it (<), with the time each answer took. The station keeps {MOST}
in memory. Tokens, passwords and what a signed address ends with are masked. In a terminal long frames are cut; --full shows them whole.
With --follow it goes on until Ctrl-C. With --json, and in a file, one object a line."""

ASK_S = 1.0
MARKS = {True: ">", False: "<"}


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--count", type=_count, default=MOST, metavar="N", help=f"so many of the newest ({MOST})")
    parser.add_argument("--follow", action="store_true", help="go on with what is said from now on")
    parser.add_argument("--full", action="store_true", help="whole frames, however long")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write them there")
    as_json.add_json(parser)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST):
        raise ArgumentTypeError(f"{text!r}: expected a whole number from 1 to {MOST}")
    return int(text)


def run(arguments: Namespace) -> int:
    """0; a CliError when no station answers, or the file cannot be written."""
    path = socket_of(arguments)
    answers = _answers(path, arguments.count, arguments.follow)
    first = next(answers)
    try:
        with _place(arguments.output) as place:
            written = _write(place, first, arguments)
            for answer in answers:
                written += _write(place, answer, arguments)
    except KeyboardInterrupt:
        print()
        return 0
    except OSError as error:
        raise CliError(f"--output {arguments.output}: {error.strerror}; name a file that this user may write") from error
    if not written:
        print("chargepoint: nothing has been said yet; chargepoint doctor looks at the way to the central system", file=sys.stderr)
    if arguments.output is not None:
        print(f"{written} frames written to {arguments.output}")
    return 0


def _place(output: Path | None) -> nullcontext[IO[str]] | IO[str]:
    return nullcontext(sys.stdout) if output is None else output.open("w", encoding="utf-8")


def _answers(path: str, count: int, follow: bool) -> Iterator[Frames]:
    answer = ask(path, Frames, ListFrames(count=count))
    yield answer
    while follow:
        if not answer.lines:
            time.sleep(ASK_S)
        answer = ask(path, Frames, ListFrames(after=answer.after))
        yield answer


def _write(place: IO[str], answer: Frames, arguments: Namespace) -> int:
    plain = arguments.json or arguments.output is not None
    width = get_terminal_size().columns if not plain and not arguments.full and place.isatty() else None
    if answer.lost and not plain:
        print(f"({answer.lost} frames were not kept)", file=place)
    for line in answer.lines:
        print(msgspec.json.encode(line).decode() if plain else shown(line, width), file=place)
    place.flush()
    return len(answer.lines)


def shown(line: FrameLine, width: int | None) -> str:
    """For people: when, who, what; below it the frame, cut to ``width`` where there is one."""
    at = datetime.fromisoformat(line.at).astimezone()
    what = line.action or line.kind
    more = {"CALLRESULT": "answered", "CALLERROR": f"refused: {line.error}"}.get(line.kind, "")
    took = "" if line.round_trip_ms is None else f"after {line.round_trip_ms:g} ms"
    waits = "" if line.waits_s is None else f"no answer yet, for {line.waits_s:g} s"
    heading = " ".join(filter(None, (f"{at:%H:%M:%S.%f}"[:12], MARKS[line.sent], what, more, took, waits)))
    return "\n".join(each if width is None or len(each) <= width else f"{each[: width - 3]}..." for each in (heading, f"    {line.text}"))
