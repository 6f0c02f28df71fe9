"""Work that takes longer than one start of the station: a firmware update, one for others, the upload of a log. Kept after every step."""

from enum import StrEnum

from msgspec import Struct

from chargepoint.domain.commands.maintenance import GetLog, UpdateFirmware
from chargepoint.domain.commands.publishing import PublishFirmware
from chargepoint.domain.firmware import FirmwareStatus
from chargepoint.domain.publishing import PublishStatus


class FirmwareStep(StrEnum):
    """Where an update stands; what leads from one to the next is the table of ``station.firmware``."""

    SCHEDULED = "Scheduled"
    """Waits for retrieveDate."""
    FETCHING = "Fetching"
    CHECKING = "Checking"
    """The file is here; its signature is looked at."""
    PENDING = "Pending"
    """Waits for installDate, then for the last transaction to end."""
    INSTALLING = "Installing"
    RESTARTING = "Restarting"
    """Installed; the next start of the station runs it."""
    OVER = "Over"


class FirmwareJob(Struct, frozen=True, kw_only=True):
    """The running update, or the last one."""

    request: UpdateFirmware
    """When it is over, without what was secret in its location."""
    file: str
    """Its name in the folder for firmware; no other update has the same."""
    step: FirmwareStep = FirmwareStep.SCHEDULED
    status: FirmwareStatus | None = None
    """The last that was told, or is going to be."""
    announced: bool = False
    """It was told that this step has to wait."""
    sha256: str = ""
    """Of the file, once it is here."""
    failures: int = 0
    """Downloads that failed."""
    installs: int = 0
    """How often the installer was started."""


class PublishJob(Struct, frozen=True, kw_only=True):
    """The firmware that is being published for other stations, or the last one."""

    request: PublishFirmware
    """When it is over, without what was secret in its location."""
    status: PublishStatus = PublishStatus.DOWNLOADING
    """The last that was told, or is going to be: what leads from one to the next is the table of ``station.publishing``."""
    over: bool = False
    failures: int = 0
    """Downloads that failed."""


class LogJob(Struct, frozen=True, kw_only=True):
    """The running upload, or the last one."""

    request: GetLog
    file: str
    """Its name, as told to the CSMS."""
    over: bool = False
    failures: int = 0
    """Uploads that failed."""
