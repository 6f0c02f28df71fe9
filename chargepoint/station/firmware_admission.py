"""Which firmware updates are taken (1.6-SEC L01.FR.20, 23 to 27; OCPP 2.0.1 L01, L02)."""

import logging
from pathlib import Path

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import Outcome, UpdateFirmware, Verdict
from chargepoint.domain.jobs import FirmwareJob
from chargepoint.station.clock import StationClock
from chargepoint.station.firmware_table import COMMITTED
from chargepoint.station.settings import StationSettings
from chargepoint.transfer import urls
from chargepoint.transfer.job import TransferError

log = logging.getLogger(__name__)


def is_signed(command: UpdateFirmware) -> bool:
    """Does it say who vouches for the file?"""
    return command.signing_certificate is not None or command.signature is not None


def unreadable(location: str) -> str | None:
    """What is wrong with a location that can never work."""
    try:
        urls.read(location)
    except TransferError as error:
        return str(error)
    return None


class Admission:
    """Looks at requests before they are answered."""

    def __init__(self, settings: StationSettings, clock: StationClock, has_installer: bool) -> None:
        self._settings = settings
        self._clock = clock
        self._able = has_installer and bool(settings.firmware.folder)

    def refusal(self, command: UpdateFirmware, job: FirmwareJob | None) -> Outcome | None:
        """Why not, given the job that there is; ``None``: it is taken.

        The certificate is looked at before the answer (L01.FR.21, L01.FR.22). ``dummy://dummy``, by which Home Assistant asks at every
        connection whether updates are known, is a plain no and no alarm. UpdateFirmware of 1.6 of that kind is taken: its answer has no
        room for a no, and DownloadFailed says it. What installs already is not cancelled (L01.FR.27, L02.FR.18).
        """
        if not self._able:
            return Outcome(Verdict.REJECTED, "UnsupportedRequest", "this station has no installer, or nowhere to keep a file")
        if not is_signed(command) and not self._takes_unsigned(command):
            return Outcome(Verdict.NOT_SUPPORTED, "MissingParam", "only signed firmware is taken, with its certificate and signature")
        if job is not None and job.step in COMMITTED:
            return Outcome(Verdict.REJECTED, "FwUpdateInProgress", "an installation is under way and cannot be cancelled")
        if command.request_id is None and not is_signed(command):
            return None
        wrong = unreadable(command.location)
        if wrong is not None:
            return Outcome(Verdict.REJECTED, "InvalidURL", wrong)
        return self._untrusted(command) if is_signed(command) else None

    def _takes_unsigned(self, command: UpdateFirmware) -> bool:
        firmware = self._settings.firmware
        return firmware.accept_unsigned() if command.request_id is None else firmware.accept_unsigned_2x()

    def _untrusted(self, command: UpdateFirmware) -> Outcome | None:
        from chargepoint.pki import firmware as pki

        if command.signing_certificate and not command.signature:
            return Outcome(Verdict.REJECTED, "MissingParam", "there is a signing certificate, and no signature")
        complaint = pki.certificate_complaint(command.signing_certificate or "", self._roots(), self._clock.now())
        return None if complaint is None else Outcome(Verdict.INVALID_CERTIFICATE, "InvalidCertificate", complaint)

    def _roots(self) -> str:
        """The manufacturer's, as they are now: the CSMS may have installed one."""
        path = self._settings.security.trust.get(CertificateUse.MANUFACTURER_ROOT)
        try:
            return "" if path is None else Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            log.warning("event=manufacturer_roots_unreadable path=%s cause=%s", path, error)
            return ""
