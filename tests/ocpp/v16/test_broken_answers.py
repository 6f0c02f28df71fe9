"""Answers of a 1.6 CSMS that break their schema: what it was told counts as delivered, and what can be read of the answer is used."""

from typing import Any

import pytest
from hypothesis import given, settings

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.ids import ANY, IdToken
from chargepoint.domain.notifications import (
    Answer,
    Authorize,
    AuthorizeAnswer,
    BootAnswer,
    BootNotification,
    BootReason,
    Notification,
    Registration,
    TransactionAnswer,
)
from chargepoint.domain.transaction import EventKind
from chargepoint.station.csms import CsmsRefused
from tests.ocpp.examples import CARD, STATION, VALUES
from tests.ocpp.test_frames import JSON
from tests.ocpp.v2.test_broken_answers import heard
from tests.ocpp.v16.test_notifications import ACCEPTED, NEW_YEAR, event

BOOT = BootNotification(STATION, BootReason.POWER_UP)
START, METER, STOP = event(EventKind.STARTED, id_token=CARD), event(EventKind.UPDATED, values=VALUES), event(EventKind.ENDED)
INVALID = TokenInfo(AuthorizationStatus.INVALID)
UNCLEAR = TransactionAnswer(None, "17", unclear=True)


def said(status: Any, **more: Any) -> dict[str, Any]:
    return {"idTagInfo": {"status": status} | more}


BROKEN: list[tuple[Notification, Any, Answer]] = [
    (START, said("Invalid", parentIdTag=None, expiryDate=None) | {"transactionId": 17}, TransactionAnswer(INVALID, "17")),
    (START, said("Invalid", parentIdTag="G" * 21) | {"transactionId": 17}, TransactionAnswer(INVALID, "17")),
    (
        START,
        said("Accepted", parentIdTag="G", expiryDate=7, more=1) | {"transactionId": 17, "more": 1},
        TransactionAnswer(TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("G", ANY)), "17"),
    ),
    (START, said("accepted") | {"transactionId": "17"}, TransactionAnswer(ACCEPTED, "17")),
    (START, said("NoCredit") | {"transactionId": 17}, TransactionAnswer(TokenInfo(AuthorizationStatus.NO_CREDIT), "17")),
    (START, said("Authorised") | {"transactionId": 17}, UNCLEAR),
    (START, {"transactionId": 17}, UNCLEAR),
    (START, {"idTagInfo": None, "transactionId": 17}, UNCLEAR),
    (START, said("Accepted"), TransactionAnswer(ACCEPTED)),
    (START, said("Accepted") | {"transactionId": "a3-17"}, TransactionAnswer(ACCEPTED)),
    (START, said("Accepted") | {"transactionId": 1.5}, TransactionAnswer(ACCEPTED)),
    (START, said("Accepted") | {"transactionId": True}, TransactionAnswer(ACCEPTED)),
    (START, [], TransactionAnswer(unclear=True)),
    (METER, {"status": "Accepted"}, TransactionAnswer()),
    (METER, [], TransactionAnswer()),
    (STOP, {"idTagInfo": None}, TransactionAnswer()),
    (STOP, said("Fine"), TransactionAnswer(unclear=True)),
    (STOP, [], TransactionAnswer()),
    (Authorize(CARD), said("Blocked", parentIdTag=None), AuthorizeAnswer(TokenInfo(AuthorizationStatus.BLOCKED))),
    (Authorize(CARD), said("Accepted", expiryDate=None), AuthorizeAnswer(ACCEPTED)),
    (
        BOOT,
        {"status": "Accepted", "currentTime": "2027-01-01T00:00:00Z", "interval": "60", "statusInfo": "welcome"},
        BootAnswer(Registration.ACCEPTED, 60, NEW_YEAR),
    ),
    (BOOT, {"status": "Accepted", "heartbeatInterval": 60}, BootAnswer(Registration.ACCEPTED, 0, None)),
]


@pytest.mark.parametrize(("notification", "payload", "answer"), BROKEN)
def test_a_message_is_delivered_and_what_can_be_read_of_its_answer_is_used(
    notification: Notification, payload: Any, answer: Answer
) -> None:
    understood, notes = heard(notification, payload, "1.6")
    assert understood == answer
    assert [kind for kind, _ in notes] == ["InvalidMessages"]


def test_a_transaction_id_that_cannot_be_told_again_is_none() -> None:
    """It goes on with -1, as if nobody had answered (1.6-J errata 3.18): told again, it might be charged for twice."""
    assert heard(START, said("Accepted") | {"transactionId": 1 << 63}, "1.6") == (TransactionAnswer(ACCEPTED), [])


@settings(max_examples=60, deadline=None)
@given(info=JSON, number=JSON, more=JSON)
def test_whatever_is_answered_the_message_is_delivered(info: Any, number: Any, more: Any) -> None:
    for notification in (START, METER, STOP):
        answer, _ = heard(notification, {"idTagInfo": info, "transactionId": number, "more": more}, "1.6")
        assert isinstance(answer, TransactionAnswer)


@pytest.mark.parametrize(("notification", "payload"), [(Authorize(CARD), said("Fine")), (Authorize(CARD), []), (BOOT, {"status": "Fine"})])
def test_nobody_is_let_in_by_an_answer_that_does_not_say_so(notification: Notification, payload: Any) -> None:
    with pytest.raises(CsmsRefused, match=r"expected Accepted|idTagInfo|no JSON object"):
        heard(notification, payload, "1.6")
