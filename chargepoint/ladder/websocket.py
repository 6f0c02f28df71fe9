"""Does the CSMS take the WebSocket of this station, and which OCPP version does it choose? The station is asked; see the package."""

from chargepoint.domain.findings import Finding, by_code
from chargepoint.inquiry.ladder import UplinkSeen
from chargepoint.ladder.way import Way
from chargepoint.ladder.words import lasting
from chargepoint.ocpp.connection import dial
from chargepoint.ocpp.negotiate import NotAgreed, agreed
from chargepoint.ocpp.problems import Problem, Unreachable, problem

NAME = "websocket"
BELOW = ("CP-70", "CP-71", "CP-72")
"""Numbers of the rungs below this one."""
IN_FORCE = "; the password of the configuration was sent, the CSMS may have set another one since, which only the station has"
HTTP_401 = "CP-732"


async def look(way: Way) -> Finding:
    """The rung."""
    if way.presence == "absent":
        return await _dialled(way)
    if way.uplink is None:
        return Finding(name=NAME, state="not known", text="the station cannot be asked, and may be connected", remedy=way.ask_how)
    return told(way.uplink)


def told(uplink: UplinkSeen) -> Finding:
    """By a station that runs."""
    if uplink.connected:
        text = f"connected for {lasting(uplink.stands_s or 0.0)} with OCPP {uplink.version}, says the station"
        return Finding(name=NAME, state="passed", text=text, figures={"version": uplink.version, "stands_s": uplink.stands_s})
    if not uplink.network:
        return Finding(name=NAME, state="not known", text="the station waits for the network", remedy="Mend the rungs below first.")
    last, again = uplink.last_failure, "" if uplink.again_s is None else f"; the next in {lasting(uplink.again_s)}"
    if last is None or uplink.failed == 0:
        ended = f"; the connection before ended: {uplink.ended}" if uplink.ended else ""
        text = f"the station is connecting{ended}"
        return Finding(name=NAME, state="not known", text=text, remedy="Run this again in some seconds.")
    text = f"{last.seen} (the station's attempt number {uplink.failed}, {lasting(last.age_s)} ago{again})"
    if last.code.startswith(BELOW):
        remedy = "Wait for the station's next attempt, or mend what the rungs below say."
        return Finding(name=NAME, state="not known", text=text, remedy=remedy, code=last.code)
    return by_code(NAME, last.code, text, f"Check {last.check}.", figures={"failed": uplink.failed})


async def _dialled(way: Way) -> Finding:
    """For real: there is no station whose connection could be dropped for it."""
    settings = way.settings
    try:
        connection = await dial(settings.url or "", settings)
    except Unreachable as unreachable:
        return _failed(unreachable.problem)
    try:
        version = agreed(connection.subprotocol, settings.versions, settings.assume_subprotocol)
    except NotAgreed as error:
        return _failed(problem(error))
    finally:
        await connection.close()
        connection.abort()
    text = f"taken with OCPP {version}, and closed again: tried without the station, which does not run"
    return Finding(name=NAME, state="passed", text=text, figures={"version": version})


def _failed(what: Problem) -> Finding:
    if not what.code:
        return Finding(name=NAME, state="failed", text=what.seen, remedy=f"Check {what.check}.")
    return by_code(NAME, what.code, what.seen + (IN_FORCE if what.code == HTTP_401 else ""), f"Check {what.check}.")
