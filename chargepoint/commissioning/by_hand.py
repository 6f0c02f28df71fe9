"""Steps that somebody had to do by hand, and what the electrician's sheet says of them: what he measured need not be confirmed twice."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from chargepoint.commissioning.guide import STAGES
from chargepoint.commissioning.measured import EVSE, Remark, Sheet
from chargepoint.commissioning.steps import Record, Step

MEASURED: Mapping[str, str] = {"earth": "continuity_ohm", "rcd": "trip_ms", "voltage": "voltage_v", "phase_order": "phase_sequence"}
"""Step of an EVSE -> the entry of the sheet that answers it."""
GUIDED = frozenset(stage.name for stage in STAGES)
FIELDS = {each.name: each for each in EVSE}


def settled(record: Record, sheet: Sheet, remarks: tuple[Remark, ...]) -> Record:
    """With what was measured, and is as usual, as the outcome of steps that waited for it. What somebody guides is possible everywhere: a
    record in which such a step says that it is not, has it to be done yet."""
    unusual = {each.place for each in remarks}
    return replace(record, steps=tuple(_settled(step, sheet, unusual) for step in record.steps))


def _settled(step: Step, sheet: Sheet, unusual: set[str]) -> Step:
    if step.outcome == "impossible" and step.name in GUIDED:
        return replace(step, outcome="by_hand")
    name = MEASURED.get(step.name, "")
    text = sheet.evses.get(str(step.evse), {}).get(name, "")
    if step.outcome != "by_hand" or not text or f"evses.{step.evse}.{name}" in unusual:
        return step
    entry = FIELDS[name]
    return replace(step, outcome="passed", text=f"measured: {entry.title} {text} {entry.unit}".strip(), by=sheet.person.get("name", ""))


def left(record: Record) -> Iterator[Step]:
    """Those that nobody has done yet."""
    return (step for step in record.steps if step.outcome == "by_hand")
