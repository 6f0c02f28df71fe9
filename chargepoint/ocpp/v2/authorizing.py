"""2.x block C: Authorize (C01), ClearCache (C11)."""

from chargepoint.domain.commands import ClearCache, Outcome, Verdict
from chargepoint.domain.notifications import Authorize, AuthorizeAnswer
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.v2.values import answered, id_token, token_info


def _authorize(notification: Authorize) -> Request:
    return Request("Authorize", {"idToken": id_token(notification.token)})


def _authorized(_: Authorize, payload: Payload) -> AuthorizeAnswer:
    return AuthorizeAnswer(token_info(payload["idTokenInfo"]))


def accepted_or_rejected(_: object, reply: Outcome) -> Payload:
    """For the actions that know no other status."""
    return answered("Accepted" if reply.verdict is Verdict.ACCEPTED else "Rejected", reply)


SAID: dict[type, Said] = {Authorize: Said(_authorize, _authorized)}
OBEYED: dict[str, Obeyed] = {"ClearCache": Obeyed(lambda _: ClearCache(), accepted_or_rejected)}
