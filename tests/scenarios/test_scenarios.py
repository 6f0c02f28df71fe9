"""The scenarios themselves: every row of each of them, and a few hours of the storm."""

import pytest

from chargepoint.cli.scenarios import fleet, power_cuts, sequences
from chargepoint.cli.scenarios.catalogue import Options
from chargepoint.cli.scenarios.storm import SPELL_H, Storm, Weather, spells
from chargepoint.cli.scenarios.trial import Trial
from simulators.garage import GARAGE

STORMY = Weather(idle_s=600.0, quiet_s=600.0, powered_s=3_600.0, station_s=3_600.0)


@pytest.mark.parametrize("row", fleet.ROWS, ids=[f"{row.car} at {row.place.name}" for row in fleet.ROWS])
def test_a_good_station_deals_with_this_car(row: fleet.Row) -> None:
    seen = fleet.play(row, 7)
    assert seen.wrong == (), "\n".join(seen.last)


def test_the_fleet_is_the_whole_garage() -> None:
    assert {row.car for row in fleet.ROWS} == set(GARAGE)


@pytest.mark.parametrize("each", sequences.SEQUENCES, ids=[f"{each.number}: {each.what}" for each in sequences.SEQUENCES])
def test_a_sequence_keeps_its_time(each: sequences.Sequence) -> None:
    assert sequences.judged(each, Trial(0.3)) is None


def test_a_sequence_out_of_its_limits_is_wrong() -> None:
    strict = sequences.SEQUENCES[0]._replace(most_s=0.01)
    assert (sequences.judged(strict, Trial(0.3)) or "").endswith(" s")


@pytest.mark.parametrize("story", power_cuts.STORIES, ids=[story.name for story in power_cuts.STORIES])
@pytest.mark.parametrize("cut_s", [11.9, 30.02, 31.5])
def test_a_power_cut_loses_nothing(story: power_cuts.Story, cut_s: float) -> None:
    life = power_cuts.Life(story, cut_s, 0.4)
    life.play()
    assert life.wrong == [], "\n".join(life.stage.happenings.last)


def test_hours_of_storm_break_no_rule() -> None:
    spell = Storm(11, STORMY).play(11, 1.5)
    assert spell.broken is None, "\n".join((str(spell.broken), *spell.last))
    assert spell.hours == pytest.approx(1.5)
    assert spell.sessions > 8
    assert len(spell.raised) > 8


def test_a_storm_is_played_in_spells_whose_seeds_follow_one_another() -> None:
    assert spells(Options(seed=7, hours=2 * SPELL_H + 1)) == [(7, SPELL_H), (8, SPELL_H), (9, 1.0)]
    assert spells(Options(seed=8, hours=SPELL_H))[0] == spells(Options(seed=7, hours=2 * SPELL_H))[1], "one of them alone is the same"


def test_a_seed_plays_the_same_again() -> None:
    assert Storm(3).play(3, 0.25) == Storm(3).play(3, 0.25)
