"""One presentation is one token."""

from hal.readers.presence import Presence


def test_a_card_that_lies_there_for_minutes_is_told_once_and_again_when_it_was_away() -> None:
    presence = Presence(0.5)
    told = [presence.sees("04A1", number * 0.05) for number in range(12_000)]
    assert told.count(True) == 1
    assert not presence.sees("04A1", 600.4)
    assert presence.sees("04A1", 601.0)


def test_two_cards_that_are_read_in_turns_are_two() -> None:
    presence = Presence(0.5)
    assert sum(presence.sees("AB"[number % 2], number * 0.1) for number in range(1000)) == 2


def test_of_the_time_in_which_the_reader_was_away_nothing_is_known() -> None:
    presence = Presence(0.5)
    assert presence.sees("04A1", 0.0)
    presence.resume(60.0)
    assert not presence.sees("04A1", 60.1)
    presence.resume(120.0)
    assert presence.sees("04A1", 121.0)
