"""Block G: availability."""

from collections.abc import Mapping

import pytest

from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.held_cards import settled
from tests.conformance.v201.lab import Lab, in_order
from tests.conformance.v201.sites import CABLE, SOCKET

EVSE, CONNECTOR = {"id": SOCKET}, {"id": SOCKET, "connectorId": 1}
Place = Mapping[str, int]


def of(place: Place | None) -> dict[str, object]:
    """The field ``evse`` of a request."""
    return {} if place is None else {"evse": place}


def evses(place: Place | None) -> list[int]:
    """Those whose connectors a request speaks of."""
    return [SOCKET, CABLE] if place is None else [place["id"]]


async def change(lab: Lab, wanted: str, operational: str, place: Place | None) -> None:
    """ChangeAvailability, and its answer."""
    await lab.says(wanted, "ChangeAvailability", operationalStatus=operational, **of(place))


async def told_again(lab: Lab, operational: str, status: str, place: Place | None) -> None:
    """It is so already: Accepted, and then the status of every connector concerned, once and of no other."""
    lab.passed()
    before = lab.csms.messages.last
    await change(lab, "Accepted", operational, place)
    answer = next(each for each in lab.csms.messages.after(before) if each.action == "ChangeAvailability" and each.direction == "received")
    told = [await lab.status(status, evse=evse) for evse in evses(place)]
    assert all(in_order(answer, each) for each in told)
    await settled(lab)
    assert [each.number for each in lab.heard("StatusNotification", after=before)] == sorted(each.number for each in told)


async def unavailable(lab: Lab, place: Place | None) -> None:
    """The reusable state, for such a place."""
    await states.unavailable(lab, **({} if place is None else {"evse": place["id"], "connector": place.get("connectorId")}))


def each(station: str, evse: str, connector: str) -> pytest.MarkDecorator:
    """The same case for the station, an EVSE, and a connector."""
    places = ((station, None), (evse, EVSE), (connector, CONNECTOR))
    return pytest.mark.parametrize("place", [pytest.param(place, marks=case(number), id=number) for number, place in places])


@case("TC_G_01")
async def test_a_connector_is_occupied_when_a_plug_comes(lab: Lab) -> None:
    """G01.FR.01, G01.FR.03."""
    await states.ev_connected_pre_session(lab)


@case("TC_G_02")
async def test_a_connector_is_available_when_the_plug_has_gone(lab: Lab) -> None:
    """G01.FR.04."""
    await states.ev_connected_pre_session(lab)
    await states.ev_disconnected(lab)


@each("TC_G_05", "TC_G_03", "TC_G_07")
async def test_what_goes_out_of_operation_is_unavailable(lab: Lab, place: Place | None) -> None:
    """G01.FR.07, G03.FR.01, G03.FR.02, G03.FR.04, G03.FR.06, G04.FR.01, G04.FR.02, G04.FR.03, G04.FR.05, G04.FR.07: the answer first."""
    await unavailable(lab, place)
    answers = [each for each in lab.csms.messages if each.action == "ChangeAvailability" and each.direction == "received"]
    assert all(in_order(answers[-1], status) for status in lab.heard("StatusNotification"))
    told = {message.payload["evseId"] for message in lab.heard("StatusNotification")}
    assert told == set(evses(place))
    await lab.says("Rejected", "RequestStartTransaction", idToken=states.token(), evseId=SOCKET, remoteStartId=1)


@each("TC_G_12", "TC_G_09", "TC_G_15")
async def test_what_is_in_operation_may_be_put_there_again(lab: Lab, place: Place | None) -> None:
    """G03.FR.03, G04.FR.04."""
    await told_again(lab, "Operative", "Available", place)


@each("TC_G_06", "TC_G_04", "TC_G_08")
async def test_what_comes_back_is_available(lab: Lab, place: Place | None) -> None:
    """G03.FR.07, G04.FR.08."""
    await unavailable(lab, place)
    await change(lab, "Accepted", "Operative", place)
    for evse in evses(place):
        await lab.status("Available", evse=evse)


@each("TC_G_13", "TC_G_10", "TC_G_16")
async def test_what_is_out_of_operation_may_be_put_there_again(lab: Lab, place: Place | None) -> None:
    """G03.FR.03, G04.FR.04."""
    await unavailable(lab, place)
    await told_again(lab, "Inoperative", "Unavailable", place)


@each("TC_G_14", "TC_G_11", "TC_G_17")
async def test_a_transaction_goes_on_to_its_end(lab: Lab, place: Place | None) -> None:
    """G01.FR.05, G03.FR.05, G04.FR.06."""
    await states.charging(lab)
    await change(lab, "Scheduled", "Inoperative", place)
    if place is None:
        await lab.status("Unavailable", evse=CABLE)
    await states.stop_authorized(lab)
    await lab.status("Unavailable")
    await lab.unplug(SOCKET)
    await lab.shows(SOCKET, ev=None)
    assert [each.payload["connectorStatus"] for each in lab.heard("StatusNotification", evseId=SOCKET)] == ["Occupied", "Unavailable"]


@each("TC_G_21", "TC_G_18", "TC_G_19")
async def test_what_is_out_of_operation_stays_so_over_a_restart(lab: Lab, place: Place | None) -> None:
    """G01.FR.02, G03.FR.08, G04.FR.09."""
    await unavailable(lab, place)
    boot = await states.booted(lab)
    told = {
        message.payload["evseId"]: message.payload["connectorStatus"]
        for message in lab.csms.messages.after(boot.number)
        if message.action == "StatusNotification" and message.direction == "received"
    }
    assert told == {evse: "Unavailable" if evse in evses(place) else "Available" for evse in (SOCKET, CABLE)}
