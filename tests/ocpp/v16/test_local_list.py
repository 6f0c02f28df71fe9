"""The local list on the wire of 1.6: its version, and how much of it fits into one message."""

import json

import pytest

from chargepoint.domain.commands import GetLocalListVersion, LocalListVersion, SendLocalList
from chargepoint.domain.variables.lists import LOCAL_LIST_BYTES, MAX_SENT_LIST
from chargepoint.ocpp.connection import MAX_MESSAGE_BYTES
from tests.ocpp.rig import dialect

V16 = dialect("1.6")


@pytest.mark.parametrize(
    ("version", "told"), [(LocalListVersion(7), 7), (LocalListVersion(0), 0), (LocalListVersion(7, supported=False), -1)]
)
def test_the_version_is_minus_one_without_a_list_and_zero_with_an_empty_one(version: LocalListVersion, told: int) -> None:
    assert V16.encode_reply("GetLocalListVersion", GetLocalListVersion(), version) == {"listVersion": told}


def test_the_longest_list_fits_into_one_message_however_its_characters_are_written() -> None:
    """SendLocalListMaxLength against the largest message that is taken."""
    info = {"expiryDate": "2026-03-01T12:00:00.000+00:00", "parentIdTag": "ä" * 20, "status": "ConcurrentTx"}
    entries = [{"idTag": f"{number:04d}{'ö' * 16}", "idTagInfo": info} for number in range(MAX_SENT_LIST)]
    payload = {"listVersion": 2**31, "localAuthorizationList": entries, "updateType": "Full"}
    frame = json.dumps([2, "x" * 36, "SendLocalList", payload], ensure_ascii=True)
    assert len(frame) < MAX_MESSAGE_BYTES == int(str(LOCAL_LIST_BYTES.value))
    assert V16.schemas.check_request("SendLocalList", payload) is None
    command = V16.decode_command("SendLocalList", payload)
    assert isinstance(command, SendLocalList)
    assert len(command.entries) == MAX_SENT_LIST
