"""Asking for a certificate of our own (OCPP 2.0.1 A02, A03; 1.6-SEC A02, A03), and watching when certificates end.

Asked when the CSMS triggers it, with a new key; or when the one in use ends within a month. Repeated with the same request while no
certificate comes: CertSigningRepeatTimes times, each wait twice the last, the first CertSigningWaitMinimum. Then nothing until somebody
triggers it, in 1.6 also the next day where ours is about to end: a request that the authority refuses is not helped by repeating it.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from math import inf
from typing import Protocol

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import CertificateSigned, Outcome, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.notifications import SignAnswer, SignCertificate
from chargepoint.domain.variables.security import CERT_SIGNING_REPEATS, CERT_SIGNING_WAIT
from chargepoint.station.certificates import Ending
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms, CsmsError, CsmsOffline
from chargepoint.station.orders import Answered
from chargepoint.station.security_log import Note

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3600.0
ASK_AGAIN_S = 86_400.0
"""1.6: how long after a renewal that came to nothing, or to a certificate that is refused here, the next is tried."""
OFFLINE_S = 10.0
WARN_AT_DAYS = (30, 14, 7, 3, 1, 0)
"""The end of a certificate is noted when so many days are left, each once."""


class Renewed(Protocol):
    """Certificates of one kind."""

    use: CertificateUse

    def request(self, anew: bool) -> str:
        """A signing request; ``anew``: with a new key. Raises OSError."""

    def signed(self, command: CertificateSigned, strict: bool) -> Answered:
        """What was signed has come; ``strict``: it has to be valid already."""

    def ending(self) -> list[Ending]:
        """What ends within a month. Raises OSError, ValueError."""


class Renewing:
    """One request at a time. ``accepted``: may we speak without being asked?"""

    def __init__(
        self, certificates: Renewed, model: DeviceModel, clock: StationClock, csms: Csms, note: Note, accepted: Callable[[], bool]
    ) -> None:
        self._certificates = certificates
        self._model = model
        self._clock = clock
        self._csms = csms
        self._note = note
        self._accepted = accepted
        self._ask_at_s: float | None = None
        self._anew = False
        self._asked = 0
        self._triggered = False
        self._waits = False
        self._warned: set[tuple[str, datetime, int]] = set()
        self._rest_until_s = 0.0
        self._wake = asyncio.Event()
        self.looked: Callable[[], None] = lambda: None
        """Certificates have been looked at: another one may be the one to use."""
        self.refused: Callable[[], None] = lambda: None
        """The CSMS will not have it signed."""

    def ask_now(self, _: list[ConnectorId]) -> None:
        """The CSMS wants a request (SignChargePointCertificate)."""
        self._begin(triggered=True)

    def signed(self, command: CertificateSigned) -> Answered:
        """It has come, or something that is no certificate for us: that one is waited for no longer either."""
        reply, after = self._certificates.signed(command, strict=self._strict)
        self._ask_at_s, self._waits = None, False
        taken = isinstance(reply, Outcome) and reply.verdict is Verdict.ACCEPTED
        self._rest(for_good=not taken)
        return reply, after

    @property
    def _strict(self) -> bool:
        """By the rules of 2.x, which differ from those of 1.6 in when enough is enough."""
        return self._csms.version != "1.6"

    def _rest(self, for_good: bool) -> None:
        """``for_good``: 2.x asks no more until the CSMS wants it (A02.FR.19, A02.FR.20, A03.FR.19); 1.6 tries again the next day."""
        self._rest_until_s = inf if for_good and self._strict else self._clock.monotonic() + ASK_AGAIN_S

    async def run(self, first_look_s: float) -> None:
        """For ever. ``first_look_s``: how long after the start certificates are looked at."""
        look_at_s = self._clock.monotonic() + first_look_s
        while True:
            self._wake.clear()
            if self._clock.monotonic() >= look_at_s:
                look_at_s = self._clock.monotonic() + LOOK_EVERY_S
                self._look()
            if self._ask_at_s is not None and self._clock.monotonic() >= self._ask_at_s:
                await self._ask()
            due = [look_at_s] if self._ask_at_s is None else [look_at_s, self._ask_at_s]
            await pause(max(0.1, min(due) - self._clock.monotonic()), self._wake)

    def _look(self) -> None:
        try:
            ending = self._certificates.ending()
        except (OSError, ValueError) as error:
            log.warning("event=certificates_unreadable cause=%s", error)
            return
        for each in ending:
            self._warn(each)
        waits = self._ask_at_s is not None or self._clock.monotonic() < self._rest_until_s
        if any(each.ours for each in ending) and not waits:
            self._begin(triggered=False)
        self.looked()

    def _warn(self, ending: Ending) -> None:
        days = max(0, (ending.at - self._clock.now()).days)
        mark = min(each for each in WARN_AT_DAYS if days <= each or each == WARN_AT_DAYS[0])
        if (ending.what, ending.at, mark) not in self._warned:
            self._warned.add((ending.what, ending.at, mark))
            log.warning("event=certificate_ends what=%r at=%s days=%d", ending.what, ending.at.isoformat(), days)
            self._note("CertificateExpiring", f"{ending.what} ends on {ending.at:%Y-%m-%d}")

    def _begin(self, triggered: bool) -> None:
        self._ask_at_s, self._anew, self._asked, self._triggered = self._clock.monotonic(), True, 0, triggered
        self._waits = True
        self._wake.set()

    async def _ask(self) -> None:
        now_s = self._clock.monotonic()
        if not self._csms.connected or not (self._triggered or self._accepted()):
            self._ask_at_s = now_s + OFFLINE_S
            return
        self._ask_at_s = None
        try:
            message = SignCertificate(self._certificates.request(self._anew), self._certificates.use)
            self._anew = False
            if not self._csms.says(message):
                return
            answer = await self._csms.ask(message)
        except CsmsOffline:
            self._ask_at_s = now_s + OFFLINE_S if self._waits else None
            return
        except (CsmsError, OSError) as error:
            log.warning("event=signing_request_failed cause=%s", error or type(error).__name__)
        else:
            assert isinstance(answer, SignAnswer)
            log.info("event=signing_request use=%s accepted=%s attempt=%d", message.use, answer.accepted, self._asked + 1)
            if not answer.accepted:
                self._refused()
        if self._waits:  # the certificate may have come before the answer
            self._again()

    def _refused(self) -> None:
        """2.x waits only for what the CSMS has accepted (A02.FR.17, A03.FR.17)."""
        self.refused()
        if self._strict:
            self._waits = False
            self._rest(for_good=True)

    def _again(self) -> None:
        """Until the certificate comes, or enough is enough (A02.FR.17, A02.FR.18, A03.FR.17, A03.FR.18).

        CertSigningRepeatTimes is in 1.6 how often it is repeated, in 2.x how often the wait is doubled: one time more.
        """
        wait_s = self._model.read(CERT_SIGNING_WAIT) * 2.0**self._asked
        self._asked += 1
        if self._asked <= self._model.read(CERT_SIGNING_REPEATS) + self._strict:
            self._ask_at_s = self._clock.monotonic() + wait_s
        else:
            self._rest(for_good=True)
