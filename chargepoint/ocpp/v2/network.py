"""2.x block B: SetNetworkProfile (B09)."""

from chargepoint.domain.commands import Outcome, SetNetworkProfile, Verdict
from chargepoint.domain.network import NetworkProfile
from chargepoint.ocpp.dialect import Obeyed
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole
from chargepoint.ocpp.v2.values import answered

_SET = {Verdict.ACCEPTED: "Accepted", Verdict.FAILED: "Failed"}


def _set(payload: Payload) -> SetNetworkProfile:
    data = payload["connectionData"]
    profile = NetworkProfile(
        url=data["ocppCsmsUrl"],
        security_profile=whole(data["securityProfile"], "securityProfile"),
        message_timeout_s=whole(data["messageTimeout"], "messageTimeout"),
        version=data["ocppVersion"],
        transport=data["ocppTransport"],
        interface=data["ocppInterface"],
        vpn="vpn" in data,
        apn="apn" in data,
    )
    return SetNetworkProfile(whole(payload["configurationSlot"], "configurationSlot"), profile)


def _was_set(_: SetNetworkProfile, reply: Outcome) -> Payload:
    return answered(_SET.get(reply.verdict, "Rejected"), reply)


OBEYED: dict[str, Obeyed] = {"SetNetworkProfile": Obeyed(_set, _was_set)}
