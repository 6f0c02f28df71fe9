"""Reservations on the wire of 1.6."""

import pytest

from chargepoint.ocpp.errors import Refusal
from tests.ocpp.rig import dialect

V16 = dialect("1.6")


def test_a_date_that_cannot_be_read_is_refused_because_a_reservation_without_end_would_block_the_connector() -> None:
    payload = {"connectorId": 1, "expiryDate": "tomorrow", "idTag": "04A1", "reservationId": 5}
    assert V16.schemas.check_request("ReserveNow", payload) is None
    with pytest.raises(Refusal, match="PropertyConstraintViolation: expiryDate"):
        V16.decode_command("ReserveNow", payload)
