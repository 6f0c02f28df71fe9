"""OCPP 2.0.1 put together."""

from chargepoint.domain.status import availability_state
from chargepoint.ocpp.dialect import Dialect, Gate, Site
from chargepoint.ocpp.schemas import Schemas
from chargepoint.ocpp.v2 import (
    authorizing,
    availability,
    certificates,
    charging,
    cost,
    customer,
    data_transfer,
    display,
    firmware,
    local_list,
    logs,
    metering,
    monitoring,
    network,
    provisioning,
    publishing,
    remote,
    reservation,
    security,
    transacting,
    variables,
)

BLOCKS = (
    provisioning,
    variables,
    authorizing,
    local_list,
    transacting,
    remote,
    availability,
    metering,
    data_transfer,
    reservation,
    security,
    certificates,
    network,
    charging,
    monitoring,
    firmware,
    publishing,
    logs,
    display,
    cost,
    customer,
)
"""Each has ``SAID``, ``OBEYED``, or both."""


def build(_: Site) -> Dialect:
    """The dialect. A resent message has a new id (part 4 §4.1.4); while rejected, any CALL is a SecurityError (B03.FR.08)."""
    return Dialect(
        version="2.0.1",
        subprotocol="ocpp2.0.1",
        resend_keeps_id=False,
        takes_signed=True,
        answers_unreadable=True,
        while_rejected=Gate.FORBID,
        remote_control=frozenset({"RequestStartTransaction", "RequestStopTransaction"}),
        spelling={},
        schemas=Schemas("v201", request_suffix="Request"),
        said={kind: said for block in BLOCKS for kind, said in getattr(block, "SAID", {}).items()},
        obeyed={action: obeyed for block in BLOCKS for action, obeyed in getattr(block, "OBEYED", {}).items()},
        status_word=availability_state,
    )
