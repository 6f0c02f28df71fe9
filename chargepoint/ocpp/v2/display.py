"""2.x block O: SetDisplayMessage (O01, O02, O06), GetDisplayMessages and NotifyDisplayMessages (O03, O04), ClearDisplayMessage (O05).

A time that cannot be read is refused: a message that is shown too early, or for ever, is worse than none.
"""

from datetime import datetime

from chargepoint.domain.commands import ClearDisplayMessage, GetDisplayMessages, Outcome, SetDisplayMessage, Verdict
from chargepoint.domain.display_messages import DisplayMessage, MessagePriority, MessageState
from chargepoint.domain.notifications import NotifyDisplayMessages, Received
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present, whole
from chargepoint.ocpp.v2.values import answered, read_evse, read_transaction_id

_SET = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.NOT_SUPPORTED_FORMAT: "NotSupportedMessageFormat",
    Verdict.UNKNOWN_TRANSACTION: "UnknownTransaction",
}


def _set(payload: Payload) -> SetDisplayMessage:
    info = payload["message"]
    content, display = info["message"], info.get("display", {})
    evse, _ = read_evse(display.get("evse"))
    return SetDisplayMessage(
        DisplayMessage(
            id=whole(info["id"], "id"),
            priority=MessagePriority(info["priority"]),
            state=MessageState(info["state"]) if "state" in info else None,
            start=_moment(info, "startDateTime"),
            end=_moment(info, "endDateTime"),
            transaction_id=read_transaction_id(info),
            evse=evse,
            component=".".join(present(name=display.get("name"), instance=display.get("instance")).values()),
            format=content["format"],
            language=content.get("language", ""),
            content=content["content"],
        )
    )


def _moment(info: Payload, name: str) -> datetime | None:
    text = info.get(name)
    at = None if text is None else times.read(text)
    if text is not None and at is None:
        raise Refusal(RpcError.PROPERTY, f"{name}: expected a date and time like 2026-03-01T12:00:00Z")
    return at


def _was_set(_: SetDisplayMessage, reply: Outcome) -> Payload:
    return answered(_SET.get(reply.verdict, "Rejected"), reply)


def _accepted_or_unknown(_: object, reply: Outcome) -> Payload:
    return answered("Accepted" if reply.verdict is Verdict.ACCEPTED else "Unknown", reply)


def _get(payload: Payload) -> GetDisplayMessages:
    return GetDisplayMessages(
        request_id=whole(payload["requestId"], "requestId"),
        ids=tuple(whole(each, "id") for each in payload.get("id", ())),
        priority=payload.get("priority"),
        state=payload.get("state"),
    )


def _report(notification: NotifyDisplayMessages) -> Request:
    return Request(
        "NotifyDisplayMessages",
        {
            "requestId": notification.request_id,
            "tbc": notification.to_be_continued,
            "messageInfo": list(map(_message, notification.messages)),
        },
    )


def _message(message: DisplayMessage) -> Payload:
    """MessageInfoType."""
    evse = None if message.evse is None else {"id": message.evse}
    display = {"name": message.component} | present(evse=evse) if message.component else None
    return {
        "id": message.id,
        "priority": message.priority.value,
        "message": {"format": message.format, "content": message.content} | present(language=message.language),
    } | present(
        state=message.state,
        startDateTime=None if message.start is None else times.write(message.start),
        endDateTime=None if message.end is None else times.write(message.end),
        transactionId=message.transaction_id,
        display=display,
    )


SAID: dict[type, Said] = {NotifyDisplayMessages: Said(_report, lambda _, __: Received())}
OBEYED: dict[str, Obeyed] = {
    "SetDisplayMessage": Obeyed(_set, _was_set),
    "GetDisplayMessages": Obeyed(_get, _accepted_or_unknown),
    "ClearDisplayMessage": Obeyed(lambda payload: ClearDisplayMessage(whole(payload["id"], "id")), _accepted_or_unknown),
}
