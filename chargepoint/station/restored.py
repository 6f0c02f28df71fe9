"""Parts of a backup on their way into the station: kept whole in a file, put in place at the next start, before the station is composed.

    Restore ──▶ restore.json, fsync ──▶ next start: one commit (variables, cards, list) ──▶ certificates, a file each ──▶ it goes

A cut anywhere does it again from the beginning, which comes to the same.
"""

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from chargepoint.domain.commands import LocalListEntry
from chargepoint.domain.ids import IdToken, spoken
from chargepoint.domain.plain import plain
from chargepoint.domain.redaction import SECRET_NAME
from chargepoint.domain.variables.security import BASIC_AUTH_PASSWORD, SECURITY_PROFILE
from chargepoint.inquiry.keeping import KeptCard, Parts, Secrets
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

FILE = "restore.json"
CERTIFICATES = "certificates"
PLACE = re.compile(r"(?:(?:csms|manufacturer|v2g|mo)\.pem|identity/[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(?:pem|key))", re.ASCII)
"""Below ``certificates``: nothing else is written, whatever a backup says."""
CREDENTIALS = (BASIC_AUTH_PASSWORD.name, SECURITY_PROFILE.name)
"""Only together, and only sealed: a profile without its password connects to nobody."""
LONGEST_NAME = 50
LONGEST_INFO = 250


class Staged(Struct, frozen=True, kw_only=True):
    """What is in the file."""

    parts: Parts
    secrets: Secrets | None = None
    by: str = ""


def stage(folder: Path, staged: Staged) -> None:
    """On the disk when it returns. Raises OSError."""
    from chargepoint.pki import files

    files.replace(folder / FILE, msgspec.json.encode(staged), files.PRIVATE)


def settle(folder: Path, store: Store, now: datetime) -> bool:
    """Put in place what was kept for it. True: something was. Raises OSError, StoreError."""
    from chargepoint.pki import files

    try:
        staged = msgspec.json.decode((folder / FILE).read_bytes(), type=Staged)
    except FileNotFoundError:
        return False
    except msgspec.MsgspecError as error:
        log.error("event=restore_unreadable file=%s cause=%s action=ignored", folder / FILE, error)
        files.remove(folder / FILE)
        return False
    with store.commit():
        _rows(store, staged, now)
    if failed := _put_files(folder / CERTIFICATES, staged):
        with store.commit():
            info = f"not put in place: {', '.join(failed)}; make room on the disk, and restore the backup once more"
            store.security_log.add(now, "ReconfigurationOfSecurityParameters", plain(info, LONGEST_INFO))
    files.remove(folder / FILE)
    log.warning("event=restored by=%r cards=%d variables=%d", staged.by, len(staged.parts.cards), len(staged.parts.variables))
    return True


def _put_files(folder: Path, staged: Staged) -> list[str]:
    """Keys and certificates; which of them cannot be written: the station begins without."""
    failed: list[str] = []
    keys = {} if staged.secrets is None else staged.secrets.keys
    for place, pem in {**keys, **staged.parts.certificates}.items():
        try:
            write(folder, place, pem)
        except OSError as error:
            log.error("event=certificate_not_restored place=%s cause=%s", place, error)
            failed.append(place)
    return failed


def write(folder: Path, place: str, pem: str) -> None:
    """One file below ``certificates``; a place that is none of ours is left out. Raises OSError."""
    from chargepoint.pki import files

    if PLACE.fullmatch(place):
        files.replace(folder / place, pem.encode(), files.PRIVATE if place.endswith(".key") else files.PUBLIC)


def _rows(store: Store, staged: Staged, now: datetime) -> None:
    parts, secrets = staged.parts, staged.secrets
    store.facts.replace_variables(plain_variables(parts.variables), but=CREDENTIALS)
    wanted = {IdToken(card.number).key for card in parts.cards}
    for card in store.cards.all():
        if card.token.key not in wanted:
            store.cards.drop(card)
    for kept in parts.cards:
        store.cards.put(IdToken(kept.number, kept.kind or "ISO14443"), plain(kept.name, LONGEST_NAME), _added(kept, now))
    if parts.local_list is not None:
        entries = [LocalListEntry(spoken(token), info) for token, info in parts.local_list.entries.items()]
        store.local_list.replace(parts.local_list.version, entries)
    if secrets is not None:
        _credentials(store, secrets)
    info = f"restored from a backup by {plain(staged.by, LONGEST_NAME) or 'somebody on the spot'}"
    store.security_log.add(now, "ReconfigurationOfSecurityParameters", info)


def _credentials(store: Store, secrets: Secrets) -> None:
    for name in CREDENTIALS:
        if name in secrets.variables:
            store.facts.change_variable(name, secrets.variables[name])
        if name in secrets.marks:
            store.credentials.file_says(name, secrets.marks[name])


def _added(card: KeptCard, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat(card.added).astimezone(UTC)
    except (ValueError, OverflowError):
        return now


def plain_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """Those that are no secret."""
    return {name: value for name, value in variables.items() if name not in CREDENTIALS and not SECRET_NAME.search(name)}
