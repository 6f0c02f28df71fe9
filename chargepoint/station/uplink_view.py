"""How the connection to the CSMS is, for technicians (``chargepoint.inquiry.ladder``)."""

from datetime import UTC

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.variables.communication import HEARTBEAT_INTERVAL
from chargepoint.domain.variables.security import SECURITY_PROFILE
from chargepoint.inquiry.ladder import FailedAttempt, SeeUplink, UplinkSeen
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms, Failure
from chargepoint.station.inquiry import Takers
from chargepoint.station.provisioning import Provisioning


class UplinkView:
    """Looks at what others keep."""

    def __init__(self, configured: bool, model: DeviceModel, clock: StationClock, csms: Csms, provisioning: Provisioning) -> None:
        self._configured = configured
        self._model = model
        self._clock = clock
        self._csms = csms
        self._provisioning = provisioning

    def takers(self) -> Takers:
        """What it answers."""
        return {SeeUplink: self.see}

    async def see(self, _: SeeUplink) -> UplinkSeen:
        """Now."""
        if not self._configured:
            return UplinkSeen(configured=False)
        line, boot = self._csms.line, self._provisioning
        return UplinkSeen(
            configured=True,
            url=line.url,
            security_profile=self._model.read(SECURITY_PROFILE),
            version=self._csms.version,
            connected=self._csms.connected,
            stands_s=self._ago(line.since_s),
            network=line.network,
            failed=line.failed,
            last_failure=None if line.failure is None else self._told(line.failure),
            again_s=self._ahead(line.again_s),
            ended=line.ended,
            ended_s=self._ago(line.ended_s),
            registration=boot.registration,
            interval_s=self._model.read(HEARTBEAT_INTERVAL),
            boot_again_s=self._ahead(boot.next_boot_s),
            boot_failure=boot.failure,
        )

    def _told(self, failure: Failure) -> FailedAttempt:
        at = self._clock.at(failure.at_s).astimezone(UTC).isoformat(timespec="seconds")
        age_s = self._ago(failure.at_s) or 0.0
        return FailedAttempt(seen=failure.seen, check=failure.check, code=failure.code, at=at, age_s=age_s)

    def _ago(self, at_s: float | None) -> float | None:
        return None if at_s is None else round(max(0.0, self._clock.monotonic() - at_s), 1)

    def _ahead(self, at_s: float | None) -> float | None:
        return None if at_s is None else round(max(0.0, at_s - self._clock.monotonic()), 1)
