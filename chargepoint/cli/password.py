"""``chargepoint password``: who may come in at the pages."""

import getpass
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.inquiry import ask
from chargepoint.cli.options import add_config, add_state_dir, part_of
from chargepoint.cli.out_of_service import user
from chargepoint.cli.paths import inquiry
from chargepoint.cli.web import PART
from chargepoint.inquiry.security import Noted, NoteSecurity
from chargepoint.web import easy, passwords, security_log, setup_code
from chargepoint.web.accounts import LONGEST_GRANT, Account, AccountError, Accounts, give_to_owner_of_folder
from chargepoint.web.roles import ROLES

HELP = """Sets or resets the password of an account of the pages; makes the account where there is none. The password is asked for twice, or
read from standard input where that is no terminal. Whoever is logged in with the old one is not any more. Roles: a viewer sees
how the station is but not how it is set up, a technician does everything but what is the owner's, an owner decides who may what. Access
with --expires ends by the station's time of day.

--setup-code tells the code with which the first account is made at the pages of a new station."""

AT_TERMINAL = "at the terminal"
LONGEST_LINE = 1_000
TELL_S = 1.0


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="whose password; small letters a to z, digits, dots, dashes")
    parser.add_argument("--role", choices=ROLES, help="owner, for the first account and where nothing else is said (else as it was)")
    parser.add_argument(
        "--expires", type=_lasts, metavar="24h", help=f"how long it is good for: hours (h) or minutes (m), up to {_longest()}"
    )
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--remove", action="store_true", help="remove the account NAME")
    other.add_argument("--list", action="store_true", help="which accounts there are")
    other.add_argument("--setup-code", action="store_true", help="tell the code for the first account")
    add_config(parser)
    add_state_dir(parser)


def _longest() -> str:
    return f"{LONGEST_GRANT.total_seconds() / 3600:.0f}h"


def _lasts(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if number.isascii() and number.isdecimal() and len(number) <= 5 and unit in ("h", "m"):
        lasts = timedelta(hours=int(number)) if unit == "h" else timedelta(minutes=int(number))
        if timedelta(0) < lasts <= LONGEST_GRANT:
            return lasts
    raise ArgumentTypeError(f"{text!r}: expected hours or minutes, such as 24h or 90m, up to {_longest()}")


def run(arguments: Namespace) -> int:
    """0; 1 where it cannot be done; 2 for options that do not go together."""
    wrong = _wrong(arguments)
    if wrong:
        raise ConfigurationError((wrong,), "password")
    folder = _folder(arguments)
    accounts = Accounts(folder)
    try:
        if arguments.setup_code:
            return _tell_code(folder, accounts)
        if arguments.list:
            return _list(accounts)
        if arguments.remove:
            return _remove(arguments, folder, accounts)
        return _set(arguments, folder, accounts)
    except AccountError as error:
        raise CliError(f"password: {error}") from error
    except OSError as error:
        raise CliError(f"password: {error}; run it as a user who may write to {folder}") from error


def _folder(arguments: Namespace) -> Path:
    """Of the accounts; made where it is missing, but not to look into it. Raises CliError."""
    folder: Path = arguments.state_dir / PART
    if any(each.is_dir() and not os.access(each, os.R_OK | os.X_OK) for each in (arguments.state_dir, folder)):
        raise CliError(f"password: {folder}: this user may not look into it; run this as root")
    return folder if arguments.list else part_of(arguments.state_dir, PART)


def _wrong(arguments: Namespace) -> str:
    alone = arguments.setup_code or arguments.list
    if alone and arguments.name is not None:
        return f"{arguments.name}: --list and --setup-code take no NAME; leave it out"
    if not alone and arguments.name is None:
        return "NAME: missing; say whose password, or use --list or --setup-code"
    if (alone or arguments.remove) and (arguments.role or arguments.expires):
        return "--role and --expires: only where a password is set; leave them out"
    return ""


def _tell_code(folder: Path, accounts: Accounts) -> int:
    if accounts.all():
        raise CliError(f"password: there are accounts already ({_names(accounts)}), so no set-up code; use chargepoint password NAME")
    code = setup_code.of(folder)
    give_to_owner_of_folder(folder / setup_code.FILE)
    print(code)
    return 0


def _list(accounts: Accounts) -> int:
    for account in accounts.all():
        until = "" if account.expires is None else f"  until {account.expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        over = "  over" if account.expires is not None and (account.over or account.expires <= datetime.now(UTC)) else ""
        print(f"{account.name:<24}{account.role}{until}{over}")
    if not accounts.all():
        print("no accounts yet; the first is made at the pages with chargepoint password --setup-code, or by chargepoint password NAME")
    return 0


def _remove(arguments: Namespace, folder: Path, accounts: Accounts) -> int:
    accounts.remove(arguments.name)
    note(arguments.state_dir, folder, f"removed: {arguments.name}")
    print(f"{arguments.name} is removed")
    return 0


def _set(arguments: Namespace, folder: Path, accounts: Accounts) -> int:
    known = accounts.find(arguments.name)
    role = arguments.role or (known.role if known is not None else "technician" if accounts.all() or arguments.expires else "owner")
    password = _asked(arguments.name)
    objection = easy.objection(password, (*_about(arguments.config), arguments.name))
    if objection is not None:
        raise CliError(f"password: {objection}")
    account = accounts.put(arguments.name, role, passwords.hashed(password), datetime.now(UTC), arguments.expires)
    if accounts.all() == (account,) and account.role == "owner":
        setup_code.forget(folder)
    note(arguments.state_dir, folder, f"{'made' if known is None else 'changed'}: {account.name}, {account.role}")
    print(_told(account))
    return 0


def _told(account: Account) -> str:
    until = "" if account.expires is None else f" until {account.expires:%Y-%m-%d %H:%M} UTC"
    return f"{account.name} may come in as {account.role}{until}"


def _asked(name: str) -> str:
    """Raises CliError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")
    password = getpass.getpass(f"New password of {name}: ")
    if password != getpass.getpass("The same once more: "):
        raise CliError("password: the two are not the same; nothing was changed")
    return password


def _about(config: Path) -> tuple[str, ...]:
    """Words of the station, where its configuration can be read."""
    try:
        station = read(config).station
    except ConfigurationError:
        return ()
    return tuple(text for text in (station.id, station.vendor, station.model, station.serial) if text)


def note(state_dir: Path, folder: Path, info: str, *, quiet: bool = False) -> None:
    """To the log of the pages, and to the station where it runs. ``quiet``: nobody expects that it does."""
    who = user()
    security_log.append(
        folder / security_log.FILE, security_log.Line(at=datetime.now(UTC), what="account", who=who, address=AT_TERMINAL, info=info)
    )
    told = NoteSecurity("ReconfigurationOfSecurityParameters", f"pages: account, {who} {AT_TERMINAL}, {info}")
    try:
        ask(inquiry(state_dir), Noted, told, TELL_S)
    except CliError as error:
        if not quiet:
            print(f"chargepoint: the station was not told: {error}", file=sys.stderr)


def _names(accounts: Accounts) -> str:
    return ", ".join(account.name for account in accounts.all())
