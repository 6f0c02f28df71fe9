"""Are our certificates for vehicles still good? Asked of the CSMS and kept, for a vehicle that wants to know (OCPP 2.0.1 M06).

Asked when there is a new one, and of each certificate once a week (M06.FR.07, M06.FR.10); a day later where the CSMS could not tell. What
it told last stays until it tells something else. 1.6 has no message of its own for this.
"""

import asyncio
import logging
from collections.abc import Callable

from chargepoint.domain.certificates import CertificateHash
from chargepoint.domain.notifications import GetCertificateStatus, OcspStatus
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms, CsmsError
from chargepoint.station.vehicle_certificates import VehicleCertificates

log = logging.getLogger(__name__)

WEEK_S = 6.5 * 86_400.0
"""A little earlier than has to be."""
AGAIN_S = 86_400.0
LOOK_EVERY_S = 3600.0
SOON_S = 60.0
"""So long is waited where nobody could be asked: a connection stands before the boot is accepted."""


class CertificateStatuses:
    """``accepted``: may we speak?"""

    def __init__(self, certificates: VehicleCertificates, clock: StationClock, csms: Csms, accepted: Callable[[], bool]) -> None:
        self._certificates = certificates
        self._clock = clock
        self._csms = csms
        self._accepted = accepted
        self._kept: dict[CertificateHash, str] = {}
        self._due_s: dict[CertificateHash, float] = {}
        self._wake = asyncio.Event()

    def response(self, name: CertificateHash) -> str:
        """What the responder said of a certificate, base64 of DER; empty: not known (M06.FR.06)."""
        return self._kept.get(name, "")

    def look(self) -> None:
        """There may be a new certificate, or a CSMS to ask."""
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            if may_ask := self._csms.connected and self._accepted():
                await self._ask_all()
            await pause(LOOK_EVERY_S if may_ask else SOON_S, self._wake)

    async def _ask_all(self) -> None:
        try:
            asked = self._certificates.statuses()
        except (OSError, ValueError) as error:
            log.warning("event=certificates_unreadable cause=%s", error)
            return
        for each in asked:
            if self._clock.monotonic() >= self._due_s.get(each.name, 0.0) and self._csms.says(each):
                await self._ask(each)

    async def _ask(self, asked: GetCertificateStatus) -> None:
        try:
            answer = await self._csms.ask(asked)
        except CsmsError as error:
            log.warning("event=certificate_status_unknown serial=%s cause=%s", asked.name.serial_number, error or type(error).__name__)
            self._due_s[asked.name] = self._clock.monotonic() + AGAIN_S
            return
        told = answer.response if isinstance(answer, OcspStatus) else ""
        log.info("event=certificate_status serial=%s known=%s", asked.name.serial_number, bool(told))
        if told:
            self._kept[asked.name] = told
        self._due_s[asked.name] = self._clock.monotonic() + (WEEK_S if told else AGAIN_S)
