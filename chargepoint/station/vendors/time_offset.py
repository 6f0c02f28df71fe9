"""The station's local time changes at a moment that the CSMS set: summer time begins or ends (OCPP 2.0.1 ClockCtrlr; pricing note §3.3)."""

import logging
from datetime import datetime

from chargepoint.domain.device_model import DeviceModel, VariableKey
from chargepoint.domain.local_time import moment
from chargepoint.domain.variables.cost import NEXT_TIME_OFFSET, NEXT_TIME_OFFSET_AT, TIME_OFFSET
from chargepoint.store.store import Store

log = logging.getLogger(__name__)


def turn(store: Store, model: DeviceModel, now: datetime) -> None:
    """The offset that was set for later counts from its moment on; the moment is over then."""
    text = model.read(NEXT_TIME_OFFSET_AT)
    at = moment(text) if text else None
    if at is None or now < at:
        return
    offset = model.read(NEXT_TIME_OFFSET)
    with store.commit():
        for variable, value in ((TIME_OFFSET, offset), (NEXT_TIME_OFFSET_AT, "")):
            model.set(VariableKey(component="", variable=variable.key), value)
    log.info("event=time_offset_changed offset=%s", offset)
