"""Who may charge (OCPP 2.0.1 C01; 1.6 §4.1)."""

from msgspec import Struct

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.ids import IdToken


class Authorize(Struct, frozen=True, tag=True):
    """C01; 1.6 §4.1."""

    token: IdToken


class AuthorizeAnswer(Struct, frozen=True):
    """What the CSMS knows of the token."""

    info: TokenInfo
