"""A secret is kept for one place and one CSMS. Whoever changes a configuration without knowing it must not learn it: not by having it
shown elsewhere, nor by having the station tell it to a CSMS of his own."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from chargepoint.web.editing import masking, secrets
from chargepoint.web.editing.secrets import Path

ENCRYPTED = 2
"""From this security profile on a password is told to nobody on the way."""
ANEW = "type the password anew, as it would be told to another CSMS than before, to one with another root, or unencrypted"


def same(before: Any, after: Any) -> bool:
    """Is the CSMS of two configurations one and the same, and told no less safely? Where there was none, any is. Whose root somebody else
    has made may be anybody, at the same address too."""
    old, new = _ocpp(before), _ocpp(after)
    weaker = _profile(new) < min(_profile(old), ENCRYPTED)
    believed = _root(after) in (None, _root(before))
    return old.get("csms_url") is None or (_host(old) == _host(new) and not weaker and believed)


def betrayed(before: Any, after: Any) -> list[str]:
    """Each entry with a secret that was for the CSMS before, and has to be typed anew for the one after."""
    if same(before, after):
        return []
    old = {(_place(path), value) for path, value in secrets.found(_ocpp(before))}
    return [f"{_named(('ocpp', *path))}: {ANEW}" for path, value in secrets.found(_ocpp(after)) if (_place(path), value) in old]


def astray(marked: Any, known: Any) -> Iterator[str]:
    """What is wrong about the marks in a tree that somebody typed over ``known``."""
    values = masking.marks(known)
    homes = {(_place(path), value) for path, value in secrets.found(known)}
    here = same(known, marked)
    for path, text in _texts(marked):
        for found in masking.MARK.finditer(text):
            value = values[int(found[1]) - 1] if 1 <= int(found[1]) <= len(values) else None
            if value is None:
                continue
            if text != found[0] or (_place(path), value) not in homes:
                yield f"{_named(path)}: {found[0]} stands for a secret of another entry; type what is to stand here"
            elif path[0] == "ocpp" and not here:
                yield f"{_named(path)}: {ANEW}"


def kept_from(known: dict[str, Any], tree: Any) -> dict[str, Any]:
    """``known`` with those secrets only that the CSMS of ``tree`` may have."""
    return known if same(known, tree) else {**known, "ocpp": secrets.without(_ocpp(known))}


def _ocpp(tree: Any) -> dict[str, Any]:
    found = tree.get("ocpp") if isinstance(tree, dict) else None
    return found if isinstance(found, dict) else {}


def _root(tree: Any) -> Any:
    """The file of the private one."""
    for name in ("security", "trust", "csms"):
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _host(ocpp: dict[str, Any]) -> tuple[str | None, int | None]:
    """Whatever cannot be understood is an address of its own."""
    url = str(ocpp.get("csms_url"))
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port or (443 if parts.scheme == "wss" else 80)
    except ValueError:
        return url, None


def _profile(ocpp: dict[str, Any]) -> int:
    found = ocpp.get("security_profile", 0)
    return found if isinstance(found, int) else 0


def _texts(tree: Any, here: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(tree, str):
        yield here, tree
    elif isinstance(tree, dict):
        for name, each in tree.items():
            yield from _texts(each, (*here, str(name)))
    elif isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from _texts(each, (*here, number))


def _place(path: Path) -> Path:
    """Entries of a list may be put into another order."""
    return tuple(step for step in path if isinstance(step, str))


def _named(path: Path) -> str:
    """As errors name an entry."""
    return ".".join(map(str, path))
