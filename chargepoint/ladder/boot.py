"""Does the CSMS accept the station? The station is asked: the boot is its own."""

from chargepoint.domain.findings import Finding, failing
from chargepoint.inquiry.ladder import UplinkSeen
from chargepoint.ladder.way import Way
from chargepoint.ladder.words import lasting

NAME = "boot"
PATIENCE_S = 30.0
"""A CSMS that answers later than that does not answer."""


def look(way: Way) -> Finding:
    """The rung."""
    if way.uplink is None:
        text = "there is no station process that could be asked" if way.presence == "absent" else "the station cannot be asked"
        return Finding(name=NAME, state="skipped", text=text, remedy="" if way.presence == "absent" else way.ask_how)
    return told(way.uplink)


def told(uplink: UplinkSeen) -> Finding:
    """As the station says."""
    state, again = uplink.registration.value, "" if uplink.boot_again_s is None else f"; asked again in {lasting(uplink.boot_again_s)}"
    if not uplink.connected:
        before = f"; before, it was {state}" if state != "none" else ""
        return Finding(name=NAME, state="skipped", text=f"no connection{before}")
    if state == "accepted":
        text = f"accepted, heartbeat every {uplink.interval_s:g} s"
        return Finding(name=NAME, state="passed", text=text, figures={"interval_s": uplink.interval_s})
    if state == "pending":
        return failing(NAME, "boot_pending", f"pending{again}", state="warning")
    if state == "rejected":
        return failing(NAME, "boot_rejected", f"rejected{again}")
    if uplink.boot_failure or (uplink.stands_s or 0.0) > PATIENCE_S:
        return failing(NAME, "boot_unanswered", f"{uplink.boot_failure or 'no answer'}{again}")
    return Finding(name=NAME, state="not known", text="asked, and not answered yet", remedy="Run this again in some seconds.")
