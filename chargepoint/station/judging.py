"""What holds for a token (OCPP 2.0.1 C01 to C06, C10, C12 to C15; 1.6 §3.5). It is judged by the first that has a say:

cards of the file    always
nobody               where authorisation is off (AuthCtrlr.Enabled), of a token that the CSMS itself has brought (Central), and of a start
                     button (NoAuthorization)
list, cache, own     a valid token, with LocalPreAuthorize; any other is asked about all the same, unless DisablePostAuthorize is on
the CSMS             what it says counts; with DisableRemoteAuthorization it is not asked, and list, cache and own have the only say
when nobody answers  list, cache, own, with LocalAuthorizeOffline; with OfflineTxForUnknownIdEnabled what they do not hold to be invalid
when it is refused   by a CSMS that is there: the same, but no strangers, since this is not offline
without a CSMS       own: cards that technicians have enrolled
"""

import logging
from collections.abc import Callable

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import NEVER_SHOWN, IdToken
from chargepoint.domain.notifications import Authorize, AuthorizeAnswer
from chargepoint.domain.variables.authorization import (
    AUTH_ENABLED,
    DISABLE_REMOTE_AUTHORIZATION,
    LOCAL_AUTHORIZE_OFFLINE,
    LOCAL_PRE_AUTHORIZE,
    OFFLINE_TX_FOR_UNKNOWN_ID,
)
from chargepoint.station.csms import Csms, CsmsError, CsmsRefused
from chargepoint.station.known_tokens import KnownTokens
from chargepoint.station.settings import StationSettings

log = logging.getLogger(__name__)

ACCEPTED = TokenInfo(AuthorizationStatus.ACCEPTED)
UNKNOWN = TokenInfo(AuthorizationStatus.UNKNOWN)
STRANGER = TokenInfo(AuthorizationStatus.ACCEPTED)
"""Accepted for want of anybody who knows better. As ``UNKNOWN``, it is known by being this one."""


class Judging:
    """``may_ask``: is the CSMS connected, and has it accepted this station?"""

    def __init__(
        self, settings: StationSettings, model: DeviceModel, csms: Csms | None, known: KnownTokens, may_ask: Callable[[], bool]
    ) -> None:
        self._settings = settings
        self._model = model
        self._csms = csms
        self._known = known
        self._may_ask = may_ask

    async def judge(self, token: IdToken) -> TokenInfo:
        """What holds for a token."""
        if any(token.key == card.key for card in self._settings.cards):
            return ACCEPTED
        if not self._model.read(AUTH_ENABLED) or token.kind in NEVER_SHOWN:  # C01.FR.01, C06.FR.01; C03.FR.01, C05.FR.01
            return ACCEPTED
        if self._csms is None:
            return ACCEPTED if self._known.own(token) else UNKNOWN
        if not self._csms.says(Authorize(token)):  # nobody could be told who pays
            return UNKNOWN
        known = self._known.find(token)
        if not self._may_ask():
            return self._offline(token, known)
        if known is not None and known.accepted and self._model.read(LOCAL_PRE_AUTHORIZE):  # C12.FR.02, C14.FR.02, C14.FR.04
            return self._relied_on(token, known)
        final = self._known.final(token)
        if final is not None:
            return final
        if self._model.read(DISABLE_REMOTE_AUTHORIZATION):
            return UNKNOWN if known is None else self._relied_on(token, known)
        return await self._asked(self._csms, token, known)

    async def _asked(self, csms: Csms, token: IdToken, known: TokenInfo | None) -> TokenInfo:
        """Nothing else ever asks (C01.FR.04, C06.FR.03): of a stranger (C01.FR.02, C06.FR.02), of what is known to be invalid (C10.FR.03,
        C12.FR.05, C14.FR.03), and without LocalPreAuthorize of whatever is known (C01.FR.05)."""
        try:
            answer = await csms.ask(Authorize(token))
        except CsmsRefused as error:
            log.warning("event=authorize_failed cause=%s action=only_what_is_known", error)
            return UNKNOWN if known is None else self._offline(token, known)
        except CsmsError as error:
            log.warning("event=authorize_failed cause=%s action=offline_rules", error or type(error).__name__)
            return self._offline(token, known)
        assert isinstance(answer, AuthorizeAnswer)
        self._known.heard(token, answer.info)
        return answer.info

    def _relied_on(self, token: IdToken, known: TokenInfo) -> TokenInfo:
        """Nobody is asked (C13.FR.03)."""
        self._known.used(token)
        return known

    def _offline(self, token: IdToken, known: TokenInfo | None) -> TokenInfo:
        """C13.FR.02, C13.FR.04, C13.FR.05, C13.FR.06, C15.FR.08; 1.6 §3.5.4: what is known not to be valid is refused, whatever the
        variables say. Who is let in unknown is not remembered for that (C15.FR.01)."""
        unknown = self._model.read(OFFLINE_TX_FOR_UNKNOWN_ID)
        if known is not None and (not known.accepted or unknown or self._model.read(LOCAL_AUTHORIZE_OFFLINE)):
            return self._relied_on(token, known)
        return STRANGER if known is None and unknown else UNKNOWN
