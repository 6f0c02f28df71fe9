"""What is kept of a customer, told to the CSMS, taken away, or both (OCPP 2.0.1 N09, N10).

He is named by a token; or by an identifier: the name of his card, where technicians have enrolled it with one. Certificates of customers
are never kept. What was there is looked at before it goes, so that the report says what has gone, and is committed together with that:
nobody else could tell it. It is kept until the CSMS has taken or refused it, or answers others and not this (``progress``).

What a transaction needs that goes on, or waits to be told, stays so long. The token is remembered, and taken away once more after that.
"""

import asyncio
import logging
from collections.abc import Iterator

from chargepoint.domain import customer
from chargepoint.domain.commands import CustomerInformation, Outcome, Verdict
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import NotifyCustomerInformation
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.customer_places import Place
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.progress import Progress
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

MOST = 200
"""While so many parts wait, no other report is begun."""
LEAVING = "customers_leaving"
"""The name of the record of tokens that are taken away once more."""
LOOK_S = 300.0
"""How often it is looked whether that can be done."""


class Customers:
    """``places`` come when the station is wired."""

    def __init__(self, store: Store, clock: StationClock, progress: Progress[NotifyCustomerInformation]) -> None:
        self._store = store
        self._clock = clock
        self.progress = progress
        self.places: tuple[Place, ...] = ()
        self._leaving: tuple[IdToken, ...] = store.jobs.load(LEAVING, tuple[IdToken, ...]) or ()
        self._wake = asyncio.Event()

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
        waiting = self.progress.untold
        if any(each.request_id == command.request_id for each in waiting):  # N09.FR.03, N10.FR.05
            return Outcome(Verdict.REJECTED, "DuplicateRequestId", f"the report {command.request_id} is on its way")
        if len(waiting) >= MOST:
            return Outcome(Verdict.REJECTED, "OutOfMemory", f"{len(waiting)} parts of reports are on their way; wait for their ends")
        return None

    def _carry_out(self, command: CustomerInformation, slowly: list[str]) -> None:
        tokens = self._tokens(command)
        lines = [line for token in tokens for place in self.places for line in place.find(token)] + slowly
        said = lines if command.report else [customer.CLEARED]
        log.info("event=customer_information request=%d lines=%d cleared=%s", command.request_id, len(lines), command.clear)
        with self._store.commit():
            if command.clear:
                self._erase(tokens)
            self.progress.add(*self._parts(command.request_id, said))
        self._wake.set()

    def _tokens(self, command: CustomerInformation) -> list[IdToken]:
        if command.token is not None:
            return [command.token]
        name = (command.identifier or "").strip().casefold()
        return [card.token for card in self._store.cards.all() if name and card.name.casefold() == name]

    def _erase(self, tokens: list[IdToken]) -> None:
        """N10.FR.03, N10.FR.06: all of it, and what cannot go yet as soon as it can."""
        for token in tokens:
            for place in self.places:
                place.erase(token)
        self._keep_leaving((*self._leaving, *(each for each in tokens if each not in self._leaving)))

    def _keep_leaving(self, tokens: tuple[IdToken, ...]) -> None:
        self._leaving = tokens
        self._store.jobs.save(LEAVING, tokens)

    async def run(self) -> None:
        """For ever: take away once more whom nothing needs to know any longer."""
        while True:
            self._wake.clear()
            for token in self._leaving:
                if not await self._needed(token):
                    self._erase_again(token)
            await (pause(LOOK_S, self._wake) if self._leaving else self._wake.wait())

    async def _needed(self, token: IdToken) -> bool:
        """By what goes on, or has not been told."""
        for place in self.places:
            if await place.needs(token):
                return True
        return False

    def _erase_again(self, token: IdToken) -> None:
        """What a transaction has left; not what somebody has made of him anew."""
        with self._store.commit():
            for place in self.places:
                if place.again:
                    place.erase(token)
            self._keep_leaving(tuple(each for each in self._leaving if each != token))

    def _parts(self, request_id: int, lines: list[str]) -> Iterator[NotifyCustomerInformation]:
        """One or more (N09.FR.05, N10.FR.03); a single empty one where there is nothing (N09.FR.06, N10.FR.04)."""
        at, pieces = self._clock.now(), list(customer.parts(lines))
        for number, piece in enumerate(pieces):
            yield NotifyCustomerInformation(request_id, number, number < len(pieces) - 1, at, piece)
