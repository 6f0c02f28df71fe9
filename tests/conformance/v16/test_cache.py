"""Authorisation cache: 007, 061."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, Lab
from tests.conformance.v16.sites import SOCKET


async def charged_once(lab: Lab) -> None:
    """A whole session: the card is known from then on."""
    number = await lab.charge()
    await lab.card()
    await lab.hears("StopTransaction", transactionId=number)
    await lab.status("Finishing")
    await lab.unplug()
    await lab.status("Available")


@case("007_1", AuthorizationCacheEnabled="true", LocalPreAuthorize="true")
async def test_a_cached_card_starts_without_being_asked_about(lab: Lab) -> None:
    await charged_once(lab)
    await lab.charge()
    assert len(lab.heard("Authorize")) == 1


@case("007_2", AuthorizationCacheEnabled="true", LocalPreAuthorize="true", AuthorizeRemoteTxRequests="true")
async def test_a_cached_id_starts_remotely_without_being_asked_about(lab: Lab) -> None:
    await charged_once(lab)
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET)
    await lab.status("Preparing")
    await lab.plug()
    await lab.started(idTag=CARD)
    await lab.status("Charging")
    assert len(lab.heard("Authorize")) == 1


@case("061_1", AuthorizationCacheEnabled="true", LocalPreAuthorize="true")
async def test_a_card_that_was_cleared_from_the_cache_is_asked_about_again(lab: Lab) -> None:
    await charged_once(lab)
    await lab.says("Accepted", "ClearCache")
    await lab.charge()
    assert len(lab.heard("Authorize", idTag=CARD)) == 2


@case("061_2", AuthorizationCacheEnabled="false")
async def test_a_cache_that_is_off_cannot_be_cleared(lab: Lab) -> None:
    await lab.says("Rejected", "ClearCache")
