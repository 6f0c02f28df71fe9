"""``chargepoint signs``: what hangs at the station, to be printed."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from chargepoint.cli.addresses import address as place
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError, WrongUse
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.web import PART
from chargepoint.domain.configuration import Configuration, Language

HELP = """Makes what hangs at the station, to be printed: for each EVSE a sticker of 100 x 60 mm with the QR code of its page (SVG and PDF),
and a sheet of A4 that says how to charge, in up to three languages (PDF). Label, help line, languages and address are those of [public]."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
OR_NAME_IT = "or set public.url, or name the beginning with --address URL"


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--evse", type=int, metavar="N", help="for this one only")
    parser.add_argument(
        "--language",
        action="append",
        choices=get_args(Language),
        metavar="LANGUAGE",
        help=f"up to three times, the first for the sticker: {', '.join(get_args(Language))} (those of [public])",
    )
    parser.add_argument(
        "--address", type=beginning, metavar="URL", help="of drivers' pages, if it is neither public.url nor where this station serves them"
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
        raise WrongUse(f"--evse {arguments.evse}: unknown; there are {there}")
    languages = tuple(dict.fromkeys(arguments.language or configuration.public.languages))
    if not configuration.public.help_line:
        print("warning: public.help_line is empty, so there is no number to call on the signs")
    leads = address(configuration, arguments.state_dir, arguments.address)
    if (urlsplit(leads).hostname or "") in LOOPBACK:
        print(f"warning: {leads} is of this machine alone, so no phone can open the code; set web.driver_listen, {OR_NAME_IT}")
    for evse in evses:
        _make(configuration, evse, languages, leads, arguments.output)
    return 0


def address(configuration: Configuration, state_dir: Path, given: str | None = None) -> str:
    """Beginning of the address in a code, which the EVSE's number is appended to. Raises CliError: nothing says it."""
    from chargepoint.web.signs.sign import PATH

    if given is not None:
        return given + PATH
    return configuration.public.url or (_listened(configuration) or _served(configuration, state_dir)) + PATH


def _listened(configuration: Configuration) -> str | None:
    """Where the configuration has drivers' pages listen, if it says so."""
    from chargepoint.web import addresses

    if configuration.web is None or configuration.web.driver_listen is None:
        return None
    host, port = place(configuration.web.driver_listen)
    return addresses.url("http", host, port) if port else None


def _served(configuration: Configuration, state_dir: Path) -> str:
    """Where they are now, as the pages themselves tell. Raises CliError."""
    from chargepoint.web.server import ADDRESSES, read_addresses

    if configuration.web is None:
        raise CliError(f"signs: the configuration has no [web], so drivers have no pages that a code could lead to; add it, {OR_NAME_IT}")
    folder = state_dir / PART
    try:
        (folder / ADDRESSES).stat()
    except PermissionError as error:
        raise CliError(f"signs: {error.filename}: {error.strerror}; it says where drivers' pages are: use sudo, {OR_NAME_IT}") from error
    except OSError:
        raise CliError(
            f"signs: the pages of {state_dir} do not run, and web.driver_listen does not say where drivers find theirs;"
            f" start the station (bench: chargepoint bench; name its --state-dir), {OR_NAME_IT}"
        ) from None
    told = (read_addresses(folder) or {}).get("drivers")
    if not isinstance(told, str):
        raise CliError(f"signs: the pages of {state_dir} run, but none for drivers; chargepoint doctor tells why; mend that, {OR_NAME_IT}")
    return told


def _make(configuration: Configuration, evse: int, languages: tuple[str, ...], leads: str, folder: Path) -> None:
    from chargepoint import texts
    from chargepoint.web.signs import as_pdf, as_svg, sheet, sign, sticker

    about, now = sign.of(configuration, evse, leads), datetime.now(UTC)
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
