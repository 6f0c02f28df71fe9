"""A dialogue with one central system: the station in its own processes, and a script that says what that system says, when it says it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from simulators.csms.message_log import Message
from tests.conformance.v16 import lab as v16
from tests.conformance.v201 import lab as v201

TIMEOUT_S = 120.0


def dialogue(script: Callable[[Any], Awaitable[None]], folder: Path, lab: type[v16.Lab] | type[v201.Lab] = v16.Lab, **opening: Any) -> None:
    """Play it (``opening`` as ``Lab.open`` takes it); in the end the bench CSMS has seen no breach of the standard."""
    kind = lab

    async def play() -> None:
        lab = kind(folder)
        try:
            await lab.open(**opening)
            await script(lab)
            assert [f"{entry.rule}: {entry.text}" for entry in lab.station.violations] == []
        finally:
            print("\n".join(lab.lines))
            await lab.close()

    asyncio.run(asyncio.wait_for(play(), TIMEOUT_S))


def samples(message: Message, measurand: str) -> dict[str | None, float]:
    """The values of one measurand in a MeterValues, by phase."""
    entries = [sample for value in message.payload["meterValue"] for sample in value["sampledValue"]]
    return {each.get("phase"): float(each["value"]) for each in entries if each.get("measurand") == measurand}
