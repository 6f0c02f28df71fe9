"""Commands for places that are not there, and such as break every rule: answered as 2.0.1 wants it, and nothing is changed (F, G, P)."""

import asyncio
from typing import Any

import pytest

from chargepoint.link.messages import Revoke, Unlock
from tests.station.rig import Game, PlayedCsms, play
from tests.station.words_201 import BOTH, Json, call, messages, says, second, speak_201, token

PROPERTY, TYPE, OCCURRENCE = "PropertyConstraintViolation", "TypeConstraintViolation", "OccurrenceConstraintViolation"
HUGE, LONG = 10**30, "x" * 100_000
NOWHERE: tuple[Json, ...] = ({"id": 0}, {"id": -1}, {"id": 7}, {"id": 2**31}, {"id": 1, "connectorId": 0}, {"id": 1, "connectorId": -1})
NOWHERE += ({"id": 1, "connectorId": 9}, {"id": 7, "connectorId": 9}, {"id": 0, "connectorId": 0})
APP = token("APP", "Central")

Row = tuple[str, Json, str]


def starts(status: str, *changes: Json) -> list[Row]:
    return [("RequestStartTransaction", {"idToken": APP, "remoteStartId": 1, "evseId": 2} | change, status) for change in changes]


def rows(action: str, status: str, *payloads: Json) -> list[Row]:
    return [(action, payload, status) for payload in payloads]


HOSTILE: list[Row] = [
    *starts("Rejected", *({"evseId": evse} for evse in (0, -1, 7, 2**31))),
    *starts("Rejected", {"evseId": 1}),
    *starts(PROPERTY, {"evseId": HUGE}, {"remoteStartId": HUGE}, {"idToken": token("x" * 37)}, {"idToken": token("x", "Nothing")}),
    *starts(TYPE, {"evseId": 1.5}, {"evseId": "2"}, {"remoteStartId": None}, {"idToken": "APP"}, {"evseId": [2]}),
    *starts(OCCURRENCE, {"idToken": {}}, {"chargingProfile": {}}),
    *rows("RequestStartTransaction", OCCURRENCE, {}, {"idToken": APP}, {"remoteStartId": 1}),
    *rows("RequestStopTransaction", "Rejected", *({"transactionId": text} for text in ("", "17", "x" * 36, "' OR 1=1 --", "%", "\0"))),
    *rows("RequestStopTransaction", PROPERTY, {"transactionId": LONG}),
    *rows("RequestStopTransaction", TYPE, {"transactionId": 17}),
    *rows(
        "UnlockConnector",
        "UnknownConnector",
        *({"evseId": evse, "connectorId": connector} for evse in (0, -1, 7, 1) for connector in (0, -1, 9)),
        {"evseId": 7, "connectorId": 1},
    ),
    *rows("UnlockConnector", PROPERTY, {"evseId": HUGE, "connectorId": 1}),
    *rows("UnlockConnector", OCCURRENCE, {"evseId": 1}, {"connectorId": 1}),
    *rows(
        "ChangeAvailability",
        "Rejected",
        *({"operationalStatus": wanted, "evse": evse} for evse in NOWHERE for wanted in ("Inoperative", "Operative")),
    ),
    *rows("ChangeAvailability", PROPERTY, {"operationalStatus": "Maybe"}, {"operationalStatus": "Inoperative", "evse": {"id": HUGE}}),
    *rows(
        "ChangeAvailability",
        OCCURRENCE,
        {},
        {"operationalStatus": "Inoperative", "evse": {}},
        {"operationalStatus": "Inoperative", "evse": {"connectorId": 1}},
    ),
    *rows("ChangeAvailability", TYPE, {"operationalStatus": False}, {"operationalStatus": "Inoperative", "evse": 1}),
    *rows(
        "TriggerMessage",
        "Rejected",
        *(
            {"requestedMessage": message, "evse": evse}
            for message in ("StatusNotification", "MeterValues", "TransactionEvent")
            for evse in NOWHERE
        ),
    ),
    *rows("TriggerMessage", PROPERTY, {"requestedMessage": "Everything"}, {"requestedMessage": "Heartbeat", "evse": {"id": HUGE}}),
    *rows("TriggerMessage", OCCURRENCE, {}, {"requestedMessage": "Heartbeat", "evse": {"connectorId": 1}}),
    *rows(
        "DataTransfer",
        "UnknownVendorId",
        {"vendorId": ""},
        {"vendorId": "x" * 255, "data": LONG},
        {"vendorId": "org.openchargealliance.costmsg"},
    ),
    *rows("DataTransfer", PROPERTY, {"vendorId": "x" * 256}, {"vendorId": "x", "messageId": "x" * 51}),
    *rows("DataTransfer", OCCURRENCE, {}, {"data": {"vendorId": "x"}}),
    *rows("DataTransfer", TYPE, {"vendorId": None}),
]


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


def standing(game: Game) -> Any:
    """All that a command could change."""
    told = [message for message in game.control.heard if isinstance(message, Revoke | Unlock)]
    variables = game.store.facts.changed_variables()
    sessions, sent = dict(game.station.transacting.sessions), [message for _, message in game.csms.asked]
    return sessions, game.store.facts.inoperative(), game.store.outbox.waiting(), told, variables, sent


def test_nothing_of_it_does_anything() -> None:
    """P01.FR.05, F03.FR.08, F05.FR.03. A car charges at EVSE 1, nobody is at EVSE 2."""

    async def script(game: Game) -> None:
        speak_201(game)
        second(game)
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(5)
        before = standing(game)
        wrong = []
        for action, payload, wanted in HOSTILE:
            answer = await call(game, action, **payload)
            got = answer.get("status") or answer["error"]
            if got != wanted or standing(game) != before:
                wrong.append((action, str(payload)[:150], wanted, got, standing(game) == before))
        assert wrong == []

    play(script, evses=BOTH, keys={"AuthorizeRemoteTxRequests": "false"})


@pytest.mark.parametrize("message", ["MeterValues", "LogStatusNotification", "TransactionEvent"])
def test_of_a_flood_of_triggers_whatever_is_accepted_is_sent(message: str) -> None:
    """F06.FR.10."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        speak_201(game)
        game.csms.asked.clear()
        async with game.csms._one:  # the CSMS is slow
            answers = [await says(game, "TriggerMessage", requestedMessage=message) for _ in range(150)]
        await asyncio.sleep(10)
        came = [action for action, payload in messages(game) if payload.get("triggerReason", "Trigger") == "Trigger"]
        assert set(answers) <= {"Accepted", "Rejected"}
        assert came.count(message) == answers.count("Accepted") >= 100

    play(script)
