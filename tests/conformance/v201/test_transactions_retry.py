"""Block E: events that the CSMS does not take (E13). The interval is one second, to be short, and so is the station's
time-out where it matters."""

from itertools import pairwise

import pytest

from simulators.csms.behaviour import KIND, Behaviour
from simulators.csms.message_log import Message
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.sites import variables

QUICK = {
    "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": "3",
    "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": "1",
    "AuthCtrlr.LocalPreAuthorize": "false",
}
IMPATIENT = variables(**{"OCPPCommCtrlr.MessageTimeout[Default]": "1"})
SILENT = Behaviour(silent=frozenset({"TransactionEvent"}))
REFUSES = Behaviour(error={"TransactionEvent": "InternalError"})


async def sent(lab: Lab, times: int) -> list[Message]:
    """The first event, so many times."""
    await lab.csms.until(lambda: len(lab.heard("TransactionEvent", seqNo=0)) >= times, 15.0)
    return lab.heard("TransactionEvent", seqNo=0)


async def begun(lab: Lab, behaviour: Behaviour) -> None:
    """A transaction whose first event is not taken."""
    await lab.configure(QUICK)
    await states.authorized(lab)
    lab.csms.behaviour = behaviour
    await lab.plug()


def spaced(messages: list[Message], *least_s: float) -> None:
    """Between each and the next lie at least so many seconds, and not twice as many."""
    gaps = [(after.at - before.at).total_seconds() for before, after in pairwise(messages)]
    assert len(gaps) == len(least_s), gaps
    assert all(least - 0.2 <= gap <= 2 * least + 1 for gap, least in zip(gaps, least_s, strict=True)), (gaps, least_s)


@pytest.mark.parametrize(
    ("behaviour", "gaps_s"),
    [
        pytest.param(SILENT, (2, 3), marks=case("TC_E_41", change=IMPATIENT), id="silent"),
        pytest.param(REFUSES, (1, 2), marks=case("TC_E_50"), id="refused"),
    ],
)
async def test_it_is_sent_as_often_as_it_is_to_be_and_no_more(lab: Lab, behaviour: Behaviour, gaps_s: tuple[float, ...]) -> None:
    await begun(lab, behaviour)
    await sent(lab, 3)
    await lab.csms.until(lambda: bool(lab.heard("TransactionEvent", seqNo=1)), 15.0)
    spaced(lab.heard("TransactionEvent", seqNo=0), *gaps_s)
    assert len({message.frame[1] for message in lab.heard("TransactionEvent", seqNo=0)}) == 3, "each with an id of its own"


@pytest.mark.parametrize(
    ("behaviour", "gap_s"),
    [
        pytest.param(SILENT, 2, marks=case("TC_E_42", change=IMPATIENT), id="silent"),
        pytest.param(REFUSES, 1, marks=case("TC_E_51"), id="refused"),
    ],
)
async def test_it_is_not_sent_again_once_it_was_taken(lab: Lab, behaviour: Behaviour, gap_s: float) -> None:
    await begun(lab, behaviour)
    await sent(lab, 1)
    lab.csms.behaviour = KIND
    await lab.csms.until(lambda: bool(lab.heard("TransactionEvent", seqNo=1)), 15.0)
    spaced(lab.heard("TransactionEvent", seqNo=0), gap_s)
