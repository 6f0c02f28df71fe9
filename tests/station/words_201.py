"""A game in the words of OCPP 2.0.1: what the CSMS says to the station, and what it is answered and told."""

import asyncio
import json
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.status import StatusNotification, availability_state
from chargepoint.link.messages import Event, EvseState
from chargepoint.ocpp.answering import answer
from chargepoint.ocpp.frames import Call
from hal.measured import MeterReading
from tests import virtual_time
from tests.ocpp.rig import dialect
from tests.station.rig import Game, settings

Json = dict[str, Any]

V201 = dialect("2.0.1")
BOTH = (settings().evses[0], replace(settings().evses[0], evse=2, connectors=(ConnectorId(2),)))
"""Two EVSEs with a socket each."""


def token(text: str, kind: str = "ISO14443") -> Json:
    """IdTokenType."""
    return {"idToken": text, "type": kind}


def speak_201(game: Game) -> None:
    """The CSMS speaks 2.0.1. Its ``version`` has to be that from the beginning."""
    assert game.csms.version == "2.0.1"
    game.csms.status_word = availability_state  # type: ignore[method-assign]
    game.csms.says = lambda notification: V201.encode(notification) is not None  # type: ignore[method-assign]


async def call(game: Game, action: str, **payload: Any) -> Json:
    """The answer to a CALL, once what follows it has been done; of a CALLERROR ``{"error": code}``."""
    answered = await answer(V201, game.station, Call("1", action, payload))
    assert answered.frame is not None
    if answered.then is not None:
        answered.then()
    await asyncio.sleep(0.5)
    frame = json.loads(answered.frame)
    return frame[2] if frame[0] == 3 else {"error": frame[2]}


async def says(game: Game, action: str, **payload: Any) -> str:
    """The status of the answer, or the code of the CALLERROR."""
    told = await call(game, action, **payload)
    return str(told.get("status") or told["error"])


async def configure(game: Game, **values: str) -> None:
    """Variables of TxCtrlr."""
    data = [{"component": {"name": "TxCtrlr"}, "variable": {"name": name}, "attributeValue": value} for name, value in values.items()]
    results = (await call(game, "SetVariables", setVariableData=data))["setVariableResult"]
    assert {result["attributeStatus"] for result in results} == {"Accepted"}, results


def second(game: Game, **more: Any) -> None:
    """How EVSE 2 is."""
    control = game.control
    control.number += 1
    state = EvseState(evse=2, reading=MeterReading(at_s=virtual_time.now_s(), energy_wh=1000), **more)
    event = Event(control.boot, control.number, virtual_time.now_s(), state)
    control.ring.append(event)
    control.end.send(event)


def messages(game: Game) -> list[tuple[str, Json]]:
    """Action and payload of everything that the CSMS was told, in order."""
    requests = (V201.encode(notification) for _, notification in game.csms.asked)
    return [(request.action, request.payload) for request in requests if request is not None]


def events(game: Game) -> list[Json]:
    """TransactionEvents."""
    return [payload for action, payload in messages(game) if action == "TransactionEvent"]


def story(game: Game) -> list[tuple[str, str]]:
    """eventType and triggerReason of each."""
    return [(event["eventType"], event["triggerReason"]) for event in events(game)]


def statuses(game: Game, evse: int = 1) -> list[str]:
    """What was told of the connector of an EVSE."""
    told = [notification.facts for _, notification in game.csms.asked if isinstance(notification, StatusNotification)]
    return [availability_state(facts) for facts in told if facts.connector.evse == evse]
