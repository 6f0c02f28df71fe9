"""A change that is followed in a terminal: as long as it waits for a car, Ctrl-C calls it off."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable

from chargepoint.web.wizard.ports import Progress

CTRL_C = "Ctrl-C calls it off."


async def follow(told: AsyncGenerator[Progress, None], call_off: Callable[[], None], tell: Callable[[Progress], None]) -> Progress | None:
    """How it ended. At any other time Ctrl-C leaves, as ever, and the pages go on with it."""
    loop, usual = asyncio.get_running_loop(), signal.getsignal(signal.SIGINT)
    last, listening = None, False
    try:
        async for last in told:
            waits = last.state == "waiting" and not last.link
            tell(Progress(last.state, f"{last.text} {CTRL_C}") if waits else last)
            if waits and not listening:
                loop.add_signal_handler(signal.SIGINT, call_off)
            elif listening and not waits:
                _listen_no_more(loop, usual)
            listening = waits
    finally:
        if listening:
            _listen_no_more(loop, usual)
    return last


def _listen_no_more(loop: asyncio.AbstractEventLoop, usual: object) -> None:
    loop.remove_signal_handler(signal.SIGINT)
    signal.signal(signal.SIGINT, usual)  # type: ignore[arg-type]
