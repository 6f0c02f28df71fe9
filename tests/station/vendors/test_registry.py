"""DataTransfer finds its vendor and its message, and nothing that a CSMS writes into it does harm."""

import asyncio
from typing import Any

import pytest

from chargepoint.domain.commands import DataTransfer, Outcome, Verdict
from chargepoint.domain.notifications import DataTransferAnswer, DataTransferOut, Notification
from chargepoint.ocpp.dialect import Site, load
from chargepoint.station.csms import CsmsOffline
from chargepoint.station.orders import Answered, FollowUp
from chargepoint.station.vendors.payloads import LONGEST, BadData, decoded
from chargepoint.station.vendors.registry import ACCEPTED, Registry, Vendor, rejected
from tests.station.rig import Game, PlayedCsms, play

V16, V201 = load("1.6", Site()), load("2.0.1", Site())


class Csms(PlayedCsms):
    """Answers whatever it is told."""

    def __init__(self) -> None:
        self.said: list[Notification] = []

    async def ask(self, notification: Notification, message_id: str | None = None) -> Any:
        self.said.append(notification)
        return DataTransferAnswer("Accepted", "pong")


def registry(**handlers: Any) -> Registry:
    made = Registry(Csms())
    made.register(Vendor("com.acme", handlers))
    return made


def obeyed(registry: Registry, message: str | None, data: Any = None, vendor: str = "com.acme") -> Answered:
    return asyncio.run(registry.obey(DataTransfer(vendor, message, data)))


def test_each_vendor_has_messages_of_its_own() -> None:
    """P01.FR.05, P01.FR.06, P01.FR.07, P02.FR.08."""
    known = registry(ping=lambda data: Outcome(Verdict.ACCEPTED, data={"heard": data}))
    known.register(Vendor("com.other", {"": lambda data: rejected("never"), "pong": lambda data: ACCEPTED}))
    assert obeyed(known, "PING", 1, "COM.acme") == (Outcome(Verdict.ACCEPTED, data={"heard": 1}), None)
    assert obeyed(known, "pong")[0].verdict is Verdict.UNKNOWN_MESSAGE  # type: ignore[union-attr]
    assert obeyed(known, None)[0].verdict is Verdict.UNKNOWN_MESSAGE  # type: ignore[union-attr]
    assert obeyed(known, None, vendor="com.other") == (Outcome(Verdict.REJECTED, "InvalidValue", "never", data="never"), None)
    assert obeyed(known, "ping", vendor="com.nobody") == (Outcome(Verdict.UNKNOWN_VENDOR), None)
    with pytest.raises(ValueError, match=r"com\.ACME: registered twice"):
        known.register(Vendor("com.ACME", {}))


def test_a_vendor_that_is_switched_off_is_not_there() -> None:
    on = False
    made = Registry(Csms())
    made.register(Vendor("com.acme", {"ping": lambda data: ACCEPTED}, lambda: on))
    assert obeyed(made, "ping")[0] == Outcome(Verdict.UNKNOWN_VENDOR)
    on = True
    assert obeyed(made, "ping")[0] == ACCEPTED


def test_a_handler_may_take_its_time_and_leave_something_to_do_after_the_answer() -> None:
    done: list[str] = []

    async def slow(data: Any) -> tuple[Outcome, FollowUp]:
        await asyncio.sleep(0)
        return ACCEPTED, lambda: done.append("after")

    reply, then = obeyed(registry(slow=slow), "slow")
    assert reply == ACCEPTED
    assert then is not None
    then()
    assert done == ["after"]


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "{",
        "[]",
        '"text"',
        "null",
        "{} {}",
        "\ud800",
        "[" * 60_000,
        '{"number": "x"}',
        '{"number": 1e999}',
        7,
        [1],
        "x" * (LONGEST + 1),
    ],
)
def test_data_that_cannot_be_read_is_rejected_with_the_reason(data: Any) -> None:
    def take(data: Any) -> Outcome:
        return Outcome(Verdict.ACCEPTED, data=decoded(data, dict[str, int]))

    outcome, _ = obeyed(registry(take=take), "take", data)
    assert isinstance(outcome, Outcome)
    assert (outcome.verdict, outcome.reason_code, bool(outcome.info)) == (Verdict.REJECTED, "InvalidValue", True)
    answer = V16.encode_reply("DataTransfer", DataTransfer("com.acme"), outcome)
    assert answer == {"status": "Rejected", "data": outcome.info}


def test_text_and_object_say_the_same() -> None:
    assert decoded('{"number": 7}', dict[str, int]) == decoded({"number": 7}, dict[str, int]) == {"number": 7}
    with pytest.raises(BadData, match="data is missing; expected a JSON object"):
        decoded(None, dict[str, int])


@pytest.mark.parametrize("data", [None, {"a": 1}, ["x" * 100_000]], ids=["none", "an object", "long"])
def test_what_the_station_says_is_answered(data: Any) -> None:
    """P02.FR.01, P02.FR.04, P02.FR.05."""
    known = registry()
    assert asyncio.run(known.ask("com.acme", "ping", data)) == DataTransferAnswer("Accepted", "pong")
    said = V201.encode(DataTransferOut("com.acme", "ping", data))
    assert said is not None
    assert said.payload == {"vendorId": "com.acme", "messageId": "ping"} | ({} if data is None else {"data": data})
    assert V201.schemas.check_request("DataTransfer", said.payload) is None


def test_the_station_knows_its_own_vendors_and_is_offline_like_everybody() -> None:
    async def script(game: Game) -> None:
        reply, _ = await game.station.obey(DataTransfer("com.acme", "clear-fault"))
        assert reply == Outcome(Verdict.UNKNOWN_VENDOR)
        reply, _ = await game.station.obey(DataTransfer("org.openchargealliance.costmsg", "SetPrice"))
        assert reply == Outcome(Verdict.UNKNOWN_MESSAGE)
        await game.station.vendors.registry.ask("com.acme", "hello")
        assert game.csms.of(DataTransferOut) == [DataTransferOut("com.acme", "hello")]
        game.csms.lose()
        with pytest.raises(CsmsOffline):
            await game.station.vendors.registry.ask("com.acme", "hello")

    play(script)


@pytest.mark.parametrize(("version", "there"), [("1.6", True), ("2.0.1", False)])
def test_what_2_x_has_messages_for_is_no_vendors_business_there(version: str, there: bool) -> None:
    """P01.FR.01, P02.FR.02; all of them have the name of a domain (P02.FR.03)."""

    async def script(game: Game) -> None:
        game.csms.version = version
        names = [vendor.id for vendor, _ in game.station.vendors.registry._vendors.values()]
        assert all(name.split(".")[0] in ("com", "org", "net") for name in names), names
        replies = [(await game.station.obey(DataTransfer(name, "no such message")))[0] for name in names]
        assert (Outcome(Verdict.UNKNOWN_MESSAGE) in replies) == there

    play(script)
