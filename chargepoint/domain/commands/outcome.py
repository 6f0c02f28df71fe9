"""How a command was received."""

from enum import StrEnum
from typing import Any

from msgspec import Struct


class Verdict(StrEnum):
    """How a command was received. No command uses all of them."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    SCHEDULED = "Scheduled"
    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    EMPTY = "EmptyResultSet"
    UNLOCKED = "Unlocked"
    UNLOCK_FAILED = "UnlockFailed"
    ONGOING = "OngoingAuthorizedTransaction"
    UNKNOWN_CONNECTOR = "UnknownConnector"
    UNKNOWN_VENDOR = "UnknownVendorId"
    UNKNOWN_MESSAGE = "UnknownMessageId"
    FAILED = "Failed"
    VERSION_MISMATCH = "VersionMismatch"
    FAULTED = "Faulted"
    OCCUPIED = "Occupied"
    UNAVAILABLE = "Unavailable"
    UNKNOWN = "Unknown"
    ACCEPTED_CANCELED = "AcceptedCanceled"
    INVALID_CERTIFICATE = "InvalidCertificate"
    REVOKED_CERTIFICATE = "RevokedCertificate"
    NOT_FOUND = "NotFound"
    INVALID = "Invalid"
    NOT_SUPPORTED_FORMAT = "NotSupportedMessageFormat"
    UNKNOWN_TRANSACTION = "UnknownTransaction"
    UNPUBLISHED = "Unpublished"
    NO_FIRMWARE = "NoFirmware"
    DOWNLOAD_ONGOING = "DownloadOngoing"


class Outcome(Struct, frozen=True):
    """The answer to a command that has no content of its own."""

    verdict: Verdict
    reason_code: str = ""
    """2.x StatusInfo.reasonCode, one of the standard's appendix; 1.6 has none."""
    info: str = ""
    """StatusInfo.additionalInfo, for the people at the CSMS."""
    transaction_id: str | None = None
    """RequestStartTransaction of a car that already has a transaction (F02)."""
    data: Any = None
    """DataTransfer; GetLog: the name of the file."""
