"""2.x block D: SendLocalList (D01), GetLocalListVersion (D02)."""

from chargepoint.domain.commands import GetLocalListVersion, LocalListEntry, LocalListVersion, Outcome, SendLocalList, Verdict
from chargepoint.ocpp.dialect import Obeyed
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole
from chargepoint.ocpp.v2.values import answered, read_token, size, token_info

_TAKEN = {Verdict.ACCEPTED: "Accepted", Verdict.VERSION_MISMATCH: "VersionMismatch"}


def _entry(data: Payload) -> LocalListEntry:
    info = data.get("idTokenInfo")
    return LocalListEntry(read_token(data["idToken"]), None if info is None else token_info(info))


def _send(payload: Payload) -> SendLocalList:
    """An empty list keeps its version (D01.FR.04). Unlike the cache it keeps what its driver is to be told."""
    return SendLocalList(
        whole(payload["versionNumber"], "versionNumber"),
        payload["updateType"] == "Full",
        tuple(map(_entry, payload.get("localAuthorizationList", ()))),
        empty_is_none=False,
        size=size(payload),
    )


def _sent(_: SendLocalList, reply: Outcome) -> Payload:
    """Whether it was taken (D01.FR.02); a list that is off takes nothing."""
    return answered(_TAKEN.get(reply.verdict, "Failed"), reply)


def _version(_: GetLocalListVersion, reply: LocalListVersion) -> Payload:
    return {"versionNumber": reply.sent}


OBEYED: dict[str, Obeyed] = {
    "SendLocalList": Obeyed(_send, _sent),
    "GetLocalListVersion": Obeyed(lambda _: GetLocalListVersion(), _version),
}
