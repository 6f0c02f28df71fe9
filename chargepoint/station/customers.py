"""What is kept of a customer, told to the CSMS, taken away, or both (OCPP 2.0.1 N09, N10).

He is named by a token; or by an identifier: the name of his card, where technicians have enrolled it with one. Certificates of customers
are never kept. What was there is looked at before it goes, so that the report says what has gone.
"""

import logging
from collections.abc import Iterator

from chargepoint.domain import customer
from chargepoint.domain.commands import CustomerInformation, Outcome, Verdict
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import NotifyCustomerInformation
from chargepoint.station.clock import StationClock
from chargepoint.station.customer_places import Place
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.reports import Reports
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

REPORT = "customer"


class Customers:
    """``places`` and ``reports`` come when the station is wired."""

    def __init__(self, store: Store, clock: StationClock) -> None:
        self._store = store
        self._clock = clock
        self.places: tuple[Place, ...] = ()
        self.reports: Reports | None = None

    def orders(self) -> Orders:
        """For the station."""
        return {CustomerInformation: self.inform}

    async def inform(self, command: CustomerInformation) -> Answered:
        """N09.FR.02, N10.FR.01; the answer first, then the parts."""
        refusal = self._refusal(command)
        if refusal is not None:
            return refusal, None
        wanted = self._tokens(command) if command.report else []
        slowly = [line for token in wanted for place in self.places for line in await place.slowly(token)]
        refusal = self._refusal(command)  # meanwhile another may have come
        return (refusal, None) if refusal is not None else (Outcome(Verdict.ACCEPTED), lambda: self._carry_out(command, slowly))

    def _refusal(self, command: CustomerInformation) -> Outcome | None:
        named = sum(each is not None for each in (command.token, command.identifier, command.certificate))
        if named != 1:  # N09.FR.09
            return Outcome(Verdict.INVALID, "InvalidValue", f"{named} of idToken, customerIdentifier, customerCertificate; expected one")
        if not command.report and not command.clear:  # N09.FR.07, N10.FR.07
            return Outcome(Verdict.REJECTED, "InvalidValue", "neither report nor clear")
        if self.reports is None:
            return Outcome(Verdict.REJECTED, "InternalError", "the station has not started yet")
        return self.reports.refusal(REPORT, command.request_id)  # N09.FR.03, N10.FR.05

    def _carry_out(self, command: CustomerInformation, slowly: list[str]) -> None:
        tokens = self._tokens(command)
        lines = [line for token in tokens for place in self.places for line in place.find(token)] + slowly
        if command.clear:
            self._erase(tokens)
        said = lines if command.report else [customer.CLEARED]
        log.info("event=customer_information request=%d lines=%d cleared=%s", command.request_id, len(lines), command.clear)
        assert self.reports is not None
        self.reports.begin(REPORT, command.request_id, self._parts(command.request_id, said))

    def _tokens(self, command: CustomerInformation) -> list[IdToken]:
        if command.token is not None:
            return [command.token]
        name = (command.identifier or "").strip().casefold()
        return [card.token for card in self._store.cards.all() if name and card.name.casefold() == name]

    def _erase(self, tokens: list[IdToken]) -> None:
        """N10.FR.03, N10.FR.06: all of it, in one commit."""
        with self._store.commit():
            for token in tokens:
                for place in self.places:
                    place.erase(token)

    def _parts(self, request_id: int, lines: list[str]) -> Iterator[NotifyCustomerInformation]:
        """One or more (N09.FR.05, N10.FR.03); a single empty one where there is nothing (N09.FR.06, N10.FR.04)."""
        at, pieces = self._clock.now(), list(customer.parts(lines))
        for number, piece in enumerate(pieces):
            yield NotifyCustomerInformation(request_id, number, number < len(pieces) - 1, at, piece)
