"""Cases in which the station goes from one CSMS to another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from simulators.csms.server import Csms
from tests.campaigns.bench import Json, until_true
from tests.conformance.v201.lab import LOOK_S, WAIT_S, Lab

UNREACHABLE = "event=csms_unreachable"
PRIORITY = "OCPPCommCtrlr.NetworkConfigurationPriority"
ATTEMPTS = "OCPPCommCtrlr.NetworkProfileConnectionAttempts"
ACTIVE = "OCPPCommCtrlr.ActiveNetworkProfile"


async def reconnects(lab: Lab, connections: int) -> None:
    """Wait for another connection than those there have been."""
    await lab.csms.until(lambda: bool(lab.csms.stations) and lab.station.connections > connections and lab.station.connected, WAIT_S * 2)


async def moves(lab: Lab, csms: Csms) -> None:
    """The port of the CSMS is served by this one from now on."""
    port = int(lab.csms.url.rpartition(":")[2])
    await lab.csms.stop()
    csms.on_line = lab.lines.append
    lab.csms = csms
    lab.passed()

    async def listens() -> bool:
        try:
            await csms.start(port=port)
        except OSError:  # somebody's outgoing connection has it for a moment
            return False
        return True

    await until_true(listens, WAIT_S, lambda: f"port {port} stays taken", LOOK_S)


def profile(url: str, security_profile: int = 0, **more: object) -> Json:
    """connectionData"""
    return {
        "messageTimeout": 5,
        "ocppCsmsUrl": url,
        "ocppInterface": "Wired0",
        "ocppTransport": "JSON",
        "ocppVersion": "OCPP20",
        "securityProfile": security_profile,
        **more,
    }


async def sets_profile(lab: Lab, slot: int, data: Json, *, first: str = "", wanted: str = "Accepted") -> None:
    """SetNetworkProfile, and the priority if there is one to set."""
    await lab.says(wanted, "SetNetworkProfile", configurationSlot=slot, connectionData=data)
    if first:
        results = await lab.write({PRIORITY: first})
        assert results[PRIORITY]["attributeStatus"] in ("Accepted", "RebootRequired"), results


@asynccontextmanager
async def beside(lab: Lab, csms: Csms) -> AsyncIterator[Csms]:
    """Another CSMS, on a port of its own; whichever the lab does not look at in the end is stopped here."""
    first = lab.csms
    csms.on_line = lab.lines.append
    await csms.start()
    try:
        yield csms
    finally:
        for each in (first, csms):
            if each is not lab.csms:
                await each.stop()


async def resets(lab: Lab, goes_to: Csms) -> None:
    """The station restarts, and is at another CSMS then."""
    await lab.says("Accepted", "Reset", type="OnIdle")
    lab.csms = goes_to
    lab.passed()
    await lab.booted()
