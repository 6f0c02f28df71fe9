"""``chargepoint support-bundle``: one file for the maker, with everything that helps and nothing that is secret."""

import io
import re
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path

from chargepoint.cli.bundle import archive
from chargepoint.cli.checks.scene import Scene, survey
from chargepoint.cli.errors import CliError
from chargepoint.cli.options import add_config, add_state_dir

HELP = """Puts configuration, state, history, OCPP messages, logs and the result of chargepoint doctor into one .tar.gz for the maker.
Passwords, keys and cards are masked before anything is written; its README.txt says what is in it. Works without configuration and with
no station running, with less in it; as root with most. "--output -" writes it to standard output: ssh STATION chargepoint support-bundle
--output - > bundle.tar.gz. Exit status 0: made; 1: it could not be written."""

STDOUT = "-"
UNFIT = re.compile(r"[^\w.-]+", re.ASCII)


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--output", metavar="FILE", help="its name (chargepoint-ID-TIME.tar.gz, here); -: standard output")


def run(arguments: Namespace) -> int:
    """0; a CliError when it cannot be written."""
    scene, at = survey(arguments.config, arguments.state_dir), datetime.now(UTC)
    folder = _name(scene, at)
    made = list(archive.collected(scene, archive.masker_of(scene.config)))
    if arguments.output == STDOUT:
        packed = io.BytesIO()
        archive.pack(packed, folder, made, at)
        sys.stdout.buffer.write(packed.getvalue())
        sys.stdout.flush()
        return 0
    path = Path(arguments.output or f"{folder}.tar.gz")
    try:
        size = archive.write(path, folder, made, at)
    except OSError as error:
        raise CliError(f"{path}: {error.strerror or error}; name a place that can be written to with --output") from error
    there = [part.name for part, text, _ in made if text is not None]
    print(f"{path}: {size / 1024:.0f} KiB, {len(there)} parts: {', '.join(there)}")
    for reason in dict.fromkeys(reason for _, text, reason in made if text is None):
        print(f"  without {', '.join(part.name for part, text, why in made if text is None and why == reason)}: {reason}")
    print("Passwords, keys and cards are masked: it may be sent to the maker. README.txt in it says what it tells.")
    return 0


def _name(scene: Scene, at: datetime) -> str:
    identity = "station" if scene.configuration is None else UNFIT.sub("-", scene.configuration.station.id)
    return f"chargepoint-{identity}-{at:%Y%m%dT%H%M%SZ}"
