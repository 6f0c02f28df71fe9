"""A vendor's own messages (OCPP 2.0.1 P02; 1.6 §4.3)."""

from typing import Any

from msgspec import Struct


class DataTransferOut(Struct, frozen=True, tag=True):
    """P02: something of a vendor's own."""

    vendor_id: str
    message_id: str | None = None
    data: Any = None


class DataTransferAnswer(Struct, frozen=True):
    """``status`` as on the wire: Accepted, Rejected, UnknownMessageId, UnknownVendorId."""

    status: str
    data: Any = None
