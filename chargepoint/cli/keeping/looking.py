"""A backup is held against this station before anything is changed: what fits, what does not, by section."""

import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from chargepoint.cli import configuration as configurations
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.keeping import backup_file
from chargepoint.cli.keeping.backup_file import Backup
from chargepoint.domain.card_numbers import BadNumber, card_of
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.device_model import DeviceModel, VariableStatus
from chargepoint.domain.ids import IdToken
from chargepoint.domain.redaction import masked
from chargepoint.domain.variables.only_16 import LOCAL_LIST_LENGTH
from chargepoint.inquiry.keeping import KeptCard, KeptList, Parts, Secrets
from chargepoint.pki.sealed import LONGEST_PASSPHRASE, Sealed, Wish, carried_out
from chargepoint.station.cards import MOST as MOST_CARDS
from chargepoint.station.keeping import LONGEST_FILE
from chargepoint.station.restored import PLACE, plain_variables
from chargepoint.web.editing import addressee, secrets
from chargepoint.web.keeping import BackupError, Looked
from chargepoint.web.wizard import toml
from hal.errors import HalError

Misfit = tuple[str, str]
ASSORTED = 5
"""So many of a kind are named one by one."""


async def look(data: bytes, passphrase: str, config: Path) -> Looked:
    """Raises BackupError: it cannot be read, or the passphrase does not open it."""
    backup = backup_file.read(data)
    misfits: list[Misfit] = []
    text, kept = await _opened(backup, passphrase)
    if not text:
        text = _text(backup, config, misfits)
    if len(text) > backup_file.LARGEST:
        raise BackupError(f"the configuration in it has {len(text)} characters; expected {backup_file.LARGEST} at most")
    try:
        configuration = configurations.build(configurations.parsed(text, config), boards=True)
    except ConfigurationError as error:
        return _looked(backup, misfits, refused=error.errors)
    except HalError as error:
        return _looked(backup, misfits, refused=(str(error),))
    parts = _fitting(backup.parts, configuration, misfits)
    misfits.extend(_without_root(configuration))
    if kept is not None:
        kept = replace(kept, keys=_places(kept.keys, _is_key, "certificates", misfits))
    return replace(
        _looked(backup, misfits),
        opened=kept is not None,
        text=text,
        parts=parts,
        secrets=kept,
        contents=(*_identity(configuration, config), *_contents(configuration, parts, kept)),
    )


def _looked(backup: Backup, misfits: list[Misfit], refused: tuple[str, ...] = ()) -> Looked:
    return Looked(
        station=backup.station[:60],
        made=backup.made[:40],
        release=backup.release[:40],
        contents=(),
        problems=tuple(misfits),
        refused=refused,
        sealed=backup.sealed is not None,
    )


async def _opened(backup: Backup, passphrase: str) -> tuple[str, Secrets | None]:
    """The configuration file as it was, and what is sealed of the station. Raises BackupError."""
    if backup.sealed is None or not passphrase:
        return "", None
    text = await _unsealed(backup.sealed.configuration, passphrase, backup.bound)
    if backup.sealed.station is None:
        return text, None
    try:
        return text, msgspec.json.decode(await _unsealed(backup.sealed.station, passphrase, backup.bound), type=Secrets)
    except msgspec.MsgspecError as error:
        raise BackupError(f"keys and passwords in it cannot be read ({error}); restore without the passphrase") from None


async def _unsealed(sealed: Sealed, passphrase: str, bound: str) -> str:
    try:
        done = await carried_out(Wish(passphrase=passphrase[:LONGEST_PASSPHRASE], bound=bound, sealed=sealed))
    except OSError as error:
        raise BackupError(str(error)) from error
    if done.wrong:
        raise BackupError(done.wrong)
    return done.text


def _text(backup: Backup, config: Path, misfits: list[Misfit]) -> str:
    """A file from the tree, with the passwords that are here already."""
    try:
        here = configurations.tree_of(config)
    except CliError:
        here = {}
    known = addressee.kept_from(here, backup.configuration) if isinstance(here, dict) else {}
    tree, taken = secrets.taken_over(backup.configuration, known)
    if taken:
        misfits.append(("passwords", f"the backup has none to open; those of this station stay: {', '.join(taken)}"))
    elif backup.sealed is not None:
        misfits.append(("passwords", "left out: without the passphrase they cannot be opened; type them in afterwards"))
    try:
        return msgspec.json.format(msgspec.json.encode(tree)).decode() if config.suffix == ".json" else toml.text(tree)
    except (AttributeError, TypeError, ValueError) as error:
        raise BackupError(f"the configuration in it is none ({error})") from None


def _without_root(configuration: Configuration) -> Iterator[Misfit]:
    """Those of the pages lie beside the configuration, and no backup has them."""
    root = configuration.security.trust.csms
    try:
        os.stat(root or "/")
    except FileNotFoundError:
        yield "certificates", f"{root}: the CSMS's root is not here; once this is restored give it anew at Configuration, CSMS"
    except OSError:
        return  # hidden from who looks, perhaps not from the station


# The station's parts


def _fitting(parts: Parts, configuration: Configuration, misfits: list[Misfit]) -> Parts:
    model = DeviceModel(configuration)
    return Parts(
        variables=_variables(parts.variables, model, misfits),
        cards=tuple(_cards(parts.cards, misfits)),
        local_list=_list(parts.local_list, model, misfits),
        certificates=_places(parts.certificates, _is_certificate, "certificates", misfits),
    )


def _variables(variables: dict[str, str], model: DeviceModel, misfits: list[Misfit]) -> dict[str, str]:
    fit: dict[str, str] = {}
    wrong: list[str] = []
    for name, value in plain_variables(variables).items():
        entry = model.named(name)
        if entry is None:
            wrong.append(f"{name[:60]}: this station has none")
        elif (result := model.preset(entry.key, value)).status not in (VariableStatus.ACCEPTED, VariableStatus.REBOOT_REQUIRED):
            wrong.append(f"{name[:60]}: {result.info or result.status.value}")
        else:
            fit[entry.name] = value
    _note("variables", wrong, misfits)
    return fit


def _cards(cards: tuple[KeptCard, ...], misfits: list[Misfit]) -> Iterator[KeptCard]:
    wrong: list[str] = []
    known: set[str] = set()
    for card in cards:
        try:
            token = card_of(card.number)
        except BadNumber as error:
            wrong.append(str(error))
            continue
        if len(known) >= MOST_CARDS and token.key not in known:
            wrong.append(f"{masked(token)}: there is room for {MOST_CARDS} cards")
            continue
        known.add(token.key)
        yield card
    _note("cards", wrong, misfits)


def _list(kept: KeptList | None, model: DeviceModel, misfits: list[Misfit]) -> KeptList | None:
    if kept is None:
        return None
    most = model.read(LOCAL_LIST_LENGTH)
    if not kept.entries or len(kept.entries) > most or not 1 <= kept.version < 1 << 31:
        misfits.append(
            ("local list", f"{len(kept.entries)} tokens, version {kept.version}; expected 1 to {most}: the CSMS sends its list again")
        )
        return None
    wrong = [masked(IdToken(token)) for token in kept.entries if not 0 < len(token) <= 64 or not token.isprintable()]
    if wrong:
        _note("local list", [f"{each}: no token" for each in wrong], misfits)
        return None
    return kept


def _places(pems: dict[str, str], fits: Callable[[str], bool], section: str, misfits: list[Misfit]) -> dict[str, str]:
    wrong = [place for place, pem in pems.items() if not PLACE.fullmatch(place) or len(pem) > LONGEST_FILE or not fits(pem)]
    _note(section, [f"{place[:60]!r}: not a file that this station keeps" for place in wrong], misfits)
    return {place: pem for place, pem in pems.items() if place not in wrong}


def _is_certificate(pem: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError):
        return False
    return pem.isascii()


def _is_key(pem: str) -> bool:
    return pem.isascii() and pem.startswith("-----BEGIN ") and "PRIVATE KEY-----" in pem[:64]


def _note(section: str, wrong: list[str], misfits: list[Misfit]) -> None:
    misfits += [(section, each) for each in wrong[:ASSORTED]]
    if len(wrong) > ASSORTED:
        misfits.append((section, f"and {len(wrong) - ASSORTED} more"))


def _identity(configuration: Configuration, config: Path) -> Iterator[tuple[str, str]]:
    """Of another station: said first."""
    try:
        here = configurations.tree_of(config)["station"]["id"]
    except (CliError, KeyError, TypeError):
        return
    if here != configuration.station.id:
        twins = "two with one identity throw each other out at the CSMS, so take the other off the network first"
        yield "identity", f"{configuration.station.id} in place of {here}; {twins}"


def _contents(configuration: Configuration, parts: Parts, kept: Secrets | None) -> Iterator[tuple[str, str]]:
    evses: Any = configuration.evses
    yield "configuration", f"{configuration.station.id}: {len(evses)} EVSE{'s' * (len(evses) != 1)}"
    yield "variables", f"{len(parts.variables)} that were changed"
    yield "cards", f"{len(parts.cards)}; those that are here now and not in it are forgotten"
    listed = (
        "none: the one that is here stays"
        if parts.local_list is None
        else f"{len(parts.local_list.entries)} tokens, version {parts.local_list.version}"
    )
    yield "local list", listed
    yield "certificates", f"{len(parts.certificates)} files"
    if kept is not None:
        yield "keys and passwords", f"{len(kept.keys)} keys, {len(kept.variables)} credentials, and the configuration's"
