"""The self-test of one EVSE: what is seen at rest, what is moved, and what has come of the meter meanwhile."""

from collections.abc import AsyncIterator, Iterator

from chargepoint.commissioning import at_rest, blame, guide
from chargepoint.commissioning.at_rest import Verdict
from chargepoint.commissioning.moving import MOVES, moved
from chargepoint.commissioning.sight import METER_S, Bench, Sight, look
from chargepoint.commissioning.steps import Step
from chargepoint.domain.configuration import EvsePart
from chargepoint.inquiry.client import InquiryError
from hal.measured import MeterReading

AGAIN_S = 0.5
GUIDED = "closed only with a car or a test adapter plugged in: go through the guided test"
PROTECTS = ("guided_e", "guided_pe", "guided_diode")
"""Guided steps that nothing else shows: without them nobody knows that it switches off."""
SET_BY_ADAPTER = "only a test adapter sets it: go through the guided test"


async def of_evse(bench: Bench, part: EvsePart) -> AsyncIterator[Step]:
    """Each step as soon as it is known; about 20 s."""
    try:
        first = await look(bench, part)
        for step in at_rest.seen(first):
            yield step
        for move in MOVES:
            yield await moved(bench, await look(bench, part), move)
        last = await _read_again(bench, first)
        for step in _after(first, last):
            yield step
    except InquiryError as error:
        yield Step(evse=part.id, name="board", title="Board heard", outcome="failed", text=str(error), remedy="Start the station process.")


async def _read_again(bench: Bench, first: Sight) -> Sight:
    """Once the meter has been read after that sight, or should have been. Raises InquiryError."""
    began_s = bench.monotonic()
    while True:
        sight = await look(bench, first.part)
        before, after = _reading(first), _reading(sight)
        if before is None or after is None or after.at_s > before.at_s or bench.monotonic() - began_s > METER_S:
            return sight
        await bench.pause(AGAIN_S)


def _reading(sight: Sight) -> MeterReading | None:
    return None if sight.signals is None else sight.signals.reading


def _after(first: Sight, last: Sight) -> Iterator[Step]:
    yield at_rest.step_of(last, "energy", "Energy register", lambda sight: _register(first, sight))
    found = next((each for each in last.troubles if each.name == "contactor_failed_to_close"), None)
    title = "Contactor closes"
    if found is not None:
        yield blame.failed(last, "closing", title, found)
    else:
        yield Step(evse=last.part.id, name="closing", title=title, outcome="by_hand", text=GUIDED, untried=True)
    for stage in guide.STAGES:
        if stage.name in PROTECTS:
            yield at_rest.not_now(SET_BY_ADAPTER).step(last.part.id, stage.name, stage.title)
    others = [each for each in last.troubles if blame.found_by(each) == blame.REST]
    title = "No other fault"
    for each in others:
        yield blame.failed(last, blame.REST, title, each)
    if not others:
        text = "none is active" if not last.troubles else "none but those above"
        yield Step(evse=last.part.id, name=blame.REST, title=title, outcome="passed", text=text)


def _register(first: Sight, last: Sight) -> Verdict:
    before, after = _reading(first), _reading(last)
    if before is None or after is None or last.meter_age_s > METER_S:
        return at_rest.not_now("the meter is not heard")
    figures = {"energy_wh": after.energy_wh}
    kwh = f"{after.energy_wh / 1000:.3f} kWh"
    if after.energy_wh < before.energy_wh or after.energy_wh < 0:
        return Verdict("failed", f"it ran backwards, from {before.energy_wh} to {after.energy_wh} Wh", "Replace the meter.", dict(figures))
    if after.at_s <= before.at_s:
        return Verdict("failed", f"{kwh}; it was not read again in the meantime", "Check the meter's line.", dict(figures))
    rises = "; whether it counts is seen under load, in a guided test" if after.energy_wh == before.energy_wh else ""
    return Verdict("passed", f"{kwh}, did not run backwards{rises}", "", dict(figures))
