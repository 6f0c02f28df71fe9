"""A tree of plain values as a configuration file that people like to read: tables in the contract's order, devices in one line each."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "***"
SECRETS = ("basic_auth_password", "key_password")
HEAD = "# Made by the set-up pages, or by chargepoint setup. chargepoint check-config tells whether it is good.\n"
WHY: Mapping[str, str] = {
    "web": "the pages are where the program's own options say",
    "bench": "the simulated world, for people and programs",
    "hal": "everything is simulated",
}
ARRAYS = ("evses", "readers", "displays")


def text(tree: Mapping[str, Any], remarks: Mapping[str, str] | None = None, *, masked: bool = False) -> str:
    """The file. ``masked``: for eyes, without secrets."""
    said = {**{name: why for name, why in WHY.items() if name != "web" or not tree.get(name)}, **(remarks or {})}
    parts = [part for name, value in tree.items() for part in _tables(name, value, said.get(name, ""), masked)]
    return "\n".join([HEAD, *parts])


def _tables(name: str, value: Any, remark: str, masked: bool) -> Iterator[str]:
    for table in value if name in ARRAYS else (value,):
        heading = f"[[{name}]]" if name in ARRAYS else f"[{name}]"
        lines = [heading + (f"  # {_one_line(remark)}" if remark else "")]
        lines += [f"{key(entry)} = {MASKED if masked and entry in SECRETS else written(each)}" for entry, each in table.items()]
        yield "\n".join(lines) + "\n"


MASKED = json.dumps(MASK)


def _one_line(remark: str) -> str:
    return "".join(each if each.isprintable() else " " for each in remark)


def written(value: Any) -> str:
    """One value."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key(name)} = {written(each)}' for name, each in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(each) for each in value)}]"
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """A name as it may stand before ``=``."""
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else json.dumps(name)
