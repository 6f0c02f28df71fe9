"""Firmware for other stations of the site (OCPP 2.0.1 L03, L04)."""

from msgspec import Struct


class PublishFirmware(Struct, frozen=True, kw_only=True):
    """L03. Answered by an Outcome: Accepted, Rejected."""

    request_id: int
    location: str
    checksum: str
    """MD5 over the whole file, in hex."""
    retries: int | None = None
    retry_interval_s: int | None = None


class UnpublishFirmware(Struct, frozen=True):
    """L04. Answered by an Outcome: Unpublished, NoFirmware, DownloadOngoing."""

    checksum: str
