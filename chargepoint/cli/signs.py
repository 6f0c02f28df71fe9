"""``chargepoint signs``: what hangs at the station, to be printed."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError
from chargepoint.cli.options import add_config
from chargepoint.domain.configuration import Configuration, Language

HELP = """Makes what hangs at the station, to be printed: for each EVSE a sticker of 100 x 60 mm with the QR code of its page (SVG and PDF),
and a sheet of A4 that says how to charge, in up to three languages (PDF). Label, help line, languages and address are those of [public]."""

PORT = 8080
"""Of drivers' pages, where the configuration does not say."""


class UnknownEvse(CliError):
    """There is none of that number."""

    status = 2


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    parser.add_argument("--evse", type=int, metavar="N", help="for this one only")
    parser.add_argument(
        "--language",
        action="append",
        choices=get_args(Language),
        metavar="LANGUAGE",
        help=f"up to three times, the first for the sticker: {', '.join(get_args(Language))} (those of [public])",
    )
    parser.add_argument(
        "--address", type=beginning, metavar="URL", help="of drivers' pages, if it is not that of [public] or of this machine"
    )
    parser.add_argument("--output", type=Path, metavar="DIR", default=Path(), help="where to put them (here)")


def beginning(text: str) -> str:
    """An address that a page of ours lies below."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ArgumentTypeError(f"{text!r}: expected http://HOST:PORT/ or https://...")
    return f"{text.rstrip('/')}/"


def run(arguments: Namespace) -> int:
    """Makes the files, and names them."""
    configuration = read(arguments.config)
    evses = [evse.id for evse in configuration.evses if arguments.evse in (None, evse.id)]
    if not evses:
        there = ", ".join(str(evse.id) for evse in configuration.evses)
        raise UnknownEvse(f"--evse {arguments.evse}: unknown; there are {there}")
    languages = tuple(dict.fromkeys(arguments.language or configuration.public.languages))
    if not configuration.public.help_line:
        print("warning: public.help_line is empty, so there is no number to call on the signs")
    for evse in evses:
        _make(configuration, evse, languages, arguments.address, arguments.output)
    return 0


def address(configuration: Configuration, given: str | None) -> str:
    """Beginning of the address in a code, which the EVSE's number is appended to."""
    from chargepoint.web.signs.sign import PATH

    if given is not None:
        return given + PATH
    return configuration.public.url or own_address(configuration) + PATH


def own_address(configuration: Configuration) -> str:
    """Of this machine, by a name that phones of the same network find."""
    from chargepoint.web import addresses

    listen = "" if configuration.web is None else configuration.web.driver_listen or ""
    host, _, port = listen.rpartition(":")
    if host.strip("[]") in ("", "::", "0.0.0.0"):
        host = sorted(addresses.hosts() - {addresses.ALWAYS}, key=lambda each: (not each.endswith(".local"), each))[0]
    number = int(port) if port.isdecimal() else PORT
    return f"http://{host}/" if number == 80 else f"http://{host}:{number}/"


def _make(configuration: Configuration, evse: int, languages: tuple[str, ...], given: str | None, folder: Path) -> None:
    from chargepoint import texts
    from chargepoint.web.signs import as_pdf, as_svg, sheet, sign, sticker

    about, now = sign.of(configuration, evse, address(configuration, given)), datetime.now(UTC)
    spoken = [texts.of(language) for language in languages]
    small, large = sticker.layout(about, spoken[0]), sheet.layout(about, spoken)
    print(f"EVSE {evse}: {about.url}")
    for name, content in (
        (f"sticker-{evse}.svg", as_svg.drawn(small).encode()),
        (f"sticker-{evse}.pdf", as_pdf.drawn([small], now)),
        (f"sheet-{evse}.pdf", as_pdf.drawn([large], now)),
    ):
        path = folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise CliError(f"{path}: {error.strerror}; name a folder with --output that this user may write to") from error
        print(f"  {path}")
