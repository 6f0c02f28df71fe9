"""Block N: what a station keeps of a customer."""

from typing import Any

from chargepoint.inquiry.cards import CardsChanged, EnrolCard
from chargepoint.inquiry.client import inquire
from tests.campaigns.bench import Json
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, Lab

LOCAL = {"LocalAuthListCtrlr.Enabled": "true", "AuthCtrlr.LocalPreAuthorize": "true", "AuthCacheCtrlr.Enabled": "true"}
NUMBER = 27
NAME = "customer 0815"
STRANGER = "04FFEEDD"


async def told(lab: Lab, *, report: bool, clear: bool = False, number: int = NUMBER, **who: Any) -> str:
    """CustomerInformation, and what comes of it, put together from all its parts."""
    wish: Json = {"requestId": number, "report": report, "clear": clear} | (who or {"idToken": states.token()})
    await lab.says("Accepted", "CustomerInformation", **wish)
    data, seq_no, more = "", 0, True
    while more:
        part = (await lab.hears("NotifyCustomerInformation", requestId=number, seqNo=seq_no)).payload
        data, seq_no, more = data + part["data"], seq_no + 1, part.get("tbc", False)
    return data


async def known(lab: Lab) -> None:
    """A customer who was in the cache, is on the list, and has charged with and without being asked for."""
    await lab.configure(LOCAL)
    await states.id_token_cached(lab)
    await states.id_token_in_local_list(lab, CARD)
    await states.ev_connected_pre_session(lab)
    await states.authorized(lab, asks=False, plugged=True)
    await states.energy_transfer_started(lab, plugged=True)
    await states.stop_authorized(lab)
    await states.ev_disconnected(lab)


@case("TC_N_27")
async def test_what_is_kept_of_a_customer_is_told(lab: Lab) -> None:
    """N09.FR.02, N09.FR.05."""
    await known(lab)
    assert "local authorisation list" in await told(lab, report=True)


@case("TC_N_28", "TC_N_32")
async def test_a_customer_of_whom_nothing_is_kept(lab: Lab) -> None:
    """N09.FR.06, N10.FR.06."""
    assert await told(lab, report=False, clear=True)
    assert await told(lab, report=True, number=NUMBER + 1) == ""


@case("TC_N_30")
async def test_what_is_kept_is_told_and_taken_away_but_for_the_list(lab: Lab) -> None:
    """N10.FR.01, N10.FR.03."""
    await known(lab)
    assert "transaction " in await told(lab, report=True, clear=True)
    left = await told(lab, report=True, number=NUMBER + 1)
    assert left.startswith("local authorisation list")
    assert "transaction" not in left


@case("TC_N_31")
async def test_nothing_is_kept_and_nothing_taken_away(lab: Lab) -> None:
    """N10.FR.04."""
    assert await told(lab, report=True, clear=True, idToken=states.token(STRANGER)) == ""


@case("TC_N_62")
async def test_a_customer_is_named_by_what_technicians_call_his_card(lab: Lab) -> None:
    assert lab.bench is not None
    await inquire(lab.bench.inquiry, CardsChanged, EnrolCard(number=STRANGER, name=NAME))
    assert STRANGER in await told(lab, report=True, clear=True, customerIdentifier=NAME)
    assert await told(lab, report=True, number=NUMBER + 1, customerIdentifier=NAME) == ""
