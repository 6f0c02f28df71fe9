"""What drivers see of the station from where they stand: lights and sounds by control, and displays.

Authorizing, Transacting, Availability ──▶ Indicating ──Indicate, Beep──▶ control
                                               └──▶ Displaying ──▶ displays ◀── costs
"""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.display import Display
from chargepoint.domain.variables.authorization import OFFLINE_TX_FOR_UNKNOWN_ID
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.control_link import ControlLink
from chargepoint.station.displaying import Displaying, Place
from chargepoint.station.indicating import Indicating
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting


class Appearance:
    """``bill``: what is shown of price and cost."""

    def __init__(
        self,
        settings: StationSettings,
        clock: StationClock,
        model: DeviceModel,
        transacting: Transacting,
        availability: Availability,
        authorizing: Authorizing,
        link: ControlLink,
        displays: Sequence[Place],
        bill: Callable[[int], Display | None],
    ) -> None:
        def offline() -> bool:
            anybody = authorizing.free_token() is not None or model.read(OFFLINE_TX_FOR_UNKNOWN_ID)
            return settings.has_csms and not anybody and not authorizing.may_ask()

        self._link = link
        self.indicating = Indicating(clock, transacting, availability, authorizing, offline, link.tell)
        self.displaying = Displaying(displays, clock, model, transacting, self.indicating.shows, bill)
        self.displaying.refused = authorizing.refused.get

    def refresh(self) -> None:
        """Something changed."""
        self.indicating.refresh()

    def tick(self, now_s: float) -> None:
        """Once a second."""
        self.indicating.tick(now_s, self._link.connected)

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for as long as the station runs."""
        return self.displaying.work()
