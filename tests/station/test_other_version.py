"""A station whose CSMS speaks another version than before: what was told is not told twice, and what was not leaves whole.

Everything is encoded as it leaves, by the dialect that is spoken then, and held against its schema.
"""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.notifications import Answer, BootNotification, Notification, SecurityEvent, TransactionAnswer
from chargepoint.domain.transaction import EventKind, PathStep, TransactionEvent
from chargepoint.inquiry.undelivered import ListMessages, ResendMessages
from chargepoint.ocpp.dialect import Request, Site, load
from chargepoint.station.csms import CsmsRefused
from tests.station.rig import CARD, Game, play
from tests.station.test_recovery import control_after_boot
from tests.station.test_transacting import charge

BOTH = ("1.6", "2.0.1")
OTHER = {"1.6": "2.0.1", "2.0.1": "1.6"}
SAMPLED = {"MeterValueSampleInterval": "20", "MeterValuesSampledData": "Energy.Active.Import.Register", "LocalAuthorizeOffline": "true",
           "AllowOfflineTxForUnknownId": "true", "TransactionMessageAttempts": "3", "TransactionMessageRetryInterval": "10"}  # fmt: skip
TRANSACTIONS = ("StartTransaction", "MeterValues", "StopTransaction", "TransactionEvent")

both = pytest.mark.parametrize("before", BOTH)


Story = list[Request]


class Listener:
    """The CSMS at the socket: what it hears, in the version that is spoken; ``refuses``: it cannot take these."""

    def __init__(self, game: Game, version: str, story: Story | None = None) -> None:
        self.game = game
        self.story: Story = [] if story is None else story
        self.heard: list[Request] = []
        self.refuses: set[str] = set()
        self._kindly = game.csms.kindly
        game.csms.answer = self._answer
        game.csms.says = lambda notification: self._dialect.encode(notification) is not None  # type: ignore[method-assign]
        self._speak(version)

    def _speak(self, version: str) -> None:
        self.game.csms.version = version
        self.game.csms.resend_keeps_id = version == "1.6"
        self._dialect = load(version, Site((ConnectorId(1),), self.game.station.csms_transaction_id))

    def _answer(self, notification: Notification) -> Answer:
        request = self._dialect.encode(notification)
        assert request is not None, "whether it can be said is asked first"
        assert self._dialect.schemas.check_request(request.action, request.payload) is None, request
        self.heard.append(request)
        if request.action in self.refuses:
            raise CsmsRefused("InternalError", "no disk")
        self.story.append(request)
        if request.action == "StartTransaction":
            return TransactionAnswer(self.game.csms.token, str(16 + sum(each.action == "StartTransaction" for each in self.story)))
        return TransactionAnswer() if isinstance(notification, TransactionEvent) else self._kindly(notification)

    async def switch(self, version: str) -> None:
        """From now on this one is spoken; the station has said what it had to say."""
        if self.game.csms.connected:
            self.game.csms.lose()
        self.heard.clear()
        self._speak(version)
        self.game.csms.connect()
        await asyncio.sleep(1)
        await self.game.until(lambda: self.game.store.outbox.waiting() == 0 or self.refuses)
        await asyncio.sleep(1)

    def told(self) -> list[dict[str, Any]]:
        """What it has heard of transactions, with its action."""
        return [{"action": each.action, **each.payload} for each in self.heard if each.action in TRANSACTIONS]

    def numbers(self) -> list[tuple[str, int]]:
        """2.x: eventType and seqNo of each."""
        return [(each["eventType"], each["seqNo"]) for each in self.told()]

    def names(self) -> list[tuple[str, int | None]]:
        """1.6: action and transactionId of each."""
        return [(each["action"], each.get("transactionId")) for each in self.told()]


async def leave(game: Game, energy_wh: int = 2000) -> None:
    """The same card, the contactor opens, and the car drives away."""
    await game.swipe()
    game.control.open(energy_wh)
    await asyncio.sleep(1)
    game.control.unplug(energy_wh)
    await asyncio.sleep(5)


def begun(game: Game, version: str, story: Story | None = None) -> Listener:
    """A station that is connected in this version. ``story``: what CSMSs have heard before, which is added to."""
    listener = Listener(game, version, story)
    game.csms.connect()
    return listener


@both
def test_a_whole_transaction_without_a_connection_leaves_in_the_other_version(before: str) -> None:
    """What it says is what it would have said if that one had been spoken all the time; E11.FR.07."""

    async def script(game: Game) -> None:
        csms = begun(game, before)
        await asyncio.sleep(2)
        game.csms.lose()
        await charge(game)
        await asyncio.sleep(30)
        await leave(game)
        await csms.switch(OTHER[before])
        assert len(game.csms.of(BootNotification)) == 2, "another version is another registration"
        if before == "1.6":
            kinds, numbers = zip(*csms.numbers(), strict=True)
            assert (kinds[0], kinds[-1]) == ("Started", "Ended")
            assert list(numbers) == list(range(len(numbers)))
            assert all(each["offline"] for each in csms.told())
            assert len({each["transactionInfo"]["transactionId"] for each in csms.told()}) == 1
        else:
            (first, *rest) = csms.names()
            assert first == ("StartTransaction", None)
            assert rest[-1] == ("StopTransaction", 17)
            assert set(rest[:-1]) == {("MeterValues", 17)}
            start, stop = csms.told()[0], csms.told()[-1]
            assert (start["idTag"], start["meterStart"], stop["meterStop"]) == (CARD.value, 1000, 2000)
            assert start["timestamp"] < stop["timestamp"]
        assert csms.game.store.beginnings.unheard(before) is None, "its end has been told"

    play(script, connected=False, keys=SAMPLED)


@both
def test_one_that_runs_meanwhile_is_begun_anew_for_who_has_not_heard_it(before: str) -> None:
    async def script(game: Game) -> None:
        csms = begun(game, before)
        await charge(game)
        await game.until(lambda: game.store.outbox.waiting() == 0)
        first = csms.told()[0]
        await csms.switch(OTHER[before])
        again = csms.told()[0]
        assert again["timestamp"] == first["timestamp"], "it began when it began"
        await leave(game)
        await game.until(lambda: game.store.outbox.waiting() == 0)
        if before == "1.6":
            kinds, numbers = zip(*csms.numbers(), strict=True)
            assert (kinds[0], kinds[-1]) == ("Started", "Ended")
            assert list(numbers) == list(range(len(numbers))), "those that 1.6 has heard are no gap"
            assert again["offline"] is True
        else:
            names = csms.names()
            assert (names[0], names[-1]) == (("StartTransaction", None), ("StopTransaction", 17))
            assert (again["idTag"], again["meterStart"]) == (CARD.value, 1000)
        assert game.store.outbox.given_up() == 0

    play(script, connected=False, keys=SAMPLED)


def test_numbers_go_on_without_a_gap_however_often_the_version_changes(tmp_path: Path) -> None:
    """seqNo of 2.0.1 (E01.FR.07), the second half over a power cut."""
    heard: list[tuple[str, int]] = []

    async def changes(game: Game) -> None:
        csms = begun(game, "2.0.1") if game.control.boot == "boot-1" else begun(game, "1.6")
        if game.control.boot == "boot-1":
            await charge(game)
        for version in ("1.6", "2.0.1", "1.6", "2.0.1"):
            await asyncio.sleep(50)
            heard.extend(csms.numbers() if csms.game.csms.version != "1.6" else ())
            await csms.switch(version)
        await asyncio.sleep(50)
        if game.control.boot != "boot-1":
            game.control.unplug(2000)
            await asyncio.sleep(5)
        heard.extend(csms.numbers())

    path = tmp_path / "store"
    play(changes, path, connected=False, keys=SAMPLED)
    play(changes, path, control_after_boot(car=True), connected=False, keys=SAMPLED)
    assert [number for _, number in heard] == list(range(len(heard)))
    assert (heard[0][0], heard[-1][0]) == ("Started", "Ended")
    assert len(heard) > 8


@both
def test_and_whoever_has_heard_it_hears_it_once(before: str, tmp_path: Path) -> None:
    """There and back again, the second time over a power cut."""

    async def there(game: Game) -> None:
        csms = begun(game, before)
        await charge(game)
        await csms.switch(OTHER[before])
        assert len(csms.told()) == 1
        await csms.switch(before)
        assert csms.told() == []

    async def back(game: Game) -> None:
        csms = begun(game, OTHER[before])
        await asyncio.sleep(8)
        await csms.switch(before)
        game.control.unplug(2000)
        await asyncio.sleep(10)
        begins = [each for each in csms.told() if each["action"] == "StartTransaction" or each.get("eventType") == "Started"]
        assert begins == []
        assert csms.told()[-1].get("eventType", csms.told()[-1]["action"]) in ("Ended", "StopTransaction")

    path = tmp_path / "store"
    play(there, path, connected=False, keys=SAMPLED)
    play(back, path, control_after_boot(car=True), connected=False, keys=SAMPLED)


def judge(story: Story) -> int:
    """What the two CSMSs have heard, whichever it was in between: each transaction from its beginning, in order, nothing twice. How many
    ends there are."""
    started, stopped = 16, set[int]()
    numbers: dict[str, list[int]] = {}
    ended: list[str] = []
    for each in story:
        if each.action == "StartTransaction":
            started += 1
        elif each.action == "TransactionEvent":
            transaction = each.payload["transactionInfo"]["transactionId"]
            heard = numbers.setdefault(transaction, [])
            assert (each.payload["eventType"] == "Started") is (heard == [])
            assert transaction not in ended
            heard.append(each.payload["seqNo"])
            ended += [transaction] * (each.payload["eventType"] == "Ended")
        elif each.action in TRANSACTIONS and "transactionId" in each.payload:
            assert 16 < each.payload["transactionId"] <= started, each
            assert each.payload["transactionId"] not in stopped
            stopped |= {each.payload["transactionId"]} if each.action == "StopTransaction" else set()
    for heard in numbers.values():
        assert heard == list(range(len(heard)))
    return len(stopped) + len(ended)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_spoken_and_whatever_happens_each_hears_whole_stories(seed: int, tmp_path: Path) -> None:
    """Cars come and go, so do connections, versions change, and the power is cut twice."""
    dice, story, charged = random.Random(seed), Story(), [0]

    async def lives(game: Game) -> None:
        csms = begun(game, dice.choice(BOTH), story)
        for _ in range(12):
            state = game.control.state
            match dice.randrange(6):
                case 0 | 1 if game.transaction is None and state.plug_in is None:
                    await charge(game)
                    charged[0] += 1
                case 2 if game.transaction is not None and state.plug_in is not None:
                    await leave(game)
                case 3 if game.csms.connected:
                    game.csms.lose()
                case _:
                    await csms.switch(dice.choice(BOTH))
            await asyncio.sleep(dice.choice([1, 25, 70]))
        await csms.switch(dice.choice(BOTH))

    for part in range(3):
        control = control_after_boot(car=False, energy_wh=1000)
        control.boot = f"boot-{part}"
        play(lives, tmp_path / "store", control, connected=False, keys=SAMPLED)
    assert judge(story) >= charged[0] - 1 > 0, "only the last may still run"


def test_a_beginning_that_is_refused_is_tried_as_often_as_anything_and_holds_up_nobody() -> None:
    async def script(game: Game) -> None:
        csms = begun(game, "2.0.1")
        await charge(game)
        await game.until(lambda: game.store.outbox.waiting() == 0)
        csms.refuses = {"StartTransaction"}
        await csms.switch("1.6")
        await asyncio.sleep(60)
        assert csms.names()[:3] == [("StartTransaction", None)] * 3
        ids = {message_id for message_id, said in game.csms.asked if _repeated(said) and message_id is not None}
        assert len(ids) == 1, "in 1.6 a message that is sent again keeps its id"
        await leave(game)
        await game.until(lambda: game.store.outbox.waiting() == 0)
        assert csms.names()[-1] == ("StopTransaction", -1), "1.6 errata 3.18"

    play(script, connected=False, keys=SAMPLED)


@pytest.mark.parametrize("noted", [True, False], ids=["as it is kept", "as an earlier release kept it"])
def test_a_beginning_that_was_refused_is_put_aside_and_told_when_a_technician_sends_it_again(noted: bool) -> None:
    """Once: there is no end to come after it that a CSMS of the first version would have to hear a beginning for."""

    async def script(game: Game) -> None:
        csms = begun(game, "2.0.1")
        await charge(game)
        await game.until(lambda: game.store.outbox.waiting() == 0)
        told = len(csms.told())
        if not noted:
            with game.store.commit():
                game.store._database.change("UPDATE facts SET value = json_extract(value, '$[1]') WHERE name LIKE 'unheard %'")
        csms.refuses = {"StartTransaction"}
        await csms.switch("1.6")
        await asyncio.sleep(60)
        undelivered = game.station.uplink.undelivered
        (message,) = (await undelivered.list(ListMessages())).messages
        assert (message.kind, message.attempts, message.cause) == ("Started", 3, "InternalError: no disk")
        await csms.switch("2.0.1")
        await asyncio.sleep(25)
        assert csms.numbers()[0] == ("Updated", told), "there is no gap"
        await csms.switch("1.6")
        await leave(game)
        await game.until(lambda: game.store.outbox.waiting() == 0)
        csms.refuses, csms.heard = set(), []
        await undelivered.resend(ResendMessages((message.number,)))
        await game.until(lambda: game.store.outbox.waiting() == 0)
        assert csms.names() == [("StartTransaction", None)]
        await csms.switch("2.0.1")
        assert csms.told() == []

    play(script, connected=False, keys=SAMPLED)


def _repeated(said: Notification) -> bool:
    return isinstance(said, TransactionEvent) and (said.kind is EventKind.STARTED or said.path.step is PathStep.CLOSES)


@pytest.mark.parametrize(("before", "name"), [("1.6", "InvalidCsmsCertificate"), ("2.0.1", "InvalidCentralSystemCertificate")])
def test_security_events_have_the_names_of_the_version_in_which_they_are_told(before: str, name: str) -> None:
    async def script(game: Game) -> None:
        csms = begun(game, before)
        await asyncio.sleep(2)
        game.csms.lose()
        game.station.security.log.note("InvalidCsmsCertificate", "expired")
        await csms.switch(OTHER[before])
        told = [each.payload["type"] for each in csms.heard if each.action == "SecurityEventNotification"]
        assert told == [name]
        assert len(game.csms.of(SecurityEvent)) >= 1

    play(script, connected=False)


@both
def test_what_was_given_up_in_one_version_is_sent_again_in_the_other(before: str) -> None:
    async def script(game: Game) -> None:
        csms = begun(game, before)
        csms.refuses = set(TRANSACTIONS)
        await charge(game)
        await leave(game)
        await game.until(lambda: game.store.outbox.waiting() == 0, 600)
        given_up = game.store.outbox.given_up()
        assert given_up >= 2
        csms.refuses = set()
        await csms.switch(OTHER[before])
        assert csms.told() == [], "nobody sends again what was given up but a technician"
        with game.store.commit():
            assert game.store.outbox.resend() == given_up
        game.station.uplink.delivery.nudge()
        await game.until(lambda: game.store.outbox.waiting() == 0)
        if before == "1.6":
            kinds = [kind for kind, _ in csms.numbers()]
            assert (kinds[0], kinds[-1]) == ("Started", "Ended")
        else:
            assert (csms.names()[0], csms.names()[-1]) == (("StartTransaction", None), ("StopTransaction", 17))

    play(script, connected=False, keys=SAMPLED)
