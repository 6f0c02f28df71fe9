"""What the running station says: faults, messages that wait, the last session."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from chargepoint.cli.checks.scene import Scene
from chargepoint.domain.findings import Finding, failing
from chargepoint.inquiry.history import MOST, Events, ListEvents
from chargepoint.ladder import stopwatch
from chargepoint.ladder.words import lasting

MANY = 1000
"""Messages that wait while there is a connection."""


def look(scene: Scene) -> Iterator[Finding]:
    """As it stands."""
    if scene.document is None:
        if scene.configuration is not None:
            remedy = scene.ask_how or "Start the station process."
            text = "there is no station to ask" if scene.presence == "absent" else "the station cannot be asked"
            yield Finding(name="faults", state="not known", text=text, remedy=remedy)
        return
    yield from _faults(scene.document)
    yield from _messages(scene.document)
    yield _session(scene)


def _faults(document: dict[str, Any]) -> Iterator[Finding]:
    every = [("station", each) for each in document["fault_details"]]
    every += [(f"EVSE {evse['id']}", each) for evse in document["evses"] for each in evse["fault_details"]]
    for place, fault in every:
        state = "failed" if fault.get("stops_charging", True) else "warning"
        seen = f": {fault['info']}" if fault["info"] else ""
        text = f"{place}: {fault['name']}{seen}, for {lasting(fault['age_s'])}"
        steps = fault["technician"]
        yield Finding(
            name="faults",
            state="failed" if state == "failed" else "warning",
            text=text,
            remedy=steps[0] if steps else "",
            code=fault.get("code") or "",
        )
    if not every:
        yield Finding(name="faults", state="passed", text="none")


def _messages(document: dict[str, Any]) -> Iterator[Finding]:
    waiting, given_up, ocpp = document["messages"]["waiting"], document["messages"]["given_up"], document["ocpp"]
    if not ocpp["configured"]:
        return
    if given_up:
        yield failing("messages", "messages_given_up", f"{given_up} given up and kept", state="warning", figures={"given_up": given_up})
    text = f"{waiting} wait{'s' * (waiting == 1)} for the CSMS"
    if waiting > MANY and ocpp["connected"]:
        yield failing("messages", "csms_silent", text, state="warning", figures={"waiting": waiting})
    elif waiting and not ocpp["connected"]:
        remedy = "Mend the connection: they are kept, and told once it stands."
        yield Finding(name="messages", state="warning", text=text, remedy=remedy, figures={"waiting": waiting})
    else:
        yield Finding(name="messages", state="passed", text=text, figures={"waiting": waiting})


def _session(scene: Scene) -> Finding:
    assert scene.document is not None
    running = [str(evse["id"]) for evse in scene.document["evses"] if evse["transaction"]]
    if running:
        return Finding(name="last session", state="passed", text=f"runs now at EVSE {', '.join(running)}")
    events = scene.ask(Events, ListEvents(area="session", count=MOST))
    ended = [] if events is None else [each for each in events.lines if each.what.kind == "transaction_ended"]
    if not ended:
        return Finding(name="last session", state="passed", text="none in the history")
    at = datetime.fromisoformat(ended[-1].at)
    age_s = max(0.0, (stopwatch.now() - at.astimezone(UTC)).total_seconds())
    text = f"ended {lasting(age_s)} ago, at EVSE {ended[-1].what.evse}"
    return Finding(name="last session", state="passed", text=text, figures={"age_s": round(age_s)})
