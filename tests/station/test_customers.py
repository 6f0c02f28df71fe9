"""What a station keeps of a customer: told, taken away, or both."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.certificates import CertificateHash, HashAlgorithm
from chargepoint.domain.commands import CustomerInformation, LocalListEntry, Outcome, ReserveNow, SendLocalList, Verdict
from chargepoint.domain.customer import CLEARED, LONGEST, parts
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import Answer, Notification, NotifyCustomerInformation, ReservationStatusUpdate, TransactionAnswer
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.inquiry.cards import EnrolCard
from chargepoint.inquiry.sessions import ListTransactions
from chargepoint.station.csms import CsmsOffline, CsmsRefused, CsmsSilent
from chargepoint.station.customers import LOOK_S
from chargepoint.store.outbox import WINDOW
from hal.measured import TokenSeen
from tests.station.rig import MIDNIGHT, Game, PlayedControl, play

ANNA = IdToken("04A1B2C3D4")
BERT = IdToken("04D4E5F6A7")
CERTIFICATE = CertificateHash(HashAlgorithm.SHA256, "aa", "bb", "1")


async def asked(game: Game, *, request_id: int = 9, report: bool = True, clear: bool = False, **who: Any) -> Verdict:
    outcome, after = await game.station.obey(CustomerInformation(request_id=request_id, report=report, clear=clear, **who))
    assert isinstance(outcome, Outcome)
    if after is not None:
        after()
        await game.until(lambda: any(part.request_id == request_id and not part.to_be_continued for part in told(game)))
    return outcome.verdict


def told(game: Game) -> list[NotifyCustomerInformation]:
    return [each for each in game.csms.of(NotifyCustomerInformation) if isinstance(each, NotifyCustomerInformation)]


def last(game: Game) -> str:
    """The last report, put together."""
    parts = told(game)
    first = max(number for number, part in enumerate(parts) if part.seq_no == 0)
    assert [part.seq_no for part in parts[first:]] == list(range(len(parts) - first))
    return "".join(part.data for part in parts[first:])


async def inquire(game: Game, question: Any) -> Any:
    return await game.station.takers[type(question)](question)


async def charges(game: Game, token: IdToken, number: int = 1) -> None:
    """A whole session."""
    await game.swipe(TokenSeen(token.value))
    game.control.plug(number)
    await asyncio.sleep(1)
    game.control.charge()
    await asyncio.sleep(20)
    game.control.unplug(2000 * number)
    await game.until(lambda: game.transaction is None)
    await asyncio.sleep(2)


def test_all_that_is_kept_of_somebody_is_told_and_of_nobody_else(tmp_path: Path) -> None:
    """N09.FR.02, N09.FR.05."""

    async def script(game: Game) -> None:
        await charges(game, ANNA)
        await charges(game, BERT, 2)
        await inquire(game, EnrolCard(number=ANNA.value, name="Anna"))
        listed = LocalListEntry(ANNA, TokenInfo(AuthorizationStatus.ACCEPTED))
        await game.station.obey(SendLocalList(1, True, (listed,)))
        await game.station.obey(ReserveNow(id=4, token=ANNA, expires=MIDNIGHT + timedelta(hours=1), evse=1))
        assert await asked(game, token=IdToken(ANNA.value.lower())) is Verdict.ACCEPTED
        report = last(game)
        words = ("authorisation list: 04A1B2C3D4: Accepted", "name 'Anna'", "reservation 4", "transaction ", "history that name ***C3D4: 1")
        assert [each for each in words if each not in report] == []
        assert BERT.value not in report
        assert report.count("transaction ") == 1

    play(script, tmp_path / "store")


def test_what_is_taken_away_is_gone_and_the_list_and_others_stay(tmp_path: Path) -> None:
    """N10.FR.01, N10.FR.03, N10.FR.04."""

    async def script(game: Game) -> None:
        await charges(game, ANNA)
        await charges(game, BERT, 2)
        await inquire(game, EnrolCard(number=ANNA.value, name="Anna"))
        await game.station.obey(ReserveNow(id=4, token=ANNA, expires=MIDNIGHT + timedelta(hours=1), evse=1))
        game.csms.version = "2.0.1"
        assert await asked(game, token=ANNA, clear=True) is Verdict.ACCEPTED
        assert "name 'Anna'" in last(game), "what has gone is told"
        assert game.store.tokens.recall(ANNA) is None
        assert game.store.tokens.recall(BERT) is not None
        assert game.store.cards.find(ANNA) is None
        assert game.store.transactions.of(ANNA) == []
        assert len(game.store.transactions.of(BERT)) == 1
        assert len((await inquire(game, ListTransactions())).lines) == 2, "what happened stays"
        await asyncio.sleep(2)
        assert game.csms.of(ReservationStatusUpdate), "the CSMS hears of what it did not end itself"
        assert await asked(game, token=ANNA, request_id=10) is Verdict.ACCEPTED
        assert last(game) == ""

    play(script, tmp_path / "store")


def test_what_is_taken_away_without_a_report_is_said_in_one_message(tmp_path: Path) -> None:
    """N10.FR.06. The list of the CSMS is for the CSMS to change."""

    async def script(game: Game) -> None:
        listed = TokenInfo(AuthorizationStatus.ACCEPTED, message="Hello Anna")
        await game.station.obey(SendLocalList(1, True, (LocalListEntry(ANNA, listed),)))
        await charges(game, ANNA)
        assert await asked(game, token=ANNA, report=False, clear=True) is Verdict.ACCEPTED
        assert [part.data for part in told(game)] == [CLEARED]
        await asked(game, token=ANNA, request_id=10)
        assert last(game) == "local authorisation list: 04A1B2C3D4: Accepted, message 'Hello Anna'"

    play(script, tmp_path / "store")


def test_a_transaction_that_runs_and_messages_that_wait_keep_their_token(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe(TokenSeen(ANNA.value))
        game.control.charge()
        await asyncio.sleep(20)
        await asked(game, token=ANNA, clear=True)
        assert "runs now" in last(game)
        await game.swipe(TokenSeen(ANNA.value))
        assert game.transaction is None or game.transaction.stop is not None, "its own card ends it"

    play(script, tmp_path / "store")


def test_what_a_transaction_needed_of_somebody_goes_when_it_has_ended_and_been_told(tmp_path: Path) -> None:
    """N10.FR.03, N10.FR.06. Over a power cut; what the CSMS says of the token meanwhile goes as well, a card enrolled anew stays."""

    async def runs(game: Game) -> None:
        await charges(game, ANNA)
        game.control.plug(2)
        await game.swipe(TokenSeen(ANNA.value))
        game.control.charge()
        await asyncio.sleep(20)
        await asked(game, token=ANNA, report=False, clear=True)
        game.csms.lose()
        await game.swipe(TokenSeen(ANNA.value))
        game.control.unplug(4000)
        await game.until(lambda: game.transaction is None)
        await asyncio.sleep(2 * LOOK_S)
        assert len(game.store.transactions.of(ANNA)) == 1, "its bill has yet to be told"

    async def told_now(game: Game) -> None:
        def knows_her(notification: Notification) -> Answer:
            known = isinstance(notification, TransactionEvent)
            return TransactionAnswer(game.csms.token) if known else game.csms.kindly(notification)

        game.csms.answer = knows_her
        await inquire(game, EnrolCard(number=ANNA.value, name="Anna"))
        game.csms.connect()
        await game.until(lambda: game.store.outbox.waiting() == 0)
        assert game.store.tokens.recall(ANNA) is not None
        await asyncio.sleep(2 * LOOK_S)
        assert len((await inquire(game, ListTransactions())).lines) == 2, "what happened stays"
        await asked(game, token=ANNA, request_id=10)
        assert last(game).startswith(f"card enrolled at the station: {ANNA.value}: name 'Anna'")
        assert "\n" not in last(game)

    control = PlayedControl()
    play(runs, tmp_path / "store", control)
    play(told_now, tmp_path / "store", control, connected=False)


def test_what_has_been_taken_away_is_told_over_a_broken_connection_and_a_power_cut(tmp_path: Path) -> None:
    """N10.FR.03, N10.FR.05: what has gone nobody else can tell."""
    wish = CustomerInformation(request_id=9, report=True, clear=True, token=ANNA)
    heard: list[str] = []

    async def cut(game: Game) -> None:
        for number in range(1, 9):
            await charges(game, ANNA, number)

        def answer(notification: Notification) -> Answer:
            if isinstance(notification, NotifyCustomerInformation) and notification.seq_no == 1:
                game.csms.lose()
                raise CsmsOffline
            return game.csms.kindly(notification)

        game.csms.answer = answer
        _, after = await game.station.obey(wish)
        assert after is not None
        after()
        await game.until(lambda: not game.csms.connected)
        heard.append(told(game)[0].data)
        assert game.store.transactions.of(ANNA) == []
        refused, _ = await game.station.obey(wish)
        assert isinstance(refused, Outcome)
        assert refused.verdict is Verdict.REJECTED, "it is on its way"

    async def back(game: Game) -> None:
        game.csms.connect()
        await game.until(lambda: game.station.maintenance.customers.progress.told)
        assert [part.seq_no for part in told(game)] == list(range(1, len(told(game)) + 1)), "what has been told is told"
        heard.extend(part.data for part in told(game))
        await asked(game, token=ANNA, request_id=10)
        assert told(game)[-1].data == ""

    play(cut, tmp_path / "store")
    play(back, tmp_path / "store", connected=False)
    assert "".join(heard).count("\ntransaction ") == 8


@pytest.mark.parametrize("trouble", [CsmsRefused("NotImplemented"), CsmsSilent()], ids=["refused", "ignored"])
def test_a_report_that_nobody_wants_is_not_kept(tmp_path: Path, trouble: Exception) -> None:
    """Whoever answers others and not this is told nothing more of it, and nothing of the customer stays in it."""

    async def script(game: Game) -> None:
        for number in range(1, 9):
            await charges(game, ANNA, number)

        def answer(notification: Notification) -> Answer:
            if isinstance(notification, NotifyCustomerInformation) and notification.request_id == 9:
                raise trouble
            return game.csms.kindly(notification)

        game.csms.answer = answer
        _, after = await game.station.obey(CustomerInformation(request_id=9, report=True, clear=True, token=ANNA))
        assert after is not None
        after()
        await asked(game, token=BERT, request_id=10, report=False, clear=True)
        assert {part.seq_no for part in told(game) if part.request_id == 9} == {0}
        await game.until(lambda: game.station.maintenance.customers.progress.told)
        assert game.store.jobs.load("customer_untold", list[Any]) == []
        assert game.store.outbox.given_up() == 0

    play(script, tmp_path / "store")


def test_a_customer_may_be_named_by_what_technicians_call_his_cards(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await inquire(game, EnrolCard(number=ANNA.value, name="Anna"))
        await inquire(game, EnrolCard(number=BERT.value, name="ANNA"))
        assert await asked(game, identifier="anna", clear=True) is Verdict.ACCEPTED
        assert ANNA.value in last(game)
        assert BERT.value in last(game)
        await asked(game, identifier="anna", request_id=10)
        assert last(game) == ""

    play(script, tmp_path / "store")


@pytest.mark.parametrize(
    ("wish", "verdict"),
    [
        ({}, Verdict.INVALID),
        ({"token": ANNA, "identifier": "Anna"}, Verdict.INVALID),
        ({"token": ANNA, "report": False}, Verdict.REJECTED),
        ({"certificate": CERTIFICATE}, Verdict.ACCEPTED),
        ({"identifier": " "}, Verdict.ACCEPTED),
    ],
)
def test_who_is_meant_and_what_for_has_to_be_said(tmp_path: Path, wish: dict[str, Any], verdict: Verdict) -> None:
    """N09.FR.06, N09.FR.07, N09.FR.09, N10.FR.07."""

    async def script(game: Game) -> None:
        assert await asked(game, **wish) is verdict
        assert [part.data for part in told(game)] == ([""] if verdict is Verdict.ACCEPTED else [])

    play(script, tmp_path / "store")


def test_the_same_request_is_refused_while_its_report_is_on_its_way(tmp_path: Path) -> None:
    """N09.FR.03, N10.FR.05."""

    async def script(game: Game) -> None:
        wish = CustomerInformation(request_id=9, report=True, clear=False, token=ANNA)
        _, after = await game.station.obey(wish)
        assert after is not None
        after()
        refused, nothing = await game.station.obey(wish)
        assert isinstance(refused, Outcome)
        assert (refused.verdict, nothing) == (Verdict.REJECTED, None)

    play(script, tmp_path / "store")


def test_a_long_report_comes_in_parts(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        for number in range(1, 9):
            await charges(game, ANNA, number)
        await asked(game, token=ANNA)
        parts: list[Notification] = game.csms.of(NotifyCustomerInformation)
        assert len(parts) > 1
        assert all(isinstance(part, NotifyCustomerInformation) and len(part.data) <= 512 for part in parts)
        lines = last(game).splitlines()
        assert sum(line.startswith("transaction ") for line in lines) == 8, "each on a line of its own, however it was cut"

    play(script, tmp_path / "store")


def test_the_parts_put_together_are_the_text() -> None:
    """N09.FR.05: a line that fits into a part is not cut."""
    lines = ["a" * number for number in (1, LONGEST - 1, LONGEST, 3 * LONGEST, 7)]
    pieces = list(parts(lines))
    assert "".join(pieces) == "\n".join(lines)
    assert all(0 < len(each) <= LONGEST for each in pieces)
    assert pieces[:2] == ["a", "\n" + "a" * (LONGEST - 1)]
    assert list(parts([])) == [""]


def test_a_long_queue_of_messages_holds_nobody_up(tmp_path: Path) -> None:
    """N09.FR.05: it is looked through window by window, with the others' turns between, and all of them are counted."""
    count = 5 * WINDOW + 7

    async def script(game: Game) -> None:
        named, other = ('{"token":' + msgspec.json.encode(token).decode() + "}" for token in (ANNA, BERT))
        row = "INSERT INTO outbox (number, lane, subject, message_id, body) VALUES (?, 'of no lane that leaves', 'x', ?, ?)"
        with game.store.commit():
            game.store._database.change_all(row, [(10_000 + n, f"m{n}", named if n % 7 else other) for n in range(count)])
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.ensure_future(others())
        outcome, after = await game.station.obey(CustomerInformation(request_id=9, report=True, clear=False, token=ANNA))
        beside.cancel()
        assert outcome == Outcome(Verdict.ACCEPTED)
        assert turns >= count // WINDOW
        assert after is not None
        after()
        await game.until(lambda: told(game))
        assert last(game) == f"messages for the CSMS that name {ANNA.key}: {sum(1 for n in range(count) if n % 7)}"

    play(script, tmp_path / "store")
