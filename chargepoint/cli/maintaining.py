"""What the station is told about firmware and logs."""

from pathlib import Path

from chargepoint.cli.addresses import address
from chargepoint.cli.securing import security_settings
from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.redaction import without_secrets
from chargepoint.domain.variables.security import SECURITY_PROFILE
from chargepoint.station.settings import FirmwareSettings
from chargepoint.station.shelf import ServedShelf

ENCRYPTED = 2
"""Security profiles from here on have TLS."""


def firmware_settings(configuration: Configuration, folder: Path, model: DeviceModel) -> FirmwareSettings:
    """``folder``: the station's part of the state directory."""
    firmware = configuration.firmware
    roots = Path(security_settings(configuration, folder).trust[CertificateUse.MANUFACTURER_ROOT])

    def accept_unsigned() -> bool:
        """1.6-SEC L01.FR.20, where it protects anybody: a line that strangers cannot write to, and a root to check signatures with.

        A file of roots that is empty says that there was one: deleting it lets no unsigned firmware in.
        """
        if firmware.accept_unsigned is not None:
            return firmware.accept_unsigned
        return model.read(SECURITY_PROFILE) < ENCRYPTED or not roots.exists()

    def accept_unsigned_2x() -> bool:
        """There secure updates are part of every profile: whoever has a root to check signatures with takes nothing without one."""
        return not roots.exists() if firmware.accept_unsigned is None else firmware.accept_unsigned

    return FirmwareSettings(
        folder=str(folder),
        installer=firmware.installer,
        argv=firmware.argv,
        dry_run_result=firmware.dry_run_result,
        accept_unsigned=accept_unsigned,
        accept_unsigned_2x=accept_unsigned_2x,
        shelf=None if firmware.publish is None else ServedShelf(address(firmware.publish), _addresses),
        about=lambda: without_secrets(configuration),
    )


def _addresses() -> tuple[str, ...]:
    """Of this machine: those that last."""
    from chargepoint.web import addresses

    return addresses.of_machine()
