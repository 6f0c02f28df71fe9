"""``make bundle``: a signed bundle (.cpb) of a package or of an image."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, date, datetime
from pathlib import Path

from bundle.payload import Payload, image, package
from bundle.signing import look_at, signed
from bundle.writing import write
from deb.project import BuildError

HELP = """Makes a bundle that stations take at their pages, from a USB stick, by their command line or from the CSMS: FILE, what it is and
for whom, and a signature over both. Of a package (.deb) version, architecture, system and dates are read; of an image for RAUC they have to
be said. The signing key stays where it is."""


ARCHITECTURES = ("amd64", "arm64", "all")


def day(text: str) -> str:
    """A date; empty: none is told. Raises ValueError."""
    return text and date.fromisoformat(text).isoformat()


def main() -> int:
    """0: made; 1: not, for a reason that is told."""
    parser = ArgumentParser(prog="make bundle", description=HELP)
    parser.add_argument("file", type=Path, metavar="FILE", help="the package, or an image (.raucb)")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="private key of the signer, PEM: RSA or elliptic")
    parser.add_argument("--key-password-file", type=Path, metavar="FILE", help="with the password of the key in its first line")
    parser.add_argument("--signer", type=Path, required=True, metavar="FILE", help="certificate of the key, then its intermediates, PEM")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="default: here")
    parser.add_argument("--compatible", default="any", metavar="NAME", help="line of devices (/etc/chargepoint/compatible); default: any")
    parser.add_argument("--version", help="of an image")
    parser.add_argument("--architecture", choices=ARCHITECTURES, help="of an image")
    parser.add_argument("--built", type=day, metavar="DATE", help="of an image: of its release, YYYY-MM-DD")
    parser.add_argument("--support-until", type=day, default="", metavar="DATE", help="of an image")
    parser.add_argument("--notes", type=Path, metavar="FILE", help="what is new, plain text")
    try:
        print(made(parser.parse_args()))
    except (BuildError, OSError, ValueError) as error:
        print(f"make bundle: {error}", file=sys.stderr)
        return 1
    return 0


def made(arguments: Namespace) -> Path:
    """The finished file. Raises BuildError, OSError, ValueError."""
    password = arguments.key_password_file and arguments.key_password_file.read_text(encoding="utf-8").splitlines()[0]
    notes = "" if arguments.notes is None else arguments.notes.read_text(encoding="utf-8")
    payload = _payload(arguments)
    manifest = payload.manifest(arguments.compatible, notes)
    signer = arguments.signer.read_bytes()
    look_at(signer, datetime.now(UTC))
    signature = signed(manifest, arguments.key.read_bytes(), signer, password)
    into: Path = arguments.out / f"{payload.file.stem}.cpb"
    write(into, manifest, signature, signer, payload.file)
    return into


def _payload(arguments: Namespace) -> Payload:
    if arguments.file.suffix == ".deb":
        return package(arguments.file)
    if not (arguments.version and arguments.architecture and arguments.built):
        raise BuildError(f"{arguments.file} is no package (.deb); for an image say --version, --architecture and --built")
    return image(arguments.file, arguments.version, arguments.architecture, arguments.built, arguments.support_until)


if __name__ == "__main__":
    sys.exit(main())
