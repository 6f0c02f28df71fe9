"""OCPP 2.0.1 put together."""

from chargepoint.domain.status import availability_state
from chargepoint.ocpp.dialect import Dialect, Gate, Site
from chargepoint.ocpp.schemas import Schemas
from chargepoint.ocpp.v2 import authorizing, availability, data_transfer, metering, provisioning, remote, transacting, variables


def build(_: Site) -> Dialect:
    """The dialect. A resent message has a new id (part 4 §4.1.4); while rejected, any CALL is a SecurityError (B03.FR.08)."""
    return Dialect(
        version="2.0.1",
        subprotocol="ocpp2.0.1",
        resend_keeps_id=False,
        answers_unreadable=True,
        while_rejected=Gate.FORBID,
        remote_control=frozenset({"RequestStartTransaction", "RequestStopTransaction"}),
        spelling={},
        schemas=Schemas("v201", request_suffix="Request"),
        said=provisioning.SAID | authorizing.SAID | transacting.SAID | availability.SAID | metering.SAID | data_transfer.SAID,
        obeyed=provisioning.OBEYED | variables.OBEYED | authorizing.OBEYED | remote.OBEYED | availability.OBEYED | data_transfer.OBEYED,
        status_word=availability_state,
    )
