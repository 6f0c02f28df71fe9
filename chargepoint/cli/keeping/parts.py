"""What a backup has of the station, given to a station that runs with the backup's configuration.

Restore ──▶ it keeps them (``station.restored``) ──▶ it starts anew, and puts them in place before it begins
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from chargepoint.cli import applying
from chargepoint.cli.applying import Place
from chargepoint.inquiry.client import InquiryError, inquire
from chargepoint.inquiry.keeping import Parts, Restore, Restored, Secrets
from chargepoint.inquiry.restarting import Processes, Restart
from chargepoint.web.wizard.ports import Progress

PATIENCE_S = 20.0
UP_S = 60.0
LOOK_S = 0.5
TOLD = 5
"""So much of what did not fit is named at the end; all of it was before."""
AGAIN = "restore the backup once more"


async def put(
    place: Place, parts: Parts, secrets: Secrets | None, by: str, left_out: Sequence[tuple[str, str]] = ()
) -> AsyncGenerator[Progress, None]:
    """Until the station has them in place; nothing of the configuration is taken back for it. ``left_out``: what did not fit."""
    try:
        kept = await inquire(place.inquiry, Restored, Restore(parts=parts, secrets=secrets, by=by), PATIENCE_S)
        if kept.outcome == "refused":
            yield Progress("failed", f"The configuration is restored, and nothing else: {kept.message}; then {AGAIN}.")
            return
        wish = Restart(what="station", by="a backup that is restored")
        before = await inquire(place.inquiry, Processes, wish)
    except InquiryError as error:
        yield Progress("failed", f"The configuration is restored, and nothing else: {error}; {AGAIN}.")
        return
    later = "" if before.outcome == "begun" else f": {before.message}"
    yield Progress("restarting", f"Cards, lists, variables and certificates are put in place as the station starts{later}.")
    before = await applying.admitted(place, wish, before, asyncio.Event(), applying.HOLD_S)
    if before.outcome == "refused":
        yield Progress("failed", f"The configuration is restored; the rest follows when the station starts next: {before.message}.")
    else:
        yield await _risen(place, before, _done(left_out))


def _done(left_out: Sequence[tuple[str, str]]) -> str:
    if not left_out:
        return "Everything is restored, and the station runs with it."
    named = "; ".join(f"{section}: {text}" for section, text in left_out[:TOLD])
    more = f"; and {len(left_out) - TOLD} more" if len(left_out) > TOLD else ""
    return f"Not everything is restored. The station runs with the rest; this did not fit: {named}{more}."


async def _risen(place: Place, before: Processes, done: str) -> Progress:
    """The station is another one."""
    clock = asyncio.get_running_loop().time
    ends_s = clock() + UP_S
    while clock() < ends_s:
        now = await applying.processes(place)
        if now is not None and now.station != before.station:
            return Progress("up", done)
        if now is not None and before.outcome == "waiting":
            ends_s = clock() + UP_S
        await asyncio.sleep(LOOK_S)
    return Progress("failed", f"The station does not come up within {UP_S:.0f} s; {applying.NOT_UP}.")
