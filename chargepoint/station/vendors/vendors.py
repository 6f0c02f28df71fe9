"""The vendors of this station put together."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.commands import Command
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import MeterValues
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms
from chargepoint.station.metering import Metering
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.transacting import Transacting
from chargepoint.station.vendors import time_offset
from chargepoint.station.vendors.asked_values import AskedValues
from chargepoint.station.vendors.contracts import Contracts
from chargepoint.station.vendors.costs import Costs
from chargepoint.station.vendors.plug_and_charge import PlugAndCharge
from chargepoint.station.vendors.registry import Registry, Vendor
from chargepoint.store.store import Store


class Vendors:
    """``registry.register`` takes further ones. ``online``: is the CSMS there, and has it accepted the boot?"""

    def __init__(
        self,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        csms: Csms,
        transacting: Transacting,
        availability: Availability,
        metering: Metering,
        tell: Callable[[MeterValues], None],
        online: Callable[[], bool],
        judge: Callable[[IdToken], Awaitable[TokenInfo]],
        obey: Callable[[Command], Awaitable[Answered]],
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        values = AskedValues(clock, transacting, availability, metering, csms, tell)
        self.registry = Registry(csms)
        self.costs = Costs(store, model, clock, transacting, values, online)
        self.contracts = Contracts(model, csms, self.registry, online, judge)
        for room in (self.costs, PlugAndCharge(model, obey)):
            self.registry.register(_only_in_16(room.vendor(), csms))

    def orders(self) -> Orders:
        """What the CSMS may say."""
        return self.registry.orders()

    def follow(self) -> None:
        """Something may have changed at an EVSE."""
        self.costs.follow()

    def tick(self) -> None:
        """Once a second."""
        time_offset.turn(self._store, self._model, self._clock.now())
        self.costs.tick()

    def display(self, evse: int) -> dict[str, Any] | None:
        """What the driver at an EVSE reads, for the station's document."""
        shown = self.costs.display(evse)
        return None if shown is None else dict(msgspec.to_builtins(shown))


def _only_in_16(vendor: Vendor, csms: Csms) -> Vendor:
    """2.x has messages of its own for it (P01.FR.01, P02.FR.02)."""
    return replace(vendor, enabled=lambda: csms.version == "1.6" and vendor.enabled())
