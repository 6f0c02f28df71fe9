"""What a technician does with the hardware: look at every signal, move an output, let a car charge by hand. One room for each.

control ──Signals──▶ Inspecting ──▶ technician
technician ─▶ Exercising ──Exercise, Indicate, Beep──▶ control
           └▶ ByHand ──Permit, Revoke──▶
"""

from collections.abc import Callable

from chargepoint.domain.ids import ConnectorId
from chargepoint.link.messages import Down, EvseState
from chargepoint.station.by_hand import ByHand
from chargepoint.station.clock import StationClock
from chargepoint.station.control_link import ControlLink
from chargepoint.station.exercising import Exercising
from chargepoint.station.inquiry import Takers
from chargepoint.station.inspecting import Inspecting
from chargepoint.station.transacting import Transacting


class Workbench:
    """``reserved``: is a connector kept for somebody? ``leaving``: is the station about to start anew? ``say``: words on displays."""

    def __init__(
        self,
        clock: StationClock,
        transacting: Transacting,
        link: ControlLink,
        reserved: Callable[[ConnectorId], bool],
        leaving: Callable[[], bool],
        say: Callable[[int, str, float], bool],
    ) -> None:
        def linked() -> bool:
            return link.connected

        def busy() -> str | None:
            return "the station is about to start anew; try again in a minute" if leaving() else None

        to_control: Callable[[Down], None] = link.tell
        self.inspecting = Inspecting(transacting.sheets, clock, linked, to_control)
        self.exercising = Exercising(transacting.sheets, linked, to_control, say)
        self.by_hand = ByHand(transacting.sheets, transacting.sessions, clock, linked, reserved, busy, to_control)
        link.on_signals = self.inspecting.control_tells

    def takers(self) -> Takers:
        """What they answer."""
        return {**self.inspecting.takers(), **self.exercising.takers(), **self.by_hand.takers()}

    def control_says(self, state: EvseState) -> None:
        """How an EVSE is."""
        self.exercising.control_says(state)

    def tick(self, now_s: float) -> None:
        """Once a second."""
        self.by_hand.tick(now_s)
