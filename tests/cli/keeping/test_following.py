"""Ctrl-C in a terminal calls off what waits for a car, and leaves at any other time."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from os import getpid, kill

from chargepoint.cli.keeping.following import CTRL_C, follow
from chargepoint.web.wizard.ports import Progress


def test_ctrl_c_calls_off_what_waits_for_a_car_and_leaves_at_any_other_time() -> None:
    said: list[str] = []
    usual = []

    async def main() -> Progress | None:
        off = asyncio.Event()
        usual.append(signal.getsignal(signal.SIGINT))

        async def change() -> AsyncGenerator[Progress, None]:
            yield Progress("saved", "written")
            yield Progress("waiting", "EVSE 1 charges.")
            kill(getpid(), signal.SIGINT)
            await off.wait()
            yield Progress("failed", "called off")
            usual.append(signal.getsignal(signal.SIGINT))
            yield Progress("put back", "called off, all of it")

        return await follow(change(), off.set, lambda progress: said.append(progress.text))

    last = asyncio.run(asyncio.wait_for(main(), 10))
    assert last is not None
    assert last.state == "put back"
    assert said == ["written", f"EVSE 1 charges. {CTRL_C}", "called off", "called off, all of it"]
    assert usual[0] == usual[1]
