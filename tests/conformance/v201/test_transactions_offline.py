"""Block E: transactions while the connection is down."""

from itertools import takewhile

from tests.campaigns.bench import Json
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, OTHER_CARD, Lab
from tests.conformance.v201.sites import SOCKET

LATER = {"OCPPCommCtrlr.OfflineThreshold": "60"}
LOCALLY = {"AuthCtrlr.LocalAuthorizeOffline": "true", "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true"}


async def cut(lab: Lab) -> int:
    """The connection goes down while no event is under way: what was heard is answered. The number of the last message before that."""
    await lab.answer(lab.heard("TransactionEvent")[-1])
    await lab.network("down")
    lab.passed()
    return lab.csms.messages.last


def since(lab: Lab, transaction: str, number: int) -> list[Json]:
    """Events of it after this message. One whose answer was lost comes again, with its seqNo; apart from that there is no gap."""
    payloads = [message.payload for message in lab.heard("TransactionEvent")]
    numbers = {payload["seqNo"] for payload in payloads if payload["transactionInfo"]["transactionId"] == transaction}
    assert numbers == set(range(len(numbers)))
    late = [message.payload for message in lab.heard("TransactionEvent", after=number)]
    found = [payload for payload in late if payload["transactionInfo"]["transactionId"] == transaction]
    assert [payload["seqNo"] for payload in found] == sorted({payload["seqNo"] for payload in found})
    return found


@case("TC_E_40")
async def test_a_transaction_that_goes_on_is_told_later(lab: Lab) -> None:
    await lab.configure({"SampledDataCtrlr.TxUpdatedInterval": "1", **LATER})
    transaction = await states.charging(lab)
    await lab.event("Updated", triggerReason="MeterValuePeriodic")
    before = await cut(lab)
    await lab.waiting(2)
    await lab.network("up")
    await lab.event("Updated", triggerReason="MeterValuePeriodic", offline=None)
    told = since(lab, transaction, before)
    late = list(takewhile(lambda event: event.get("offline"), told))
    assert len(late) >= 2
    assert [event for event in told[len(late) :] if event.get("offline")] == [], "what waited comes first"
    assert {event["eventType"] for event in late} == {"Updated"}
    assert all(event["meterValue"] for event in late)


@case("TC_E_43")
async def test_a_whole_transaction_is_told_later(lab: Lab) -> None:
    await lab.configure(LOCALLY)
    await states.events_in_queue_ended(lab)
    await lab.network("up")
    ended = await lab.event("Ended")
    events = lab.events(states.transaction_of(ended))
    assert events[0]["eventType"] == "Started"
    assert all(event["offline"] for event in events)


async def stopped_offline(lab: Lab, transaction: str, card: str) -> None:
    """It is stopped while the connection is down, and told when that is back."""
    await lab.shows(SOCKET, contactor="closed")
    before = await cut(lab)
    await lab.card(card)
    await lab.shows(SOCKET, contactor="open")
    await lab.unplug()
    await lab.shows(SOCKET, ev=None, transaction=None)
    await lab.network("up")
    await lab.event("Ended", triggerReason="StopAuthorized", idToken=card)
    late = since(lab, transaction, before)
    assert late
    assert all(event["offline"] for event in late)


@case("TC_E_44")
async def test_the_end_is_told_later(lab: Lab) -> None:
    await lab.configure(LATER)
    await stopped_offline(lab, await states.charging(lab), CARD)


@case("TC_E_45")
async def test_the_end_by_another_card_of_the_group_is_told_later(lab: Lab) -> None:
    await lab.configure(LATER)
    await states.id_token_in_local_list(lab, CARD, OTHER_CARD, groupIdToken={"idToken": "GROUP", "type": "Central"})
    lab.tokens({CARD: {"status": "Accepted", "group": "GROUP"}, OTHER_CARD: {"status": "Accepted", "group": "GROUP"}})
    await states.ev_connected_pre_session(lab)
    await states.authorized(lab, asks=False, plugged=True)
    charging = await states.energy_transfer_started(lab, plugged=True)
    await stopped_offline(lab, states.transaction_of(charging), OTHER_CARD)
