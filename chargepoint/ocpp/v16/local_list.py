"""1.6: SendLocalList (§5.15), GetLocalListVersion (§5.10)."""

from chargepoint.domain.commands import GetLocalListVersion, LocalListEntry, LocalListVersion, Outcome, SendLocalList, Verdict
from chargepoint.domain.ids import ANY, IdToken
from chargepoint.ocpp.dialect import Obeyed
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole
from chargepoint.ocpp.v16.authorizing import token_info

NO_LIST = -1
"""The version of a list that this station does not support, or that is off (§5.10)."""

_TAKEN = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.NOT_SUPPORTED: "NotSupported",
    Verdict.VERSION_MISMATCH: "VersionMismatch",
}


def _entry(data: Payload) -> LocalListEntry:
    info = data.get("idTagInfo")
    return LocalListEntry(IdToken(data["idTag"], ANY), None if info is None else token_info(info))


def _send(payload: Payload) -> SendLocalList:
    version = whole(payload["listVersion"], "listVersion")
    return SendLocalList(version, payload["updateType"] == "Full", tuple(map(_entry, payload.get("localAuthorizationList", ()))))


def _sent(_: SendLocalList, reply: Outcome) -> Payload:
    return {"status": _TAKEN.get(reply.verdict, "Failed")}


def _version(_: GetLocalListVersion, reply: LocalListVersion) -> Payload:
    return {"listVersion": reply.version if reply.supported else NO_LIST}


OBEYED: dict[str, Obeyed] = {
    "SendLocalList": Obeyed(_send, _sent),
    "GetLocalListVersion": Obeyed(lambda _: GetLocalListVersion(), _version),
}
