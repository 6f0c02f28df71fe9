"""Where an accepted token goes (OCPP 2.0.1 C01, E02, E03; 1.6 §4.1, §4.9).

    what is reserved for it     there and nowhere else
    a car waits for a token     that car, as long as it stays plugged in; if it has left by the time the token is accepted, nothing begins
    none does                   the next car, within ConnectionTimeOut, at any EVSE of the reader, or of the station for a remote start
                                without connector

A token that waits for its car is held by one EVSE, the first that is free: that one is told as Preparing, the others serve whoever comes
next (1.6 §7.7). If a car comes to another one first, and nobody else is expected there, the token goes there. Of several tokens that of
the EVSE itself comes first, then the one that has waited longest.
"""

import math
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from chargepoint.domain.authorization import Authorization
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken, PlugInId
from chargepoint.domain.session import Session
from chargepoint.domain.variables.transactions import EV_CONNECTION_TIMEOUT
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.reserving import Reserving
from chargepoint.station.transacting import Transacting

PLACES: tuple[Callable[[Session], bool], ...] = (
    lambda session: session.waits_for_token and not session.finishing,
    lambda session: session.free,
    lambda session: session.waits_for_token,
)
"""Where an accepted token goes, best first."""


class Moment(Struct, frozen=True):
    """What was there when a token was shown, or a remote start came in."""

    at_s: float
    served: tuple[int, ...]
    """The EVSEs of the reader, or those that the CSMS spoke of."""
    plug_ins: Mapping[int, PlugInId | None]
    """Of those among them that it could be meant for."""
    for_a_car: bool
    """A car stood there that it was meant for."""


class Places:
    """Finds the EVSE for a token."""

    def __init__(
        self, model: DeviceModel, clock: StationClock, transacting: Transacting, availability: Availability, reserving: Reserving
    ) -> None:
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._reserving = reserving
        self.admits: Callable[[int], bool] = lambda evse: True
        """May somebody new be let in there, who has not reserved it? Not while a reset waits for it to be idle."""

    def choose(self, served: Iterable[int], token: IdToken, group: IdToken | None = None) -> int | None:
        """What is reserved for it; else a car that waits for a token, a free EVSE, or a car that had its session, wherever nobody else is
        expected."""
        evses = [evse for evse in served if self.admits(evse) or self._reserving.suits(evse, token, group)]
        own = self._best(evse for evse in evses if self._reserving.is_for(evse, token, group))
        if own is not None:
            return own
        allowed = [evse for evse in evses if self._reserving.may_use(evse, token, group)]
        promised = self._best(evse for evse in allowed if self._reserving.suits(evse, token, group))
        return self._best(allowed) if promised is None else promised

    def may_be_found(self, served: Iterable[int]) -> bool:
        """Is there a place for somebody of the right group?"""
        return self._best(evse for evse in served if self._reserving.a_group_may_use(evse)) is not None

    def _best(self, evses: Iterable[int]) -> int | None:
        sessions = [self._transacting.sessions[evse] for evse in evses if self._availability.usable(evse)]
        for wanted in PLACES:
            for session in sessions:
                if wanted(session) and (session.plug_in is None or self._availability.may_start(session)):
                    return session.evse
        return None

    # A token that has to be judged first

    def moment(self, served: Iterable[int], token: IdToken, group: IdToken | None = None) -> Moment:
        """What a token can be meant for now."""
        evses = tuple(served)
        sessions = [self._transacting.sessions[evse] for evse in evses]
        chosen = self.choose(evses, token, group)
        return Moment(
            self._clock.monotonic(),
            evses,
            {session.evse: session.plug_in for session in sessions if any(wanted(session) for wanted in PLACES)},
            for_a_car=chosen is not None and self._transacting.sessions[chosen].plug_in is not None,
        )

    def meant(self, then: Moment, token: IdToken, group: IdToken | None = None) -> int | None:
        """Where a token that was shown then, and is accepted now, goes."""
        late = self._clock.monotonic() - then.at_s >= self._model.read(EV_CONNECTION_TIMEOUT)

        def fits(evse: int, plug_in: PlugInId | None) -> bool:
            if plug_in is not None:
                return self._transacting.sessions[evse].plug_in == plug_in
            return not late and (not then.for_a_car or self._reserving.is_for(evse, token, group))

        return self.choose([evse for evse, plug_in in then.plug_ins.items() if fits(evse, plug_in)], token, group)

    # A token that waits for its car

    def also(self, evse: int, served: Iterable[int], token: IdToken, group: IdToken | None = None) -> tuple[int, ...]:
        """Where else the car of a token may come that goes to this EVSE."""
        if self._transacting.sessions[evse].plug_in is not None or self._reserving.is_for(evse, token, group):
            return ()
        return tuple(other for other in served if other != evse)

    def waits_elsewhere(self, session: Session) -> int | None:
        """A car came here, and no token waits for it: the EVSE whose token may be its. Not for a cable that somebody has left behind."""
        if session.finishing or session.plug_kept_for is not None or self._transacting.sheets[session.evse].blocked:
            return None
        waiting = [(other.evse, other.authorization) for other in self._transacting.sessions.values() if other.waits_for_car]
        fitting = [evse for evse, authorization in waiting if authorization is not None and self._may_move(evse, authorization, session)]
        return min(fitting, key=self._since_s, default=None)

    def _may_move(self, evse: int, authorization: Authorization, to: Session) -> bool:
        if to.evse not in authorization.evses or not self._transacting.may_start(to):
            return False
        return self._reserving.may_use(to.evse, authorization.token, authorization.group, instead_of=evse)

    def _since_s(self, evse: int) -> float:
        """A token that has waited since before a restart comes first."""
        since_s = self._transacting.sheets[evse].waits_since_s
        return -math.inf if since_s is None else since_s
