"""Block O: messages for drivers. What is to be seen is looked up in the station's document; what displays make of it, unit tests say."""

from itertools import count

import pytest

from simulators.csms.behaviour import Behaviour
from tests.campaigns.bench import Json, until_true
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import LOOK_S, WAIT_S, Lab
from tests.conformance.v201.sites import CABLE, SOCKET

_ids = count(100)
SOON_S = 2.0


async def put(
    lab: Lab, text: str = "Welcome", status: str = "Accepted", form: str = "UTF8", number: int | None = None, **more: object
) -> int:
    """SetDisplayMessage; the id."""
    number = next(_ids) if number is None else number
    message: Json = {"id": number, "priority": "NormalCycle", "message": {"format": form, "content": text, "language": "en"}, **more}
    await lab.says(status, "SetDisplayMessage", message=message)
    return number


async def found(lab: Lab, status: str = "Accepted", **wanted: object) -> dict[int, Json]:
    """GetDisplayMessages and all its parts, by id."""
    number = next(_ids)
    await lab.says(status, "GetDisplayMessages", requestId=number, **wanted)
    told: dict[int, Json] = {}
    while status == "Accepted":
        part = (await lab.hears("NotifyDisplayMessages", requestId=number)).payload
        told |= {each["id"]: each for each in part["messageInfo"]}
        if not part.get("tbc", False):
            break
    return told


async def sees(lab: Lab, *texts: str, evse: int = SOCKET) -> None:
    """Wait until a driver there reads just these."""
    seen: list[str] = []

    async def shown() -> bool:
        document = await lab.document()
        seen[:] = next(each for each in document["evses"] if each["id"] == evse)["messages"]
        return seen == list(texts)

    await until_true(shown, WAIT_S, lambda: f"EVSE {evse}: expected {list(texts)}, got {seen}", LOOK_S)


@case("TC_O_01", "TC_O_02", "TC_O_07")
@pytest.mark.parametrize("priority", ["AlwaysFront", "InFront", "NormalCycle"])
async def test_a_message_is_shown_and_told(lab: Lab, priority: str) -> None:
    number = await put(lab, "Hello", priority=priority)
    await sees(lab, "Hello")
    for told in (await found(lab, id=[number]), await found(lab)):
        assert told == {number: {"id": number, "priority": priority, "message": {"format": "UTF8", "language": "en", "content": "Hello"}}}


@case("TC_O_13", "TC_O_14")
async def test_a_message_from_one_time_on_and_until_another(lab: Lab) -> None:
    later = await put(lab, "later", startDateTime=lab.in_s(SOON_S))
    until = await put(lab, "until", endDateTime=lab.in_s(SOON_S))
    await sees(lab, "until")
    assert "startDateTime" in (await found(lab, id=[later]))[later]
    assert "endDateTime" in (await found(lab, id=[until]))[until]
    await sees(lab, "later")
    await found(lab, "Unknown", id=[until])


@case("TC_O_19")
@pytest.mark.parametrize("form", ["HTML", "URI"])
async def test_no_format_that_a_display_of_characters_has_not(lab: Lab, form: str) -> None:
    await put(lab, "https://example.org", "NotSupportedMessageFormat", form)
    await sees(lab)


@case("TC_O_20", fresh=True)
async def test_a_message_survives_a_restart(lab: Lab) -> None:
    number = await put(lab, "still here", priority="InFront")
    before = await found(lab, id=[number])
    await states.booted(lab)
    assert await found(lab, id=[number]) == before
    await sees(lab, "still here")


@case("TC_O_22", "TC_O_24")
async def test_several_in_front_but_only_one_always(lab: Lab) -> None:
    first, second = await put(lab, "one", priority="InFront"), await put(lab, "two", priority="InFront")
    await sees(lab, "one", "two")
    assert set(await found(lab, id=[first])) == {first}
    assert set(await found(lab, id=[second])) == {second}
    above = await put(lab, "above", priority="AlwaysFront")
    await sees(lab, "above")
    highest = await put(lab, "highest", priority="AlwaysFront")
    await sees(lab, "highest")
    await found(lab, "Unknown", id=[above])
    assert set(await found(lab, id=[highest])) == {highest}


@case("TC_O_36", "TC_O_37")
async def test_messages_for_those_who_charge_and_for_those_who_do_not(lab: Lab) -> None:
    charging, idle = await put(lab, "charging", state="Charging"), await put(lab, "idle", state="Idle")
    await sees(lab, "idle")
    await states.charging(lab)
    await sees(lab, "charging")
    await sees(lab, "idle", evse=CABLE)
    await states.stop_authorized(lab)
    await states.ev_disconnected(lab)
    await sees(lab, "idle")
    assert (await found(lab, id=[charging]))[charging]["state"] == "Charging"
    assert (await found(lab, id=[idle]))[idle]["state"] == "Idle"


@case("TC_O_38")
async def test_a_message_while_out_of_service(lab: Lab) -> None:
    number = await put(lab, "closed", state="Unavailable")
    await sees(lab)
    await states.unavailable(lab)
    await sees(lab, "closed")
    await lab.says("Accepted", "ChangeAvailability", operationalStatus="Operative")
    await lab.status("Available")
    await sees(lab)
    assert (await found(lab, id=[number]))[number]["state"] == "Unavailable"


@case()
async def test_what_is_in_the_language_of_the_driver_comes_first(lab: Lab) -> None:
    """O01.FR.08: until the errata this was case O_15."""
    lab.csms.behaviour = Behaviour(answers={"Authorize": {"idTokenInfo": {"status": "Accepted", "language1": "de"}}})
    for text, language in (("Cars only", "en"), ("Nur Autos", "de-AT"), ("Voitures", "fr")):
        await put(lab, text, message={"format": "UTF8", "content": text, "language": language})
    await sees(lab, "Cars only", "Nur Autos", "Voitures")
    await lab.configure({"AuthCtrlr.LocalPreAuthorize": "false"})
    await states.charging(lab)
    await sees(lab, "Nur Autos", "Cars only", "Voitures")


@case("TC_O_12")
async def test_a_message_is_replaced_by_one_with_its_id(lab: Lab) -> None:
    number = await put(lab, "before")
    await put(lab, "after", number=number)
    await sees(lab, "after")
    assert (await found(lab))[number]["message"]["content"] == "after"


@case("TC_O_06", "TC_O_27", "TC_O_28")
async def test_messages_of_a_transaction_end_with_it(lab: Lab) -> None:
    transaction = await states.charging(lab)
    now = await put(lab, "now", transactionId=transaction)
    later = await put(lab, "later", transactionId=transaction, startDateTime=lab.in_s(SOON_S))
    until = await put(lab, "until", transactionId=transaction, endDateTime=lab.in_s(SOON_S))
    await sees(lab, "now", "until")
    await sees(lab, evse=CABLE)
    await sees(lab, "now", "later")
    await found(lab, "Unknown", id=[until])
    await states.stop_authorized(lab)
    await states.ev_disconnected(lab)
    await sees(lab)
    await found(lab, "Unknown", id=[now, later])


@case("TC_O_10")
async def test_no_message_of_an_unknown_transaction(lab: Lab) -> None:
    await put(lab, "whose", "UnknownTransaction", transactionId="nobody's")


@case("TC_O_30", "TC_O_32")
async def test_several_of_a_transaction_in_front_but_only_one_always(lab: Lab) -> None:
    transaction = await states.charging(lab)
    numbers = [await put(lab, text, priority="InFront", transactionId=transaction) for text in ("one", "two")]
    await sees(lab, "one", "two")
    for number, text in zip(numbers, ("one", "two"), strict=True):
        told = (await found(lab, id=[number]))[number]
        assert (told["transactionId"], told["priority"], told["message"]["content"]) == (transaction, "InFront", text)
    above, highest = [await put(lab, text, priority="AlwaysFront", transactionId=transaction) for text in ("above", "highest")]
    await sees(lab, "highest")
    await found(lab, "Unknown", id=[above])
    assert (await found(lab, id=[highest]))[highest]["transactionId"] == transaction
    await states.stop_authorized(lab)
    await states.ev_disconnected(lab)
    for number in (*numbers, highest):
        await found(lab, "Unknown", id=[number])


@case("TC_O_03", "TC_O_33")
async def test_no_message_where_there_is_none(lab: Lab) -> None:
    await found(lab, "Unknown")
    await found(lab, "Unknown", id=[next(_ids)])


@case("TC_O_08", "TC_O_09", "TC_O_11", "TC_O_34", "TC_O_35")
async def test_messages_by_what_they_are(lab: Lab) -> None:
    number = await put(lab, priority="InFront", state="Idle")
    await put(lab, priority="NormalCycle", state="Charging")
    matching: list[Json] = [{"priority": "InFront"}, {"state": "Idle"}, {"id": [number], "state": "Idle", "priority": "InFront"}]
    for wanted in matching:
        assert set(await found(lab, **wanted)) == {number}
    others: list[Json] = [{"id": [next(_ids)]}, {"id": [number], "state": "Charging"}, {"id": [number], "priority": "NormalCycle"}]
    for wanted in others:
        await found(lab, "Unknown", **wanted)


@case("TC_O_04", "TC_O_05")
async def test_a_message_is_cleared_once(lab: Lab) -> None:
    number = await put(lab)
    await lab.says("Accepted", "ClearDisplayMessage", id=number)
    await sees(lab)
    await found(lab, "Unknown", id=[number])
    await lab.says("Unknown", "ClearDisplayMessage", id=number)
