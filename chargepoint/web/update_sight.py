"""What the page of updates shows: how an update stands, which versions run, and whatever of it changes."""

from collections.abc import AsyncIterator
from contextlib import suppress

from chargepoint.domain.support import support
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.updates import UpdateNoted
from chargepoint.update.messages import UNDER_WAY, Part, Phase, State, Update
from chargepoint.web.streams import News
from chargepoint.web.updates import NoUpdater
from chargepoint.web.visit import Visit

LOOK_S, SELDOM_S = 1.0, 10.0
"""How often the updater is asked for a page that looks on: while an update is under way, and else."""
STEPS = (
    (Phase.CHECKED, "Checked"),
    (Phase.WAITING, "Nobody charges"),
    (Phase.INSTALLING, "Installed"),
    (Phase.PROVING, "Shown to work"),
    (Phase.DONE, "Done"),
)
"""The way of an update that goes well; what of it is behind, and what is to come."""
SAYS = {
    Phase.CHECKED: ("wait", "It is signed by somebody whom this station trusts, and fits this device. Nothing has begun yet."),
    Phase.WAITING: ("wait", "It begins as soon as nobody charges. Until then sessions go on; no new one begins."),
    Phase.INSTALLING: (
        "wait",
        "It is being installed. Do not switch the station off; if the power goes all the same, it goes on afterwards.",
    ),
    Phase.PROVING: ("wait", "The new version runs, and is watched for half a minute. If it does not work, the one before is put back."),
    Phase.TAKING_BACK: ("wait", "The version before is being put back."),
    Phase.DONE: ("good", "It was installed, and works."),
    Phase.FAILED: ("bad", "It was not installed. What ran before goes on."),
    Phase.TAKEN_BACK: ("bad", "The version before runs again."),
    Phase.CANCELLED: ("", "It was cancelled. Nothing was changed."),
}
"""Tone and words for each phase."""
NO_WAY = ("bad", "It does not work, and could not be taken back by itself.")
"""The same where it failed for CP-832."""


async def state(visit: Visit) -> tuple[State | None, str]:
    """How things stand; ``None``: no updater answers, and why."""
    ports = visit.house.ports.updates
    if ports is None:
        return None, "There is no updater at this station: its software is replaced by whoever started it"
    try:
        return await ports.see(), ""
    except NoUpdater as error:
        return None, str(error)


async def live(visit: Visit, state: State | None, away: str) -> str:
    """The part of the page that goes with the update."""
    update = None if state is None else state.update
    tone, says = ("", "") if update is None else NO_WAY if update.code == "CP-832" else SAYS[update.phase]
    passed = [phase for phase, _ in STEPS]
    return visit.render(
        "update_now.html",
        state=state,
        away=away,
        update=update,
        tone=tone,
        says=says,
        steps=STEPS if update is not None and update.phase in passed else (),
        reached=passed.index(update.phase) if update is not None and update.phase in passed else 0,
        under_way=update is not None and update.phase in UNDER_WAY,
        fetching=visit.house.updates.fetching,
        parts=(*await _running(visit), *(() if state is None else state.parts)),
        support=support("" if state is None else state.support_until, visit.house.clock.now().date()),
    )


async def _running(visit: Visit) -> tuple[Part, ...]:
    """The processes, each as the version that it began with."""
    try:
        document = await visit.house.document()
    except InquiryError:
        return (Part("Station", "", "does not answer"),)
    station, control = str(document.get("release", "")), str(document.get("control_release", ""))
    late = control and control != station
    gone = "" if document.get("link") else "not connected"
    return Part("Station", station), Part("Control", control, "starts anew as soon as nobody charges" if late else gone)


async def news(visit: Visit) -> AsyncIterator[News]:
    """That part again whenever something has changed; the end of an update goes to the station's history."""
    said, ended = "", ""
    while True:
        stands, away = await state(visit)
        html = await live(visit, stands, away)
        if _plain(html) != said:
            said = _plain(html)
            yield News("update", html)
        update = None if stands is None else stands.update
        ended = await _note_end(visit, update, ended)
        goes_on = stands is None or visit.house.updates.busy or (update is not None and update.phase in UNDER_WAY)
        await visit.house.clock.pause(LOOK_S if goes_on else SELDOM_S)


def _plain(html: str) -> str:
    """Without what is another text each time: the token of its forms."""
    head, *rest = html.split('name="csrf" value="')
    return head + "".join(part.partition('"')[2] for part in rest)


async def _note_end(visit: Visit, update: Update | None, noted: str) -> str:
    """The station's history has a line of an end that a page has seen; the station knows whether it had it already."""
    ports = visit.house.ports.updates
    end = None if ports is None else ports.ended(update)
    if end is None or end.key == noted:
        return noted
    with suppress(InquiryError):
        await visit.ask(end, UpdateNoted)
        return end.key
    return noted
