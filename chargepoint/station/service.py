"""What technicians are answered, and may do; no command of a CSMS leads here."""

from collections.abc import Callable

from chargepoint.link.messages import EvseState
from chargepoint.station.access import Access
from chargepoint.station.clock import StationClock
from chargepoint.station.control_link import ControlLink
from chargepoint.station.inquiry import Takers
from chargepoint.station.resetting import Resetting
from chargepoint.station.servicing import Servicing
from chargepoint.station.transacting import Transacting
from chargepoint.station.uplink import Uplink
from chargepoint.station.workbench import Workbench


class Service:
    """``say``: words on the displays of an EVSE, for a time; is there one?"""

    def __init__(
        self,
        clock: StationClock,
        transacting: Transacting,
        link: ControlLink,
        access: Access,
        uplink: Uplink,
        resetting: Resetting,
        say: Callable[[int, str, float], bool],
    ) -> None:
        self.undelivered = uplink.undelivered
        self.servicing = Servicing(transacting.sheets, lambda: link.connected, link.tell)
        self.workbench = Workbench(clock, transacting, link, access.reserving.reserved, lambda: resetting.scheduled, say)

    def takers(self) -> Takers:
        """Who answers which question."""
        return {**self.servicing.takers(), **self.workbench.takers(), **self.undelivered.takers()}

    def control_says(self, state: EvseState) -> None:
        """How an EVSE is."""
        self.servicing.control_says(state)
        self.workbench.control_says(state)

    def tick(self, now_s: float) -> None:
        """Once a second."""
        self.workbench.tick(now_s)
