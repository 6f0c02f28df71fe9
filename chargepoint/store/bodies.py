"""Records as short JSON: what is absent is left out. A row that is a little longer than a page costs two, and their administration."""

from typing import Any

import msgspec


def written(record: msgspec.Struct) -> str:
    """A record without what is ``None``; every field that may be ``None`` must have it as its default."""
    return msgspec.json.encode(_present(msgspec.to_builtins(record))).decode()


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _present(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_present(each) for each in value]
    return value
