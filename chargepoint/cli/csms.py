"""``chargepoint csms``: the bench CSMS alone, with its console and its HTTP port."""

import argparse
import asyncio
import sys
from ipaddress import ip_address
from pathlib import Path

from chargepoint.cli.addresses import FORM, Address, address

VERSIONS = ("1.6", "2.0.1")

HELP = """A CSMS for the bench: accepts stations with OCPP 1.6 and 2.0.1, keeps tokens and transactions, shows each message as a line, sends
any command from its console or its HTTP port, and is unkind on request."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--listen", metavar=FORM, type=address, default=("127.0.0.1", 9000), help="for stations (127.0.0.1:9000)")
    parser.add_argument("--control", metavar=FORM, type=loopback, default=("127.0.0.1", 9001), help="HTTP, loopback only (127.0.0.1:9001)")
    parser.add_argument("--version", action="append", choices=VERSIONS, help="accept only this version; may be given again (all)")
    parser.add_argument("--password", metavar="TEXT", help="what stations must send with HTTP basic authentication (nothing)")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), type=Path, help="serve wss with these files (ws)")
    parser.add_argument("--client-roots", metavar="FILE", type=Path, help="with --tls: stations need a certificate of one of these (none)")
    parser.add_argument("--console", action="store_true", help="take commands from standard input even if it is no terminal")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT, SIGTERM or ``quit``: 0; 1 where an address cannot be had; 2 where a file cannot be used."""
    from simulators.csms.errors import BadRequest
    from simulators.csms.program import CannotListen, serve
    from simulators.csms.tls import server_context

    versions = tuple(arguments.version or VERSIONS)
    try:
        certificate, key = arguments.tls or (None, None)
        tls = server_context(certificate, key, arguments.client_roots) if certificate and key else None
        asyncio.run(serve(arguments.listen, arguments.control, versions, arguments.password, tls, console=arguments.console))
    except BadRequest as error:
        print(f"chargepoint csms: --tls: {error}", file=sys.stderr)
        return 2
    except CannotListen as error:
        print(f"chargepoint csms: {error}", file=sys.stderr)
        return 1
    return 0


def loopback(text: str) -> Address:
    """HOST:PORT on this machine: the interface asks nobody who is there."""
    host, port = address(text)
    try:
        local = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise argparse.ArgumentTypeError(f"{text!r}: {host} is not a loopback address; use 127.0.0.1, [::1] or localhost")
    return host, port
