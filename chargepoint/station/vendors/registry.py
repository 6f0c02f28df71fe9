"""DataTransfer both ways (OCPP 2.0.1 P01, P02; 1.6 §4.3, §5.6): vendorId -> messageId -> who answers it.

    no such vendor, or switched off        UnknownVendorId
    no such message                        UnknownMessageId
    data that the message cannot take      Rejected, with the reason
    else                                   what the handler says

A vendor is a record of its name and a table of handlers; anybody may register one. Vendor and message ids are compared without case, as the
standard's CiString are. 1.6 has no place for a reason: it goes out as the answer's data, in either version.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from chargepoint.domain.commands import DataTransfer, Outcome, Verdict
from chargepoint.domain.notifications import DataTransferAnswer, DataTransferOut
from chargepoint.station.csms import Csms
from chargepoint.station.orders import Answered, FollowUp, Orders
from chargepoint.station.vendors.payloads import BadData

log = logging.getLogger(__name__)

Handled = Outcome | tuple[Outcome, FollowUp]
"""An answer, and what is to be done once it has left."""
Handler = Callable[[Any], Handled | Awaitable[Handled]]
"""Takes the data as it came. May raise BadData."""

ACCEPTED = Outcome(Verdict.ACCEPTED)


def rejected(reason: str) -> Outcome:
    """Understood perhaps, but not to be done."""
    return Outcome(Verdict.REJECTED, "InvalidValue", reason, data=reason)


class Vendor(Struct, frozen=True):
    """Somebody's extension."""

    id: str
    """In the manner of a reversed domain name: ``org.openchargealliance.costmsg`` (P02.FR.03)."""
    messages: Mapping[str, Handler]
    """By messageId; ``""`` is a message without one."""
    enabled: Callable[[], bool] = lambda: True
    """False: as if it were not there."""


class Registry:
    """All vendors of this station."""

    def __init__(self, csms: Csms) -> None:
        self._csms = csms
        self._vendors: dict[str, tuple[Vendor, dict[str, Handler]]] = {}

    def register(self, vendor: Vendor) -> None:
        """Another one. That two have the same name is an error of whoever put the station together: ValueError."""
        key = vendor.id.casefold()
        if key in self._vendors:
            raise ValueError(f"vendor {vendor.id}: registered twice; expected one room for each vendor id")
        self._vendors[key] = (vendor, {message.casefold(): handler for message, handler in vendor.messages.items()})

    def orders(self) -> Orders:
        """What the CSMS may say."""
        return {DataTransfer: self.obey}

    async def obey(self, command: DataTransfer) -> Answered:
        """One message to its handler (P01.FR.05, P01.FR.06, P01.FR.07)."""
        vendor, handlers = self._vendors.get(command.vendor_id.casefold(), (None, {}))
        if vendor is None or not vendor.enabled():
            return Outcome(Verdict.UNKNOWN_VENDOR), None
        handler = handlers.get((command.message_id or "").casefold())
        if handler is None:
            return Outcome(Verdict.UNKNOWN_MESSAGE), None
        try:
            done = handler(command.data)
            handled = await done if inspect.isawaitable(done) else done
        except BadData as error:
            log.warning("event=vendor_data_refused vendor=%s message=%s reason=%s", vendor.id, command.message_id, error)
            return rejected(str(error)), None
        return handled if isinstance(handled, tuple) else (handled, None)

    async def ask(self, vendor_id: str, message_id: str | None = None, data: Any = None) -> DataTransferAnswer:
        """Say something to the CSMS and hear its answer (P02.FR.01, P02.FR.04, P02.FR.08), as long as the vendor has agreed it may be
        (P02.FR.05). Raises CsmsOffline, CsmsSilent or CsmsRefused."""
        answer = await self._csms.ask(DataTransferOut(vendor_id, message_id, data))
        assert isinstance(answer, DataTransferAnswer)
        return answer
