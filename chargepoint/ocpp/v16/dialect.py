"""OCPP 1.6 put together."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from chargepoint.ocpp.dialect import Dialect, Gate, Site
from chargepoint.ocpp.errors import RpcError
from chargepoint.ocpp.schemas import Schemas
from chargepoint.ocpp.v16 import (
    authorizing,
    availability,
    charging,
    data_transfer,
    diagnostics,
    firmware,
    local_list,
    metering,
    provisioning,
    remote,
    reservation,
    security,
    transacting,
)
from chargepoint.ocpp.v16.numbering import Numbering
from chargepoint.ocpp.v16.status import status_word

K = TypeVar("K")
V = TypeVar("V")

SPELLING = {
    RpcError.FORMAT: "FormationViolation",
    RpcError.OCCURRENCE: "OccurenceConstraintViolation",
    RpcError.FRAMEWORK: "FormationViolation",
    RpcError.MESSAGE_TYPE: "GenericError",
}
"""1.6-J §4.2.3; the two spellings are to stay as they are (1.6-J errata 5.1, 5.2). 1.6 has no word for the other two."""

SAID = (security.SAID, provisioning.SAID, authorizing.SAID, data_transfer.SAID, firmware.SAID, diagnostics.SAID)
NUMBERED_SAID = (availability.said, metering.said, transacting.said, data_transfer.said)
OBEYED = (
    *(security.OBEYED, provisioning.OBEYED, authorizing.OBEYED, data_transfer.OBEYED, local_list.OBEYED),
    *(firmware.OBEYED, diagnostics.OBEYED),
)
NUMBERED_OBEYED = (availability.obeyed, remote.obeyed, charging.obeyed, reservation.obeyed)


def _all(tables: Iterable[Mapping[K, V]]) -> dict[K, V]:
    return {key: value for table in tables for key, value in table.items()}


def build(site: Site) -> Dialect:
    """The dialect for one station. While it is rejected it answers nothing at all (§4.2)."""
    numbering = Numbering(site)
    return Dialect(
        version="1.6",
        subprotocol="ocpp1.6",
        resend_keeps_id=True,
        answers_unreadable=False,
        while_rejected=Gate.IGNORE,
        remote_control=frozenset({"RemoteStartTransaction", "RemoteStopTransaction"}),
        spelling=SPELLING,
        schemas=Schemas("v16", request_suffix=""),
        said=_all(SAID) | _all(part(numbering) for part in NUMBERED_SAID),
        obeyed=_all(OBEYED) | _all(part(numbering) for part in NUMBERED_OBEYED),
        status_word=status_word,
    )
