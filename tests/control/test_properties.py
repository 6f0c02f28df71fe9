"""Safety properties over plausible histories. That each of them fails when what is behind it is taken out: ``test_mutants``."""

import pytest
from hypothesis import Phase, given, settings

from tests.control.histories import EPISODES, SESSION, Move, histories, play

pytestmark = pytest.mark.sweep


@pytest.mark.parametrize("episode", EPISODES)
def test_no_episode_breaks_a_rule(episode: str) -> None:
    for wait_s in (0.1, 2.0):
        play([*SESSION, *((act, 1, wait_s) for act in EPISODES[episode])])


@given(histories())
@settings(max_examples=30, deadline=None, phases=[Phase.generate])
def test_no_history_breaks_a_rule(history: list[Move]) -> None:
    play(history)
