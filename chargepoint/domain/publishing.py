"""Where the publication of a firmware for other stations stands (OCPP 2.0.1 L03, PublishFirmwareStatusEnumType)."""

import re
from enum import StrEnum

_MD5 = re.compile(r"[0-9a-f]{32}")


class PublishStatus(StrEnum):
    """PublishFirmwareStatusEnumType, the ones that happen here: nothing is scheduled for later, and downloads never pause."""

    IDLE = "Idle"
    DOWNLOADING = "Downloading"
    DOWNLOADED = "Downloaded"
    DOWNLOAD_FAILED = "DownloadFailed"
    CHECKSUM_VERIFIED = "ChecksumVerified"
    INVALID_CHECKSUM = "InvalidChecksum"
    PUBLISHED = "Published"
    PUBLISH_FAILED = "PublishFailed"


def checksum(written: str) -> str | None:
    """An MD5 as it is compared and kept; ``None``: it is none.

    >>> checksum("D41D8CD98F00B204E9800998ECF8427E ")
    'd41d8cd98f00b204e9800998ecf8427e'
    """
    read = written.strip().lower()
    return read if _MD5.fullmatch(read) else None
