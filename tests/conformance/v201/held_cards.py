"""Cards that are held to a reader, and what comes of them: what the cases of blocks C and D say again and again."""

from simulators.csms.message_log import Message
from tests.conformance.v201 import states
from tests.conformance.v201.lab import CARD, Lab
from tests.conformance.v201.sites import SOCKET

LOCALLY = {"AuthCacheCtrlr.Enabled": "true", "LocalAuthListCtrlr.Enabled": "true", "AuthCtrlr.LocalPreAuthorize": "true"}
"""Cache and list are used, and enough."""
FIRST = "AuthCtrlr.Enabled"


async def asked(lab: Lab, text: str = CARD, *, evse: int = SOCKET) -> str:
    """A card that the CSMS is asked about; the status that it has."""
    await lab.card(text, evse=evse)
    answer = await lab.answer(await lab.hears("Authorize", idToken=states.token(text)))
    status: str = answer["idTokenInfo"]["status"]
    return status


async def settled(lab: Lab) -> None:
    """Whatever follows from what the station has heard so far has been said: it has been asked twice since."""
    for _ in range(2):
        await lab.variable(FIRST)


async def refused(lab: Lab, *, evse: int = SOCKET, asks: int) -> None:
    """Nothing has begun, and so many cards were asked about."""
    await settled(lab)
    await lab.logs("event=token_refused")
    assert lab.heard("TransactionEvent") == []
    assert len(lab.heard("Authorize")) == asks
    await lab.shows(evse, contactor="open")


async def still_charges(lab: Lab, transaction: str, *, evse: int = SOCKET) -> None:
    """The other card has ended nothing."""
    await settled(lab)
    assert states.ongoing(lab, evse) == transaction
    assert [event for event in lab.events(transaction) if event["triggerReason"] == "StopAuthorized"] == []
    await lab.shows(evse, contactor="closed")


async def started_unasked(lab: Lab, text: str = CARD, *, asks: int = 0) -> Message:
    """A car is there, a card is held to the reader, energy flows; nobody was asked (again)."""
    await states.ev_connected_pre_session(lab)
    begun = await states.authorized(lab, text=text, asks=False, plugged=True)
    assert begun is not None
    await states.energy_transfer_started(lab, plugged=True)
    assert len(lab.heard("Authorize")) == asks
    return begun


async def started_offline(lab: Lab, text: str = CARD) -> None:
    """A car is there, the connection is not: a card is held to the reader, and energy flows. The connection stays down."""
    await states.ev_connected_pre_session(lab)
    await lab.network("down")
    await lab.card(text)
    await lab.shows(contactor="closed")
    await lab.waiting(2)
