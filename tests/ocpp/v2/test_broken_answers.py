"""Answers of a CSMS that break their schema: what it was told counts as delivered, and what can be read of the answer is used."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import (
    Answer,
    Authorize,
    AuthorizeAnswer,
    BootAnswer,
    MeterValues,
    Notification,
    Received,
    Registration,
    TransactionAnswer,
)
from chargepoint.domain.transaction import EventKind
from chargepoint.station.csms import CsmsRefused
from tests import virtual_time
from tests.ocpp.examples import CARD, FIRST, VALUES
from tests.ocpp.rig import Talk, answer_with
from tests.ocpp.test_frames import JSON
from tests.ocpp.v2.test_notifications import BOOT, NEW_YEAR, event

ACCEPTED, INVALID = TokenInfo(AuthorizationStatus.ACCEPTED), TokenInfo(AuthorizationStatus.INVALID)
STARTED, UPDATED = event(EventKind.STARTED, id_token=CARD), event(EventKind.UPDATED)
GROUP = {"idToken": "G", "type": "Central"}
AT = "2027-01-01T00:00:00Z"


def heard(notification: Notification, payload: Any, version: str = "2.0.1") -> tuple[Answer, list[tuple[str, str]]]:
    """What it is understood as, and what the security log hears of it."""

    async def main() -> tuple[Answer, list[tuple[str, str]]]:
        async with Talk(version) as talk:
            answer = await answer_with(talk, notification, payload)
            return answer, talk.station.notes

    return virtual_time.run(main())


def said(status: Any, **more: Any) -> dict[str, Any]:
    return {"idTokenInfo": {"status": status} | more}


TEXT = {"format": "UTF8", "content": "x" * 600}
BROKEN: list[tuple[dict[str, Any], TransactionAnswer, str]] = [
    (
        said("Invalid", personalMessage=TEXT),
        TransactionAnswer(TokenInfo(AuthorizationStatus.INVALID, message="x" * 512)),
        "idTokenInfo.personalMessage.content: the value is longer than 512 characters",
    ),
    (said("Invalid", language1="de-Latn-DE-1996"), TransactionAnswer(INVALID), "idTokenInfo.language1: the value is longer than 8"),
    (said("Invalid", surprise=1), TransactionAnswer(INVALID), "idTokenInfo: Additional properties are not allowed ('surprise'"),
    (said("Invalid") | {"surprise": [1]}, TransactionAnswer(INVALID), "payload: Additional properties"),
    (said("Invalid", cacheExpiryDateTime=7), TransactionAnswer(INVALID), "idTokenInfo.cacheExpiryDateTime: the value is not of type"),
    (said("Invalid", groupIdToken=None), TransactionAnswer(INVALID), "idTokenInfo.groupIdToken: the value is not of type"),
    (
        said("Accepted", groupIdToken={**GROUP, "idToken": "G" * 37}),
        TransactionAnswer(ACCEPTED),
        "groupIdToken.idToken: the value is longer",
    ),
    (
        said("Accepted", groupIdToken={**GROUP, "more": 1}),
        TransactionAnswer(TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("G", "Central"))),
        "idTokenInfo.groupIdToken: Additional properties",
    ),
    (
        said("Accepted", evseId=["x", 1, None, "3", "y"]),
        TransactionAnswer(TokenInfo(AuthorizationStatus.ACCEPTED, evses=(1, 3))),
        "idTokenInfo.evseId.0: the value is not of type",
    ),
    (said("accepted"), TransactionAnswer(ACCEPTED), "idTokenInfo.status: the value is not one of"),
    (said("Invalid", customData={}), TransactionAnswer(INVALID), 'idTokenInfo.customData: "vendorId" is a required property'),
    (
        said("Accepted") | {"updatedPersonalMessage": {"format": "PDF", "content": "x"}, "chargingPriority": "3"},
        TransactionAnswer(ACCEPTED, priority=3),
        "updatedPersonalMessage.format: the value is not one of",
    ),
    (said("Accepted") | {"totalCost": "12.50"}, TransactionAnswer(ACCEPTED, total_cost=Decimal("12.5")), "totalCost: the value is not of"),
    (said("Accepted") | {"totalCost": "much"}, TransactionAnswer(ACCEPTED), "totalCost: the value is not of type"),
    (said("Authorised"), TransactionAnswer(unclear=True), "idTokenInfo.status: the value is not one of"),
    (said(None), TransactionAnswer(unclear=True), "idTokenInfo.status: the value is not"),
    ({"idTokenInfo": {}}, TransactionAnswer(unclear=True), 'idTokenInfo: "status" is a required property'),
    ({"idTokenInfo": "Accepted"}, TransactionAnswer(unclear=True), "idTokenInfo: the value is not of type"),
]


@pytest.mark.parametrize(("payload", "answer", "breach"), BROKEN)
def test_an_event_is_delivered_and_what_can_be_read_of_its_answer_is_used(
    payload: dict[str, Any], answer: TransactionAnswer, breach: str
) -> None:
    understood, notes = heard(STARTED, payload)
    assert understood == answer
    assert [kind for kind, _ in notes] == ["InvalidMessages"]
    assert notes[0][1].startswith("answer to TransactionEvent: ")
    assert breach in notes[0][1]


@pytest.mark.parametrize(("notification", "unclear"), [(STARTED, True), (UPDATED, False)])
@pytest.mark.parametrize("payload", [[], "Accepted", 7])
def test_an_answer_that_is_no_object_says_nothing_and_the_event_is_delivered(
    notification: Notification, unclear: bool, payload: Any
) -> None:
    assert heard(notification, payload) == (
        TransactionAnswer(unclear=unclear),
        [("InvalidMessages", "answer to TransactionEvent: the payload is no JSON object")],
    )


def test_a_token_that_was_named_and_is_not_spoken_of_is_unclear() -> None:
    """Part 2, TransactionEventResponse: idTokenInfo is required then, though its schema does not say so."""
    assert heard(STARTED, {}) == (TransactionAnswer(unclear=True), [])
    assert heard(UPDATED, {}) == (TransactionAnswer(), [])


@settings(max_examples=150, deadline=None)
@given(
    payload=JSON
    | st.fixed_dictionaries(
        {},
        optional={
            "totalCost": JSON,
            "chargingPriority": JSON,
            "updatedPersonalMessage": JSON | st.fixed_dictionaries({"format": JSON, "content": JSON}),
            "idTokenInfo": st.fixed_dictionaries(
                {"status": JSON},
                optional={
                    "evseId": JSON,
                    "language1": JSON,
                    "groupIdToken": JSON | st.fixed_dictionaries({"idToken": JSON, "type": JSON, "additionalInfo": st.lists(JSON)}),
                    "personalMessage": JSON,
                    "cacheExpiryDateTime": JSON,
                },
            ),
        },
    )
)
def test_whatever_is_answered_the_event_is_delivered(payload: Any) -> None:
    answer, _ = heard(UPDATED, payload)
    assert isinstance(answer, TransactionAnswer)


@settings(max_examples=100, deadline=None)
@given(more=st.dictionaries(st.sampled_from(["personalMessage", "groupIdToken", "evseId", "language2", "customData", "x"]), JSON))
def test_no_word_beside_it_hides_that_a_token_is_invalid(more: dict[str, Any]) -> None:
    answer, _ = heard(UPDATED, said("Invalid", **more))
    assert isinstance(answer, TransactionAnswer)
    assert answer.info is not None
    assert answer.info.status is AuthorizationStatus.INVALID


OTHERS: list[tuple[Notification, Any, Any]] = [
    (Authorize(CARD), said("Blocked", personalMessage=TEXT), AuthorizeAnswer(TokenInfo(AuthorizationStatus.BLOCKED, message="x" * 512))),
    (Authorize(CARD), said("ACCEPTED", language1=None) | {"certificateStatus": "Fine"}, AuthorizeAnswer(ACCEPTED)),
    (
        BOOT,
        {
            "status": "Accepted",
            "currentTime": AT,
            "interval": 300,
            "statusInfo": {"reasonCode": "ok", "additionalInfo": "x" * 600},
        },
        BootAnswer(Registration.ACCEPTED, 300, NEW_YEAR),
    ),
    (BOOT, {"status": "accepted", "currentTime": 7, "interval": "300", "more": 1}, BootAnswer(Registration.ACCEPTED, 300, None)),
    (BOOT, {"status": "Pending", "statusInfo": {"reasonCode": "x" * 21}}, BootAnswer(Registration.PENDING, 0, None)),
    (MeterValues(1, FIRST, VALUES), [], Received()),
    (MeterValues(1, FIRST, VALUES), {"status": "Accepted"}, Received()),
]


@pytest.mark.parametrize(("notification", "payload", "answer"), OTHERS)
def test_no_other_answer_is_lost_for_what_nobody_needs(notification: Notification, payload: Any, answer: Answer) -> None:
    understood, notes = heard(notification, payload)
    assert understood == answer
    assert [kind for kind, _ in notes] == ["InvalidMessages"]


@pytest.mark.parametrize(
    ("notification", "payload", "why"),
    [
        (Authorize(CARD), said("Authorised"), "status of a token is 'Authorised'; expected Accepted, Blocked"),
        (Authorize(CARD), {}, "idTokenInfo"),
        (BOOT, {"status": "Fine", "currentTime": AT, "interval": 1}, "expected Accepted, Pending or Rejected"),
        (BOOT, [], "expected Accepted, Pending or Rejected"),
    ],
)
def test_nobody_is_let_in_by_an_answer_that_does_not_say_so(notification: Notification, payload: Any, why: str) -> None:
    with pytest.raises(CsmsRefused, match=why):
        heard(notification, payload)


def test_a_breach_is_logged_once_and_counted_each_time(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with Talk("2.0.1") as talk:
            for _ in range(3):
                await answer_with(talk, UPDATED, {"surprise": 1, "totalCost": "free"})
            assert len(talk.station.notes) == 3

    virtual_time.run(main())
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert all(line.startswith("event=answer_flawed action=TransactionEvent") for line in lines)
    assert any("totalCost: the value is not of type" in line and '"number"' in line for line in lines)
