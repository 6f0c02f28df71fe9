"""Local authorisation list: 008, 042, 043."""

from typing import Any

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import CARD, OTHER_CARD, Lab
from tests.conformance.v16.sites import SOCKET, keys


def entry(token: str, status: str | None = "Accepted") -> dict[str, Any]:
    """Of the list; without a status it takes the token out."""
    return {"idTag": token} if status is None else {"idTag": token, "idTagInfo": {"status": status}}


async def send(lab: Lab, wanted: str, version: int, *tokens: str, kind: str = "Full") -> None:
    """SendLocalList."""
    entries = [entry(token) for token in tokens]
    await lab.says(wanted, "SendLocalList", listVersion=version, updateType=kind, localAuthorizationList=entries)


async def version(lab: Lab) -> int:
    """GetLocalListVersion."""
    number: int = (await lab.call("GetLocalListVersion"))["listVersion"]
    return number


@case("008_1", LocalPreAuthorize="true")
async def test_a_listed_card_starts_without_being_asked_about(lab: Lab) -> None:
    await send(lab, "Accepted", 1, CARD)
    await lab.charge()
    assert lab.heard("Authorize") == []


@case("008_2", LocalPreAuthorize="true", AuthorizeRemoteTxRequests="true")
async def test_a_listed_id_starts_remotely_without_being_asked_about(lab: Lab) -> None:
    await send(lab, "Accepted", 1, CARD)
    await lab.says("Accepted", "RemoteStartTransaction", idTag=CARD, connectorId=SOCKET)
    await lab.status("Preparing")
    await lab.plug()
    await lab.started(idTag=CARD)
    await lab.status("Charging")
    assert lab.heard("Authorize") == []


@case("042_1", LocalAuthListEnabled="false")
async def test_a_list_that_is_off_has_the_version_minus_one(lab: Lab) -> None:
    assert await version(lab) == -1


@case("042_2")
async def test_an_empty_list_has_the_version_zero(lab: Lab) -> None:
    await lab.configure(LocalAuthListEnabled="true")
    assert await version(lab) == 0
    await send(lab, "Accepted", 3, CARD)
    await send(lab, "Accepted", 4)
    assert await version(lab) in (0, 4)


@case("043", LocalPreAuthorize="true")
async def test_a_list_is_sent_whole_and_then_changed_and_survives_a_restart(lab: Lab) -> None:
    await send(lab, "Accepted", 2, CARD)
    assert await version(lab) == 2
    changes = [entry(CARD, None), entry(OTHER_CARD)]
    await lab.says("Accepted", "SendLocalList", listVersion=3, updateType="Differential", localAuthorizationList=changes)
    lab.passed()
    await lab.says("Accepted", "Reset", type="Hard")
    await lab.booted()
    assert await version(lab) == 3
    await lab.charge(token=OTHER_CARD)
    assert lab.heard("Authorize") == []


@case("043_1", LocalAuthListEnabled="false")
async def test_a_list_that_is_off_cannot_be_sent(lab: Lab) -> None:
    await send(lab, "NotSupported", 1, CARD)


@case("043_2")
async def test_changes_to_another_version_are_a_mismatch(lab: Lab) -> None:
    await send(lab, "Accepted", 5, CARD)
    await send(lab, "VersionMismatch", 4, OTHER_CARD, kind="Differential")
    assert await version(lab) == 5


@case("043_3", keys(LocalAuthListMaxLength="2"))
async def test_a_list_that_is_too_long_fails_and_the_old_one_stays(lab: Lab) -> None:
    await send(lab, "Accepted", 5, CARD)
    await send(lab, "Failed", 6, "A", "B", "C")
    assert await version(lab) == 5
