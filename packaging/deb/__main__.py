"""``make deb``: the packages, into ``build/deb``."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from deb.package import build
from deb.project import ROOT, BuildError, Project, project
from deb.target import ARCHITECTURES, PYTHONS, Target

HELP = """Builds Debian packages of this tree, for every architecture that is named, by default all of them. Wheels come from the package
index that pip is configured for."""


def main() -> int:
    """0: built; 1: not, for a reason that is told."""
    parser = ArgumentParser(prog="make deb", description=HELP)
    parser.add_argument("--arch", choices=sorted(ARCHITECTURES), action="append", help="default: all")
    parser.add_argument("--debian", type=int, choices=sorted(PYTHONS), default=min(PYTHONS), help="release of the target (%(default)s)")
    parser.add_argument("--version", help="instead of that of pyproject.toml")
    parser.add_argument("--compression", choices=("xz", "zstd", "gzip"), default="xz", help="xz is small, gzip is quick (%(default)s)")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "deb", metavar="DIR", help="default: build/deb")
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="root certificates, PEM: whose updates its stations take (docs/updates.md)"
    )
    parser.add_argument("--support-until", type=date.fromisoformat, metavar="DATE", help="default: five years after this release")
    arguments = parser.parse_args()
    try:
        found: Project = project(arguments.version)
        for architecture in arguments.arch or sorted(ARCHITECTURES):
            target = Target(arguments.debian, architecture)
            made = build(found, target, arguments.into, arguments.compression, arguments.trust, arguments.support_until)
            print(made, flush=True)
    except BuildError as error:
        print(f"make deb: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
