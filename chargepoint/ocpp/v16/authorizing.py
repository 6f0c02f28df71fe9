"""1.6: Authorize (§4.1), ClearCache (§5.4), and the IdTagInfo (§7.27) of other answers."""

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.commands import ClearCache, Outcome, Verdict
from chargepoint.domain.ids import ANY, IdToken
from chargepoint.domain.notifications import Authorize, AuthorizeAnswer
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import token_status


def token_info(id_tag_info: Payload) -> TokenInfo:
    """IdTagInfo. An expiry date that cannot be read is none; an empty parentIdTag is no group. Raises Refusal for a status that cannot be
    read."""
    status = token_status(id_tag_info)
    parent, expiry = id_tag_info.get("parentIdTag"), id_tag_info.get("expiryDate")
    return TokenInfo(
        status,
        IdToken(parent, ANY) if parent else None,
        times.read(expiry) if expiry else None,
    )


LONGEST = 20
"""IdToken is CiString20Type (§7.28)."""


def _authorize(notification: Authorize) -> Request | None:
    """A longer token cannot be named in 1.6, and cut it would be another one."""
    return None if len(notification.token.value) > LONGEST else Request("Authorize", {"idTag": notification.token.value})


def _authorized(_: Authorize, payload: Payload) -> AuthorizeAnswer:
    return AuthorizeAnswer(token_info(payload["idTagInfo"]))


def accepted_or_rejected(_: object, reply: Outcome) -> Payload:
    """For the actions that know no other status."""
    accepted = reply.verdict in (Verdict.ACCEPTED, Verdict.SCHEDULED)
    return {"status": "Accepted" if accepted else "Rejected"}


SAID: dict[type, Said] = {Authorize: Said(_authorize, _authorized)}
OBEYED: dict[str, Obeyed] = {"ClearCache": Obeyed(lambda _: ClearCache(), accepted_or_rejected)}
