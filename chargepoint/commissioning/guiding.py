"""The guided steps in their order, at one EVSE: what is asked of people, and the current that is offered meanwhile.

Whoever guides has to go on with it: the charge by hand is a lease, and it ends with the generator.
"""

import asyncio
from collections.abc import AsyncGenerator

from msgspec import Struct

from chargepoint.commissioning import guide
from chargepoint.commissioning.at_rest import Verdict, not_now
from chargepoint.commissioning.concluding import CLEARS_S, LOOK_S
from chargepoint.commissioning.guide import Stage, With
from chargepoint.commissioning.moment import Marks, Moment
from chargepoint.commissioning.sight import Bench, Sight, look
from chargepoint.commissioning.steps import Outcome, Step
from chargepoint.domain.configuration import EvsePart
from chargepoint.inquiry.cards import HeldCard, HoldCard
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.hardware import ChargeByHand, Exercised

LONGEST_S = 180.0
"""Of one step, until somebody has done what it asks."""
LEASE_S, RENEW_S = 6.0, 2.0
PATIENCE_S = 6.0
ENDED = "ended before it was done"
UNSEEN = "Repeat it. If it was done and is not seen: check what is wired between the connector and the board."
CARD_S, CARD_EVERY_S = 40.0, 0.5
USUAL_A = 16.0
"""Offered, where the EVSE has as much."""


class Prompt(Struct, frozen=True, kw_only=True):
    """What is asked of somebody now."""

    name: str
    title: str
    ask: str
    live: str = ""
    """What is measured meanwhile."""
    left_s: float = 0.0


Told = Prompt | Step


class Switch:
    """What somebody says meanwhile."""

    def __init__(self) -> None:
        self.skipped = ""
        """The stage that is not to be waited for."""
        self.stopped = False

    def skip(self, name: str) -> None:
        """This one: it is left to be done."""
        self.skipped = name

    def stop(self) -> None:
        """All of it."""
        self.stopped = True


async def of_evse(bench: Bench, part: EvsePart, kind: With, switch: Switch) -> AsyncGenerator[Told, None]:
    """Prompts as they change, and a step when it has concluded. After a failure nothing more is offered."""
    hand = _Hand(bench, part)
    try:
        sight = await look(bench, part)
        if sight.session:
            switch.stop()
        why = "a session runs; end it first" if sight.session else ""
        passed = {""}
        for stage in guide.stages(kind):
            missed = why and (switch.stopped or stage.name != guide.LAST)
            if missed or stage.after not in passed:
                verdict = not_now(why or "not tried: the contactor was not seen to close", "Repeat the guided test.")
                yield verdict.step(part.id, stage.name, stage.title)
                continue
            async for told in _played(bench, part, kind, stage, switch, hand):
                yield told
                why = why or _ends(told, stage, switch)
                passed |= {stage.name} if isinstance(told, Step) and told.outcome == "passed" else set()
        async for told in _card(bench, part, switch):
            yield told
    except InquiryError as error:
        yield Step(evse=part.id, name="board", title="Board heard", outcome="failed", text=str(error), remedy="Start the station process.")
    finally:
        await asyncio.shield(hand.end())


def _ends(told: Told, stage: Stage, switch: Switch) -> str:
    """Why nothing is tried any more; empty: it goes on."""
    if isinstance(told, Prompt):
        return ""
    if not switch.stopped and stage.name == guide.FIRST and told.outcome == "by_hand":
        switch.stop()
        return f"not tried: {stage.title} was not seen"
    if switch.stopped:
        return ENDED
    return f"not tried: {stage.title} failed" if told.outcome == "failed" else ""


class _Hand:
    """A charge by hand: begun, renewed, ended."""

    def __init__(self, bench: Bench, part: EvsePart) -> None:
        self._bench = bench
        self._evse = part.id
        self._current_a = min(USUAL_A, part.max_current_a)
        self._renewed_s: float | None = None
        self.refused = ""

    @property
    def offered_ma(self) -> int:
        """Per phase; 0: nothing."""
        return 0 if self._renewed_s is None else int(self._current_a * 1000)

    async def hold(self, wanted: bool) -> None:
        """Offer, or do not. Raises InquiryError."""
        now = self._bench.monotonic()
        if not wanted:
            await self.end()
        elif self._renewed_s is None or now - self._renewed_s >= RENEW_S:
            answer = await self._bench.ask(ChargeByHand(self._evse, self._current_a, LEASE_S), Exercised, PATIENCE_S)
            self._renewed_s = now if answer.outcome == "going_on" else None
            self.refused = "" if answer.outcome == "going_on" else answer.message

    async def end(self) -> None:
        """Offer nothing any more; a station that does not hear it ends the lease by itself."""
        if self._renewed_s is None:
            return
        self._renewed_s = None
        try:
            await self._bench.ask(ChargeByHand(self._evse, 0.0, 0.0), Exercised, PATIENCE_S)
        except InquiryError:
            return


async def _played(bench: Bench, part: EvsePart, kind: With, stage: Stage, switch: Switch, hand: _Hand) -> AsyncGenerator[Told, None]:
    """One stage. Raises InquiryError."""
    began_s = bench.monotonic()
    marks = Marks(began_s)
    said = None
    while True:
        sight = await look(bench, part)
        wanted = stage.offers and not sight.troubles
        await hand.hold(wanted)
        now = bench.monotonic()
        moment = Moment(at_s=now if sight.signals is None else sight.signals.at_s, sight=sight, offered_ma=hand.offered_ma)
        verdict = guide.follow(stage, marks, moment) or _given_up(stage, switch, hand, wanted, now - began_s)
        if verdict is not None:
            yield verdict.step(part.id, stage.name, stage.title)
            return
        left_s = round(LONGEST_S - (now - began_s))
        prompt = Prompt(name=stage.name, title=stage.title, ask=stage.asks[kind], live=_live(sight), left_s=left_s)
        if prompt != said:
            said = prompt
            yield prompt
        await bench.pause(LOOK_S)


async def _card(bench: Bench, part: EvsePart, switch: Switch) -> AsyncGenerator[Told, None]:
    """A card held to the reader is seen, and starts nothing. Raises InquiryError."""

    def step(outcome: Outcome, text: str) -> Step:
        return Step(name="reader", title="Card reader", outcome=outcome, text=text, untried=outcome != "passed")

    if switch.stopped or (not bench.configuration.readers and not bench.configuration.simulated):
        return
    hold = ""
    for _ in range(int(CARD_S / CARD_EVERY_S)):
        held = await bench.ask(HoldCard(hold=hold, evse=part.id), HeldCard, PATIENCE_S)
        hold = held.hold or hold
        if held.state != "waiting" or switch.stopped or switch.skipped == "reader":
            outcome: Outcome = "passed" if held.state == "shown" else "by_hand"
            yield step(outcome, f"card {held.token} was seen" if held.state == "shown" else held.message)
            break
        yield Prompt(name="reader", title="Card reader", ask="Hold any card to the reader.", live=held.message, left_s=round(held.left_s))
        await bench.pause(CARD_EVERY_S)
    if hold:
        await bench.ask(HoldCard(hold=hold, evse=part.id, valid_for_s=0.0), HeldCard, PATIENCE_S)


def _given_up(stage: Stage, switch: Switch, hand: _Hand, wanted: bool, lasted_s: float) -> Verdict | None:
    if switch.stopped:
        return not_now(ENDED, "Repeat the guided test.")
    if switch.skipped == stage.name:
        return not_now("left out", "Repeat the guided test, or prove it in another way.")
    if wanted and hand.refused and lasted_s > CLEARS_S:
        return not_now(f"nothing may be offered: {hand.refused}")
    if lasted_s > LONGEST_S:
        return not_now(f"not seen within {LONGEST_S:.0f} s: {stage.asks.get('adapter') or stage.asks['car']}", UNSEEN)
    return None


def _live(sight: Sight) -> str:
    """What is measured, in a line; what is wrong comes first, as a line may be too long for its place."""
    signals = sight.signals
    if signals is None or signals.inputs is None:
        return "control tells nothing"
    board = signals.inputs
    closed = signals.outputs.contactor if board.contactor_closed is None else board.contactor_closed
    offer = f"offers {signals.outputs.offer_ma / 1000:g} A" if signals.outputs.offer_ma else "no offer"
    said = [each.title or each.name for each in sight.troubles]
    said += [f"state {signals.cp or '?'}, {board.cp_high_mv / 1000:+.1f} / {board.cp_low_mv / 1000:+.1f} V", offer]
    said.append(f"contactor {'closed' if closed else 'open'}")
    if signals.reading is not None and signals.reading.power_w is not None:
        said.append(f"{signals.reading.power_w} W")
    return ", ".join(said)
