"""A vendor's own messages (OCPP 2.0.1 P01; 1.6 §5.6)."""

from typing import Any

from msgspec import Struct


class DataTransfer(Struct, frozen=True):
    """P01; 1.6 §5.6."""

    vendor_id: str
    message_id: str | None = None
    data: Any = None
