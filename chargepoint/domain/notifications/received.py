"""An answer that says nothing."""

from msgspec import Struct


class Received(Struct, frozen=True):
    """An answer without content."""
