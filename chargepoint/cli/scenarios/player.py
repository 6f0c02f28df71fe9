"""The station, played: it lets the present car charge, renews that, and can neglect everything it should do."""

from collections.abc import Callable, Iterable
from itertools import count

from msgspec import Struct, structs

from chargepoint.cli.scenarios.agenda import Agenda
from chargepoint.cli.scenarios.happenings import Happenings
from chargepoint.control.scan import Wish
from chargepoint.link.messages import ClearFault, EvseState, Permit, Revoke, SitePermit, Unlock

RENEW_S, VALID_S = 3.0, 10.0
"""As the station does it."""
FAILSAFE_MA = 6_000


class Order(Struct, frozen=True):
    """What one car may have, until further notice."""

    permit: Permit
    renew_s: float


class Player:
    """``told``: control as it was last heard of. Wishes reach control with its next scan."""

    def __init__(self, agenda: Agenda, happenings: Happenings, now: Callable[[], float]) -> None:
        self.told: dict[int, EvseState] = {}
        self.orders: dict[int, Order] = {}
        self.alive = True
        self.resumes = True
        """A car that is found when control starts goes on with what it had."""
        self._wishes: list[Wish] = []
        self._agenda = agenda
        self._happenings = happenings
        self._now = now
        self._rounds = count()
        self._round: dict[int, int] = {}
        self._names = (f"w{number}" for number in count(1))

    @property
    def has_wishes(self) -> bool:
        """Is there something for control to hear?"""
        return bool(self._wishes)

    def take(self) -> tuple[Wish, ...]:
        """What control hears now."""
        wishes, self._wishes = tuple(self._wishes), []
        return wishes

    def hear(self, states: Iterable[EvseState]) -> None:
        """Control told. A car that has left takes its order with it."""
        for state in states:
            self.told[state.evse] = state
            order = self.orders.get(state.evse)
            if order is None or not state.plug_known or state.plug_in == order.permit.plug_in:
                continue
            del self.orders[state.evse]
            if state.plug_in is not None and state.found_at_start and self.resumes and order.permit.plug_in.boot != state.plug_in.boot:
                self._order(Order(structs.replace(order.permit, plug_in=state.plug_in), order.renew_s))

    # What it wants

    def permit(
        self,
        evse: int,
        limit_ma: int = 32_000,
        *,
        then_ma: int = FAILSAFE_MA,
        valid_s: float = VALID_S,
        renew_s: float = RENEW_S,
        phases: int | None = None,
    ) -> bool:
        """Let the present car charge; is there one, and somebody to permit it?"""
        told = self.told.get(evse)
        if not self.alive or told is None or told.plug_in is None:
            return False
        chosen = {1: 1, 3: 3}.get(phases or 0)
        permit = Permit(evse, told.plug_in, limit_ma, valid_s, then_ma, phases=chosen)  # type: ignore[arg-type]  # 1 or 3
        self._happenings.add(evse, f"permit of {limit_ma} mA for {valid_s:g} s, phases {phases}, then {then_ma} mA")
        self._order(Order(permit, renew_s))
        return True

    def change(self, evse: int, **changes: object) -> bool:
        """The same permit with other figures; is there one?"""
        order = self.orders.get(evse)
        if order is None or not self.alive:
            return False
        self._happenings.add(evse, f"permit changes: {changes}")
        self._order(Order(structs.replace(order.permit, **changes), order.renew_s))
        return True

    def revoke(self, evse: int) -> bool:
        """The session of the present car is over; was there one?"""
        order = self.orders.pop(evse, None)
        if order is None or not self.alive:
            return False
        self._happenings.add(evse, "permit revoked")
        self._wishes.append(Revoke(evse, order.permit.plug_in))
        return True

    def bound(self, limit_ma: int, valid_for_s: float) -> None:
        """All EVSEs together may offer no more for a while."""
        if self.alive:
            self._happenings.add(None, f"the station leaves {limit_ma} mA for {valid_for_s:g} s")
            self._wishes.append(SitePermit(limit_ma, valid_for_s))

    def unlock(self, evse: int, connector: int = 1) -> str:
        """Ask for the plug; the name of the wish."""
        return self._wish(lambda name: Unlock(evse, connector, name), evse, "asked to unlock")

    def clear(self, evse: int, fault: str) -> str:
        """A technician says that a fault has been dealt with; the name of the wish."""
        return self._wish(lambda name: ClearFault(evse, fault, name), evse, f"{fault}: to be cleared")

    def die(self) -> None:
        """No station any more."""
        if self.alive:
            self.alive = False
            self._wishes.clear()
            self._happenings.add(None, "the station dies")

    def revive(self) -> None:
        """It is back, and knows what it had allowed."""
        if not self.alive:
            self.alive = True
            self._happenings.add(None, "the station is back")
            for order in tuple(self.orders.values()):
                self._order(order)

    def _wish(self, make: Callable[[str], Wish], evse: int, text: str) -> str:
        name = next(self._names)
        if self.alive:
            self._happenings.add(evse, f"{text} ({name})")
            self._wishes.append(make(name))
        return name

    def _order(self, order: Order) -> None:
        """Send the permit, now and again and again."""
        evse = order.permit.evse
        self.orders[evse] = order
        self._round[evse] = turn = next(self._rounds)
        self._send(evse, turn)

    def _send(self, evse: int, turn: int) -> None:
        order = self.orders.get(evse)
        if order is None or self._round[evse] != turn or not self.alive:
            return
        self._wishes.append(order.permit)
        self._agenda.at(self._now() + order.renew_s, lambda: self._send(evse, turn))
