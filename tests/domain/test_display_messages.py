"""Which messages are to be seen at an EVSE."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chargepoint.domain.display_messages import Bulletin, DisplayMessage, MessagePriority, MessageState, Scene, bulletin, over

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FRONT, ALWAYS = MessagePriority.IN_FRONT, MessagePriority.ALWAYS_FRONT


def message(text: str, priority: MessagePriority = MessagePriority.NORMAL_CYCLE, **more: Any) -> DisplayMessage:
    return DisplayMessage(id=1, priority=priority, format="UTF8", content=text, **more)


def scene(**more: Any) -> Scene:
    return Scene(**{"evse": 1, "state": MessageState.IDLE, "transactions": frozenset({"t-1"}), **more})


@pytest.mark.parametrize(
    ("messages", "seen"),
    [
        ([message("a"), message("b")], Bulletin((), ("a", "b"))),
        ([message("a"), message("b", FRONT), message("c", FRONT)], Bulletin(("b", "c"), ("a",))),
        ([message("a"), message("b", FRONT), message("c", ALWAYS)], Bulletin(("c",))),
        ([message("a", start=NOON + HOUR), message("b", end=NOON), message("c", start=NOON, end=NOON + HOUR)], Bulletin((), ("c",))),
        ([message("a", state=MessageState.CHARGING), message("b", state=MessageState.IDLE)], Bulletin((), ("b",))),
        ([message("a", evse=2), message("b", evse=1), message("c", transaction_id="t-2")], Bulletin((), ("b",))),
        ([message("a", ALWAYS, start=NOON + HOUR), message("b")], Bulletin((), ("b",))),
        ([message("a"), message("b", FRONT, transaction_id="t-1")], Bulletin(("b",), ("a",))),
        ([message("a", FRONT), message("b", ALWAYS, transaction_id="t-1")], Bulletin(("b",))),
    ],
)
def test_what_is_to_be_seen(messages: list[DisplayMessage], seen: Bulletin) -> None:
    """O01.FR.13, O01.FR.15, O01.FR.20, O01.FR.23; O02.FR.15, O02.FR.17: of a transaction or not, what names no display is for all."""
    assert bulletin(messages, scene(), NOON) == seen


def test_the_drivers_language_comes_first_then_english() -> None:
    """O01.FR.08, O01.FR.09, O02.FR.08, O02.FR.09."""
    messages = [message("bonjour", language="fr"), message("hello", language="en-US"), message("hallo", language="de")]
    assert bulletin(messages, scene(), NOON).cycle == ("bonjour", "hello", "hallo")
    assert bulletin(messages, scene(languages=("de-AT", "fr")), NOON).cycle == ("hallo", "bonjour", "hello")
    assert bulletin(messages, scene(languages=("nl",)), NOON).cycle == ("hello", "bonjour", "hallo")


def test_a_message_is_over_with_its_time_and_its_transaction() -> None:
    assert over(message("a", end=NOON), NOON, ())
    assert not over(message("a", end=NOON + HOUR), NOON, ())
    assert over(message("a", transaction_id="t-1"), NOON, ("t-2",))
    assert not over(message("a", transaction_id="t-1"), NOON, ("t-1",))
