"""Where a firmware update stands (OCPP 2.0.1 L01, FirmwareStatusEnumType; 1.6 §7.25 knows seven of them)."""

from enum import StrEnum


class FirmwareStatus(StrEnum):
    """FirmwareStatusEnumType."""

    DOWNLOADED = "Downloaded"
    DOWNLOAD_FAILED = "DownloadFailed"
    DOWNLOADING = "Downloading"
    DOWNLOAD_SCHEDULED = "DownloadScheduled"
    DOWNLOAD_PAUSED = "DownloadPaused"
    IDLE = "Idle"
    INSTALLATION_FAILED = "InstallationFailed"
    INSTALLING = "Installing"
    INSTALLED = "Installed"
    INSTALL_REBOOTING = "InstallRebooting"
    INSTALL_SCHEDULED = "InstallScheduled"
    INSTALL_VERIFICATION_FAILED = "InstallVerificationFailed"
    INVALID_SIGNATURE = "InvalidSignature"
    SIGNATURE_VERIFIED = "SignatureVerified"


UNSIGNED = frozenset(
    {
        FirmwareStatus.DOWNLOADED,
        FirmwareStatus.DOWNLOAD_FAILED,
        FirmwareStatus.DOWNLOADING,
        FirmwareStatus.IDLE,
        FirmwareStatus.INSTALLATION_FAILED,
        FirmwareStatus.INSTALLING,
        FirmwareStatus.INSTALLED,
    }
)
"""All that 1.6 knows of an update that is not signed (§7.25)."""
