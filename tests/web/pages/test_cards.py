"""Cards: held, typed, named, forgotten, carried over."""

from pathlib import Path
from typing import Any

import pytest

from chargepoint.inquiry.cards import (
    CardList,
    CardsChanged,
    EnrolCard,
    EnrolCards,
    ExportedCards,
    ForgetCard,
    HeldCard,
    HoldCard,
    ListCards,
    ListedCard,
    NewCard,
    RenameCard,
)
from chargepoint.inquiry.client import InquiryError
from chargepoint.web.pages import cards
from tests.web.browser import Answer, Browser, Rig, visiting
from tests.web.station import Station

ANNA = ListedCard(id=1, token="***B2C3", kind="ISO14443", name="Anna <b>", added="", last_used="2026-11-23T08:00:00+00:00", uses=3)
FILED = ListedCard(id=None, token="***0001", kind="ISO14443", name="Van", added="", last_used="", uses=0)
LIST = CardList(cards=(ANNA, FILED), room=998, asks_first=True)
WAITS = HeldCard(state="waiting", message="hold the card to the reader", hold="a1b2", left_s=30.0)
SHOWN = HeldCard(state="shown", message="a card was shown", hold="a1b2", token="***0102", kind="ISO14443", known="Anna's")
DONE = CardsChanged(outcome="done", message="the card is enrolled", enrolled=1)


def station(rig: Rig, **answers: Any) -> Station:
    """With two cards, which does what it is asked."""
    usual = dict.fromkeys(("EnrolCard", "EnrolCards", "RenameCard", "ForgetCard"), DONE)
    return Station(rig, ListCards=LIST, HoldCard=WAITS, **(usual | answers))


async def import_table(browser: Browser, data: bytes) -> Answer:
    """As a browser sends a file."""
    edge = "----edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{browser.token}\r\n--{edge}\r\n'
    file = 'Content-Disposition: form-data; name="table"; filename="cards.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = (head + file).encode() + data + f"\r\n--{edge}--\r\n".encode()
    return await browser.ask("POST", "/cards/import", body, {"content-type": f"multipart/form-data; boundary={edge}"})


def test_a_card_that_is_held_is_waited_for_then_named_then_enrolled(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig)
        technician = await rig.inside("technician")
        begun = await technician.post("/cards/hold")
        assert (begun.status, begun.headers["location"]) == (303, "/cards/hold/a1b2")
        page = (await technician.get("/cards/hold/a1b2")).text
        assert all(text in page for text in ('hx-trigger="every 1s"', "x-looks-on", '<meta http-equiv="refresh"'))
        assert (await technician.get("/cards/hold/a1b2", hx_request="true")).status == 204, "the button keeps its focus"
        asked.answers["HoldCard"] = SHOWN
        piece = (await technician.get("/cards/hold/a1b2", hx_request="true")).text
        assert all(text in piece for text in ("***0102", "Anna&#39;s", 'name="hold" value="a1b2"'))
        assert not any(text in piece for text in ("hx-get", "<html"))
        assert (await technician.post("/cards/enrol", {"hold": "a1b2", "name": " Ben "})).status == 303
        assert asked.asked[-1] == EnrolCard(name="Ben", hold="a1b2")
        assert "The card is enrolled." in (await technician.get("/cards")).text
        assert rig.logged[-1]["info"] == "card enrolled: Ben"
        await technician.post("/cards/hold/end", {"hold": "a1b2"})
        assert asked.asked[-1] == HoldCard(hold="a1b2", valid_for_s=0)
        asked.answers["HoldCard"] = HeldCard(state="refused", message="EVSE 1 is in use")
        refused = await technician.post("/cards/hold")
        assert (refused.status, "EVSE 1 is in use" in refused.text) == (409, True)

    visiting(story, tmp_path)


def test_a_viewer_sees_names_and_last_use_and_can_neither_change_nor_export(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig)
        viewer = await rig.inside("viewer")
        page = (await viewer.get("/cards")).text
        seen = ("Anna &lt;b&gt;", "last used 2026-11-23 08:00:00 UTC, 3 times", "never used", "from the configuration file", "first")
        assert [text for text in seen if text not in page] == []
        assert "/cards/forget" not in page
        for path in ("hold", "hold/end", "enrol", "rename", "forget", "import"):
            assert (await viewer.post(f"/cards/{path}", {"id": "1", "name": "x", "number": "04A1B2C3", "hold": "a"})).status == 403
        for path in ("export", "hold/a1b2"):
            assert (await viewer.get(f"/cards/{path}")).status == 403
        assert asked.asked == [ListCards()]

    visiting(story, tmp_path)


def test_cards_are_enrolled_by_number_named_and_forgotten_and_refusals_are_told(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig)
        technician = await rig.inside("technician")
        for path, form, question in (
            ("enrol", {"number": "04A1B2C3", "name": "Ben"}, EnrolCard(name="Ben", number="04A1B2C3")),
            ("rename", {"id": "1", "name": "Ann"}, RenameCard(1, "Ann")),
            ("forget", {"id": "1"}, ForgetCard(1)),
            ("enrol", {"number": "9" * 9_000, "name": "x" * 9_000}, EnrolCard(name="x" * 100, number="9" * 100)),
            ("forget", {"id": "9" * 400}, ForgetCard(0)),
        ):
            assert (await technician.post(f"/cards/{path}", form)).status == 303
            assert asked.asked[-1] == question
        before = len(asked.asked)
        assert (await technician.post("/cards/enrol", {"number": "04A1B2C3"})).status == 400
        assert (await technician.post("/cards/enrol", {"name": "Ben"})).status == 400
        assert asked.asked[before:] == [ListCards(), ListCards()]
        asked.answers["EnrolCard"] = CardsChanged(outcome="refused", message="XY: expected hexadecimal digits")
        refused = await technician.post("/cards/enrol", {"number": "XY", "name": "Ben"})
        assert (refused.status, "XY: expected hexadecimal digits." in refused.text) == (409, True)
        asked.answers["ForgetCard"] = CardsChanged(outcome="unknown", message="card 9: there is none")
        assert (await technician.post("/cards/forget", {"id": "9"})).status == 404

    visiting(story, tmp_path)


def test_a_table_goes_in_by_parcels_and_comes_out_with_full_numbers(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        taken: list[NewCard] = []

        def enrol(question: EnrolCards) -> CardsChanged:
            taken.extend(question.cards)
            return CardsChanged(outcome="done", message="", enrolled=len(question.cards) - 1, refused=("04: too <short>",))

        asked = station(rig, EnrolCards=enrol, ExportCards=ExportedCards((NewCard(number="04A1B2C3", name="-Anna"),)))
        technician = await rig.inside("technician")
        table = "number;name\n" + "".join(f"04A1B2{number:04X};Müller {number}\n" for number in range(300))
        done = await import_table(technician, table.encode("utf-8-sig"))
        assert (done.status, len(taken), taken[299].name) == (200, 300, "Müller 299")
        parcels = sum(isinstance(question, EnrolCards) for question in asked.asked)
        assert 2 < parcels <= cards.REFUSALS
        assert f"{300 - parcels} enrolled, 0 named anew, {parcels} refused." in done.text
        assert done.text.count("04: too &lt;short&gt;") == parcels
        out = await technician.get("/cards/export")
        assert out.text == "number,name\r\n04A1B2C3,'-Anna\r\n"
        assert [line["info"] for line in rig.logged][-1] == "cards exported: 1 with their numbers"

    visiting(story, tmp_path)


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        (b"", 400, "none was chosen"),
        (b"04A1B2C3,M\xfcller\n", 400, "not UTF-8 at byte 10"),
        (b"04A1,x\n,Anna\n", 400, "line 2: no number of a card"),
        (b"7" * 101, 400, "101 characters; expected lines like"),
        (b"04A1\n" * 10_001, 400, "at most 10000 are read"),
        (b"a" * 200_000, 400, "not a table"),
        (b"x" * 1_000_001, 400, "more than 1,000,000 bytes"),
        (b"x" * 1_010_001, 413, "larger than this page takes"),
    ],
)
def test_what_is_no_table_of_cards_enrols_nobody(data: bytes, status: int, told: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        asked = station(rig)
        answer = await import_table(await rig.inside("technician"), data)
        assert (answer.status, told in answer.text) == (status, True), answer.text
        assert [question for question in asked.asked if isinstance(question, EnrolCards)] == []

    visiting(story, tmp_path)


def test_an_import_that_breaks_off_says_how_far_it_came(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        answers = iter([CardsChanged(outcome="done", message="", enrolled=40, renamed=2)])

        def enrol(question: EnrolCards) -> CardsChanged:
            answer = next(answers, None)
            if answer is None:
                raise InquiryError("no station answers")
            return answer

        station(rig, EnrolCards=enrol)
        answer = await import_table(await rig.inside("technician"), b"04A1B2C3,Somebody\n" * 300)
        assert answer.status == 503
        assert all(text in answer.text for text in ("40 enrolled, 2 named anew", "Import the same file again"))

    visiting(story, tmp_path)


def test_of_a_thousand_cards_one_is_found(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        many = tuple(ListedCard(id=n, token=f"***{n:04}", kind="", name=f"Name {n}", added="", last_used="", uses=0) for n in range(1_000))
        station(rig).answers["ListCards"] = CardList(cards=many, room=0, asks_first=False)
        viewer = await rig.inside("viewer")
        assert (await viewer.get("/cards")).text.count('class="row"') == 100
        assert "Name 950<" in (await viewer.get("/cards?from=900")).text
        assert (await viewer.get("/cards?search=name+77")).text.count('class="row"') == 11
        assert (await viewer.get("/cards?search=%00%3Cb&from=-1")).text.count('class="row"') == 0

    visiting(story, tmp_path)
