"""Signed messages (OCPP 2.0.1 part 4 §7): what is inside is taken as if it had come without a signature.

The signature is not looked at: the connection is secured, or is not to be. Answers are not signed, for this station signs no messages.
"""

import base64
import binascii

import msgspec

from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Call

SUFFIX = "-Signed"


def content(call: Call) -> Call:
    """The CALL itself, or the one that it carries (flattened JWS, RFC 7515 §7.2.2). Raises Refusal: it carries none."""
    if not call.action.endswith(SUFFIX):
        return call
    action, encoded = call.action.removesuffix(SUFFIX), call.payload.get("payload")
    try:
        if not isinstance(encoded, str):
            raise ValueError("no payload")
        text = base64.b64decode(encoded.encode("ascii") + b"=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        payload = msgspec.json.decode(text)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise Refusal(RpcError.FORMAT, f"{action[:50]}: no signed message ({str(error)[:100]})") from None
    if not isinstance(payload, dict):
        raise Refusal(RpcError.FORMAT, f"{action[:50]}: what was signed is no JSON object")
    return Call(call.id, action, payload)
