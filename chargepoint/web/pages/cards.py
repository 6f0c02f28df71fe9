"""``/cards``: the station's own cards: enrolled by holding or by number, named, forgotten, carried over as a table."""

from starlette.responses import Response

from chargepoint.domain.wording import sentence
from chargepoint.inquiry import tables
from chargepoint.inquiry.cards import (
    CardList,
    CardsChanged,
    EnrolCard,
    ExportCards,
    ExportedCards,
    ForgetCard,
    HeldCard,
    HoldCard,
    ListCards,
    ListedCard,
    NewCard,
    RenameCard,
    parcels,
)
from chargepoint.inquiry.client import InquiryError
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import ALONE, Visit, whole

HERE = "/cards"
SHOWN = 100
LONGEST = 100
"""Characters of a number, a name, a hold: more does not fit into a question, and is none."""
TABLE_BYTES, FORM_BYTES = 1_000_000, 1_010_000
REFUSALS = 20
IMPORT_S = 30.0
STATUS = {"done": 200, "refused": 409, "unknown": 404}


async def show(visit: Visit) -> Response:
    """Those that are sought, a page of them."""
    return await _page(visit)


async def hold(visit: Visit) -> Response:
    """Begin: the next card that is shown is looked at."""
    told = await visit.ask(HoldCard(), HeldCard)
    if told.state == "refused":
        return await _page(visit, f"No card can be held now: {told.message}.", 409)
    return visit.go(f"{HERE}/hold/{told.hold}")


async def look(visit: Visit) -> Response:
    """Has it been shown? The page asks again."""
    told = await visit.ask(HoldCard(hold=_bounded(visit.place("hold")) or "-"), HeldCard)
    if visit.part and told.state == "waiting":
        return Response(status_code=204, headers=ALONE)
    return visit.piece("card_held.html", held=told) if visit.part else visit.page("card_hold.html", held=told)


async def end(visit: Visit) -> Response:
    """No card is waited for any more."""
    name = _bounded(visit.field("hold"))
    if name:
        await visit.ask(HoldCard(hold=name, valid_for_s=0), HeldCard)
    return visit.go(HERE, "No card was enrolled.")


async def enrol(visit: Visit) -> Response:
    """The card that was shown, or the one of a number."""
    name, number, held = (_bounded(visit.field(each)) for each in ("name", "number", "hold"))
    if not name:
        return await _page(visit, "Name: empty; expected whose card it is. Nothing was changed.", 400)
    if not (number or held):
        return await _page(visit, "Number: empty; expected a number such as 04A1B2C3. Nothing was changed.", 400)
    return await _changed(visit, EnrolCard(name=name, hold=held, number=number), f"enrolled: {name}")


async def rename(visit: Visit) -> Response:
    """Another name."""
    name = _bounded(visit.field("name"))
    return await _changed(visit, RenameCard(_id(visit), name), f"renamed: {_id(visit)}, {name}")


async def forget(visit: Visit) -> Response:
    """It is no longer one of ours."""
    return await _changed(visit, ForgetCard(_id(visit)), f"forgotten: {_id(visit)}")


async def take(visit: Visit) -> Response:
    """A table of cards, from a file."""
    try:
        cards = _table(await _uploaded(visit))
    except tables.BadTable as error:
        return await _page(visit, f"Nothing was enrolled: {error}.", 400)
    enrolled, renamed, refused, cut = await _enrol(visit, cards)
    await visit.note("other", f"cards imported: {enrolled} enrolled, {renamed} renamed")
    said = f"{enrolled} enrolled, {renamed} named anew, {len(refused)} refused"
    if not refused and not cut:
        return visit.go(HERE, f"{said}.")
    return await _page(visit, f"{said}.{cut}", 200 if not cut else 503, refused)


async def give(visit: Visit) -> Response:
    """A table of those that were enrolled, with their numbers in full."""
    found = await visit.ask(ExportCards(), ExportedCards)
    await visit.note("other", f"cards exported: {len(found.cards)} with their numbers")
    return visit.download("".join(tables.cards(found.cards)).encode(), "text/csv; charset=utf-8", "cards.csv")


async def _uploaded(visit: Visit) -> bytes:
    upload = visit.upload("table")
    if upload is None:
        return b""
    try:
        return await upload.read(TABLE_BYTES + 1)
    finally:
        await upload.close()


def _table(data: bytes) -> tuple[NewCard, ...]:
    """Raises BadTable."""
    if not data.strip():
        raise tables.BadTable("the file is empty, or none was chosen; expected lines like 04A1B2C3,Anna")
    if len(data) > TABLE_BYTES:
        raise tables.BadTable(f"more than {TABLE_BYTES:,} bytes; split the table")
    try:
        cards = tables.read_cards(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise tables.BadTable(f"not UTF-8 at byte {error.start}; save the table as CSV UTF-8") from error
    long = next((card for card in cards if len(card.number) > LONGEST), None)
    if long is not None:
        raise tables.BadTable(f"number {long.number[:20]}…: {len(long.number)} characters; expected lines like 04A1B2C3,Anna")
    return tuple(NewCard(number=card.number, name=card.name[:LONGEST]) for card in cards)


async def _enrol(visit: Visit, cards: tuple[NewCard, ...]) -> tuple[int, int, list[str], str]:
    """How many were enrolled and named anew, why others were not; and what to do if it broke off."""
    enrolled = renamed = 0
    refused: list[str] = []
    for question in parcels(cards):
        try:
            answer = await visit.ask(question, CardsChanged, IMPORT_S)
        except InquiryError as error:
            return enrolled, renamed, refused, f" Then the station no longer answered: {error}. Import the same file again."
        enrolled, renamed = enrolled + answer.enrolled, renamed + answer.renamed
        refused += answer.refused
    return enrolled, renamed, refused, ""


async def _changed(visit: Visit, question: EnrolCard | RenameCard | ForgetCard, noted: str) -> Response:
    answer = await visit.ask(question, CardsChanged)
    said = sentence(answer.message)
    if answer.outcome != "done":
        return await _page(visit, said, STATUS[answer.outcome])
    await visit.note("other", f"card {noted}")
    return visit.go(HERE, said)


async def _page(visit: Visit, problem: str = "", status: int = 200, refused: list[str] | None = None) -> Response:
    listed = await visit.ask(ListCards(), CardList)
    sought = visit.query("search")[:LONGEST].strip()
    found = [card for card in listed.cards if _matches(card, sought.lower())]
    begin = whole(visit.query("from"), 6) or 0
    return visit.page(
        "cards.html",
        status,
        problem=problem,
        refused=(refused or [])[:REFUSALS],
        more_refused=max(0, len(refused or []) - REFUSALS),
        listed=listed,
        sought=sought,
        found=len(found),
        cards=found[begin : begin + SHOWN],
        begin=begin,
        step=SHOWN,
    )


def _matches(card: ListedCard, sought: str) -> bool:
    return sought in card.name.lower() or sought in card.token.lower()


def _bounded(text: str) -> str:
    return text.strip()[:LONGEST]


def _id(visit: Visit) -> int:
    return whole(visit.field("id")) or 0


ROUTES = (
    Get(HERE, show),
    Post(f"{HERE}/hold", hold),
    Get(f"{HERE}/hold/{{hold}}", look, needs="technician"),
    Post(f"{HERE}/hold/end", end),
    Post(f"{HERE}/enrol", enrol),
    Post(f"{HERE}/rename", rename),
    Post(f"{HERE}/forget", forget),
    Post(f"{HERE}/import", take, most_bytes=FORM_BYTES),
    Get(f"{HERE}/export", give, needs="technician"),
)
