from chargepoint.update.stillness import PATIENCE_S, Stillness


def test_the_station_has_the_first_word() -> None:
    still = Stillness()
    assert still.still(True, True, True, 0)
    assert not still.still(False, False, False, 1)


def test_one_that_is_silent_is_waited_for_and_one_that_runs_for_ever() -> None:
    still = Stillness()
    assert not still.still(None, False, True, 0)
    assert not still.still(None, True, True, PATIENCE_S)
    assert still.still(None, False, True, PATIENCE_S + 1)


def test_a_word_in_between_begins_the_wait_anew() -> None:
    still = Stillness()
    assert not still.still(None, False, True, 0)
    assert not still.still(False, True, True, 300)
    assert not still.still(None, False, True, PATIENCE_S)
    assert still.still(None, False, True, 2 * PATIENCE_S)


def test_without_a_configuration_there_is_nobody_to_wait_for() -> None:
    assert Stillness().still(None, False, False, 0)
    assert not Stillness().still(None, True, False, 0)
