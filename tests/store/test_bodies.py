"""Short JSON of what the store keeps can be read again."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import inspect

from chargepoint.domain.metering import MeterValue
from chargepoint.domain.notifications import Kept
from chargepoint.domain.session import Session


def fields(kind: Any, seen: set[type]) -> Iterator[tuple[type, inspect.Field]]:
    """Every field of every record in a type."""
    if isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from fields(each, seen)
    elif isinstance(kind, inspect.CollectionType | inspect.VarTupleType):
        yield from fields(kind.item_type, seen)
    elif isinstance(kind, inspect.StructType) and kind.cls not in seen:
        seen.add(kind.cls)
        for field in kind.fields:
            yield kind.cls, field
            yield from fields(field.type, seen)


@pytest.mark.parametrize("kept", [Kept, Session, MeterValue])
def test_what_may_be_absent_is_absent_by_default(kept: Any) -> None:
    found = list(fields(inspect.type_info(kept), set()))
    assert len(found) > 5
    for record, field in found:
        optional = isinstance(field.type, inspect.UnionType) and field.type.includes_none
        assert not optional or field.default is None, f"{record.__name__}.{field.name} may be None, but is not by default"
