"""A CSMS of 2.0.1 that says whose transaction matters more, at a station whose fuse is not enough for two cars."""

from pathlib import Path

from simulators.csms.behaviour import Behaviour
from tests.conformance.v201 import states
from tests.conformance.v201.lab import OTHER_CARD, Lab
from tests.conformance.v201.sites import CABLE, Json
from tests.peers.rig import dialogue

IMPORTANT = {"status": "Accepted", "chargingPriority": 5}


def small_fuse(tree: Json) -> None:
    tree["site"]["fuse_a"] = 32


def test_the_car_that_matters_more_charges_and_the_other_one_waits_until_it_has_gone(tmp_path: Path) -> None:
    """OCPP 2.0.1 K03.FR.04, K03.FR.06, K04.FR.02."""

    async def script(lab: Lab) -> None:
        first = await states.charging(lab)
        await lab.shows(limit_a=32.0)
        lab.csms.behaviour = Behaviour(answers={"Authorize": {"idTokenInfo": IMPORTANT}})
        second = await states.charging(lab, evse=CABLE, text=OTHER_CARD)
        await lab.shows(CABLE, limit_a=32.0)
        await lab.shows(limit_a=0.0, contactor="open")
        await lab.event("Updated", chargingState="SuspendedEVSE", transactionId=first)
        await lab.says("Accepted", "RequestStopTransaction", transactionId=second)
        await lab.shows(CABLE, limit_a=0.0)
        await lab.shows(limit_a=32.0, contactor="closed")
        await lab.event("Updated", chargingState="Charging", transactionId=first)

    dialogue(script, tmp_path, Lab, change=small_fuse)
