"""Who may come in: one file, replaced whole, which nobody else can read. Pages and ``chargepoint password`` write it, one at a time.

An account that ends (``expires``) does so by the time of day. So that setting the clock back gives nobody more than he was given, it also
ends when as much time has passed since this process first saw it; that is then written down. Setting the clock forward ends it early, for
as long as the clock is wrong. Owners never end, so no clock locks everybody out.
"""

import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from chargepoint.pki import files
from chargepoint.web.roles import Role

FILE, LOCK = "accounts.json", "accounts.lock"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}", re.ASCII)
MOST = 50
LONGEST_GRANT = timedelta(hours=72)


class AccountError(Exception):
    """It cannot be done. The message is for people."""


class Account(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody who may come in."""

    name: str
    role: Role
    password: str
    """As ``passwords.hashed`` makes it."""
    made: datetime
    stamp: str
    """Another one whenever password, role or end change: sessions of before end with it."""
    granted_s: float | None = None
    """For how long it was given; ``None``: for good."""
    expires: datetime | None = None
    """When that is over, by the time of day."""
    over: bool = False
    """That time has passed, whatever the time of day says."""

    def __repr__(self) -> str:
        return f"Account(name={self.name!r}, role={self.role!r}, expires={self.expires!s})"


Table = dict[str, Account]


class Accounts:
    """``folder``: the part of the state directory that belongs to the pages."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock = folder / LOCK
        self._seen: tuple[int, int, int] | None = None
        self._table: Table = {}
        self._ends: dict[str, float] = {}

    def all(self) -> tuple[Account, ...]:
        """As the file has them now, by name. Raises AccountError: it cannot be read; then nobody comes in, and nobody is made the first."""
        try:
            status = os.stat(self._path)
            seen = (status.st_mtime_ns, status.st_ino, status.st_size)
            if seen != self._seen:
                self._table, self._seen = msgspec.json.decode(self._path.read_bytes(), type=Table), seen
        except FileNotFoundError:
            self._table, self._seen = {}, None
        except (OSError, msgspec.MsgspecError) as error:
            raise AccountError(
                f"{self._path}: cannot be used ({error}); restore it from a backup, or remove it to begin with the set-up code"
            ) from error
        return tuple(self._table[name] for name in sorted(self._table))

    def find(self, name: str) -> Account | None:
        """By its name, in any case. Raises AccountError."""
        self.all()
        return self._table.get(name.strip().lower())

    def ended(self, account: Account, now: datetime, now_s: float) -> bool:
        """Is its time over? See above."""
        if account.expires is None or account.granted_s is None:
            return False
        left_s = min((account.expires - now).total_seconds(), account.granted_s)
        if account.over or left_s <= 0:
            return True
        return now_s >= self._ends.setdefault(account.stamp, now_s + left_s)

    def settle(self, now_s: float) -> None:
        """Now and then: write down whose time has passed, and forget what is no more. Raises AccountError."""
        stamps = {each.stamp: each for each in self.all()}
        self._ends = {stamp: end_s for stamp, end_s in self._ends.items() if stamp in stamps}
        for stamp, end_s in self._ends.items():
            if now_s >= end_s and not stamps[stamp].over:
                self._change(lambda table, name=stamps[stamp].name: table | {name: replace(table[name], over=True)})  # type: ignore[misc]

    def first(self, name: str, password: str, now: datetime) -> Account:
        """The owner who comes before all others. Raises AccountError: there is somebody already."""
        account = _made(name, "owner", password, now, None)
        self._change(lambda table: _only_first(table) | {account.name: account})
        return account

    def put(self, name: str, role: Role, password: str, now: datetime, lasts: timedelta | None = None) -> Account:
        """Make it, or give it another password, role and end. ``password``: hashed. Raises AccountError."""
        account = _made(name, role, password, now, lasts)
        self._change(lambda table: table | {account.name: account})
        return account

    def put_password(self, name: str, password: str) -> Account:
        """Another password and nothing else. Raises AccountError."""
        before = self._known(name)
        account = replace(before, password=password, stamp=secrets.token_hex(8))
        if before.stamp in self._ends:
            self._ends[account.stamp] = self._ends[before.stamp]
        self._change(lambda table: table | {account.name: account})
        return account

    def remove(self, name: str) -> None:
        """It is no more. Raises AccountError."""
        gone = self._known(name).name
        self._change(lambda table: {other: account for other, account in table.items() if other != gone})

    def _known(self, name: str) -> Account:
        account = self.find(name)
        if account is None:
            raise AccountError(f"{name.strip()[:40]!r}: no such account; there are {', '.join(sorted(self._table)) or 'none'}")
        return account

    def _change(self, change: Callable[[Table], Table]) -> None:
        """Read, change, write, while nobody else does."""
        with self._alone():
            self.all()
            before, table = self._table, change(self._table)
            if _owners(before) and not _owners(table):
                raise AccountError("this is the last owner: nobody could give access to anybody any more; make another owner first")
            if len(table) > MOST:
                raise AccountError(f"there are {MOST} accounts already, no more are kept; remove one first")
            files.replace(self._path, msgspec.json.format(msgspec.json.encode(table)), files.PRIVATE)
            give_to_owner_of_folder(self._path)
            self._seen = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            descriptor = os.open(self._lock, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, files.PRIVATE)
            try:
                give_to_owner_of_folder(self._lock)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)
        except OSError as error:
            raise AccountError(
                f"{self._path}: cannot be written ({error.strerror}); free some of the disk, or mend its permissions"
            ) from error


def _made(name: str, role: Role, password: str, now: datetime, lasts: timedelta | None) -> Account:
    """Raises AccountError: it cannot be so."""
    name = name.strip().lower()
    if not NAME.fullmatch(name):
        raise AccountError(f"{name[:40]!r}: expected a name of up to 32 letters a to z, digits, dots, dashes; a letter or digit first")
    if lasts is not None and role == "owner":
        raise AccountError(f"{name}: an owner's access does not end; leave the time out, or make it a technician")
    if lasts is not None and not timedelta(0) < lasts <= LONGEST_GRANT:
        raise AccountError(f"{name}: access for {lasts}; expected up to {LONGEST_GRANT.total_seconds() / 3600:.0f} hours")
    return Account(
        name=name,
        role=role,
        password=password,
        made=now,
        stamp=secrets.token_hex(8),
        granted_s=None if lasts is None else lasts.total_seconds(),
        expires=None if lasts is None else now + lasts,
    )


def _only_first(table: Table) -> Table:
    if table:
        raise AccountError(f"there are accounts already: {', '.join(sorted(table))}; log in, or ask an owner of this station")
    return table


def give_to_owner_of_folder(path: Path) -> None:
    """What root has written is for the user whose folder it is. Raises OSError."""
    if os.geteuid() == 0:
        folder = os.stat(path.parent)
        os.chown(path, folder.st_uid, folder.st_gid)


def _owners(table: Table) -> int:
    return sum(account.role == "owner" for account in table.values())
