"""The event ring: numbered, bounded, replayed until acknowledged."""

from hypothesis import given
from hypothesis import strategies as st

from chargepoint.control.events import Ring
from chargepoint.link.messages import EvseState


def filled(count: int, size: int = 100) -> Ring:
    """A ring to which so many events have been added."""
    ring = Ring("boot", size)
    for number in range(count):
        ring.add(EvseState(evse=1), float(number))
    return ring


def drain(ring: Ring) -> list[int]:
    """Send everything that is due."""
    numbers = []
    while (event := ring.due()) is not None:
        numbers.append(event.number)
        ring.sent()
    return numbers


def test_events_are_sent_once_in_order() -> None:
    ring = filled(3)
    assert drain(ring) == [1, 2, 3]
    assert drain(ring) == []
    ring.add(EvseState(evse=1), 9.0)
    assert drain(ring) == [4]


def test_what_was_not_acknowledged_is_sent_again_on_a_new_connection() -> None:
    ring = filled(5)
    drain(ring)
    ring.ack("boot", 3)
    ring.rewind()
    assert drain(ring) == [4, 5]


def test_the_newest_event_is_kept_for_a_station_that_lost_its_memory() -> None:
    ring = filled(5)
    drain(ring)
    ring.ack("boot", 5)
    assert drain(ring) == []
    ring.rewind()
    assert drain(ring) == [5]


def test_an_acknowledgement_of_another_boot_or_of_the_future_does_no_harm() -> None:
    ring = filled(3)
    ring.ack("earlier boot", 3)
    assert drain(ring) == [1, 2, 3]
    ring.ack("boot", 99)
    ring.add(EvseState(evse=1), 4.0)
    assert drain(ring) == [4]


def test_a_full_ring_forgets_the_oldest_and_counts_it() -> None:
    ring = filled(7, size=4)
    assert (ring.number, ring.dropped) == (7, 3)
    assert drain(ring) == [4, 5, 6, 7]


def test_an_empty_ring_has_nothing_to_send() -> None:
    ring = Ring("boot")
    ring.rewind()
    assert (ring.due(), ring.number) == (None, 0)


@given(st.lists(st.one_of(st.just("add"), st.just("send"), st.just("reconnect"), st.integers(0, 12)), max_size=80))
def test_a_station_that_commits_what_it_hears_misses_nothing_the_ring_still_had(moves: list[str | int]) -> None:
    """An integer is an acknowledgement of that number, were it ever heard."""
    ring, heard = Ring("boot", size=6), 0
    for move in moves:
        if move == "add":
            ring.add(EvseState(evse=1), 0.0)
        elif move == "reconnect":
            ring.rewind()
        elif isinstance(move, int):
            ring.ack("boot", min(move, heard))
        elif (event := ring.due()) is not None:
            assert event.number <= heard + 1 + ring.dropped
            heard = max(heard, event.number)
            ring.sent()
    ring.rewind()
    numbers = drain(ring)
    assert numbers == list(range(numbers[0], ring.number + 1)) if numbers else ring.number == 0
    assert not numbers or numbers[0] <= heard + 1 + ring.dropped
