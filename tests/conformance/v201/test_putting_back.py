"""The lab itself: a station that is put back is as it was, and one that cannot be is not used again."""

import pytest

from simulators.csms.behaviour import Behaviour
from tests.conformance.standing import Shared, Standing
from tests.conformance.v201 import states
from tests.conformance.v201.lab import CARD, Lab
from tests.conformance.v201.sites import CABLE, SOCKET

THRESHOLD = "OCPPCommCtrlr.OfflineThreshold"


def test_whatever_a_case_leaves_behind_the_next_one_finds_the_station_as_it_was(standing: Standing[Lab]) -> None:
    player = Shared(standing)
    lab = player.lab

    async def untidy() -> None:
        lab.tokens({CARD: "Accepted"})
        lab.csms.behaviour = Behaviour(silent=frozenset({"Heartbeat"}))
        await lab.configure({THRESHOLD: "7"})
        await states.unavailable(lab, evse=CABLE)
        await states.charging(lab)
        await lab.hardware(CABLE, temperature_c=90)
        await lab.ask("PUT", f"/evses/{SOCKET}/faults/odd", kind="other")
        await lab.network("down")

    async def tidy() -> None:
        assert lab.heard("TransactionEvent") == lab.heard("Authorize") == []
        assert await lab.variable(THRESHOLD) == "60"
        assert lab.csms.tokens.entries == {}
        assert lab.csms.behaviour == Behaviour()
        for evse in (SOCKET, CABLE):
            await lab.shows(evse, status="Available", contactor="open", ev=None, transaction=None, faults=[])

    player.play(untidy)
    assert standing.lab() is lab, f"thrown away: {lab.lines}"
    player.play(tidy)


def test_a_station_of_a_case_that_failed_is_not_used_again(standing: Standing[Lab]) -> None:
    player = Shared(standing)

    async def fails() -> None:
        raise AssertionError("on purpose")

    with pytest.raises(AssertionError, match="on purpose"):
        player.play(fails)
    assert isinstance(player.lab, Lab)
    assert not player.lab.bench or not player.lab.bench.running
    assert standing.lab() is not player.lab
