"""Control with a car that takes whatever it is offered. Its register survives power cuts."""

import asyncio

from msgspec.structs import replace

from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import Down, EvseState, Permit, Revoke
from hal.measured import MeterReading
from tests import virtual_time
from tests.station.rig import PlayedControl

POWER_W = 11_000
SCAN_S = 0.25
FIRST_WH = 1_000.0


class Car(PlayedControl):
    """One EVSE. ``plugged``: a car stands there when control starts."""

    def __init__(self, boot: str, energy_wh: float = FIRST_WH, plugged: bool = False) -> None:
        super().__init__(boot)
        self.energy_wh = energy_wh
        self._live: PlugInId | None = None
        self._cars = 0
        self._measured_s = 0.0
        self._last_s = virtual_time.now_s()
        self.state = EvseState(evse=1, reading=self._reading())
        if plugged:
            self._cars = 1
            self.state = replace(self.state, plug_in=PlugInId(boot, 1), found_at_start=True, cp="B", state="B1")

    def _reading(self) -> MeterReading:
        return MeterReading(at_s=virtual_time.now_s(), energy_wh=int(self.energy_wh), power_w=0)

    @property
    def here(self) -> bool:
        """Is a car plugged in?"""
        return self.state.plug_in is not None

    def arrive(self) -> None:
        """A car comes."""
        self._cars += 1
        self.plug(self._cars)

    def leave(self) -> None:
        """It goes, whatever it was doing."""
        self._flow()
        self.unplug(int(self.energy_wh))

    async def run(self) -> None:
        """For ever."""
        while True:
            for message in self.end.receive():
                self._hear(message)
            self._flow()
            self._follow()
            await asyncio.sleep(SCAN_S)

    def _hear(self, message: Down) -> None:
        super()._hear(message)
        if isinstance(message, Permit):
            self._live = message.plug_in
        elif isinstance(message, Revoke) and message.plug_in == self._live:
            self._live = None

    def _flow(self) -> None:
        now_s = virtual_time.now_s()
        if self.state.contactor_closed:
            self.energy_wh += POWER_W * (now_s - self._last_s) / 3600
        self._last_s = now_s

    def _follow(self) -> None:
        allowed = self.here and self._live == self.state.plug_in
        if allowed and not self.state.contactor_closed:
            self.charge()
        elif not allowed and self.state.contactor_closed:
            self.open(int(self.energy_wh))
        elif virtual_time.now_s() - self._measured_s >= 1.0:
            self._measured_s = virtual_time.now_s()
            self.measure(int(self.energy_wh))
