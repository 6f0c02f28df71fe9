from chargepoint.ocpp.backoff import SHORTEST_S, BackOff, BackOffRule


def waits(rule: BackOffRule, count: int, part: float = 1.0) -> list[float]:
    back_off = BackOff(lambda: rule, lambda low, high: low + (high - low) * part)
    return [back_off.next_s() for _ in range(count)]


def test_the_wait_doubles_with_a_new_random_part_and_then_stays() -> None:
    assert waits(BackOffRule(10, 2, 3), 6) == [12, 26, 54, 110, 110, 110]


def test_without_doublings_it_is_constant_from_the_start() -> None:
    assert waits(BackOffRule(5, 3, 0), 3, 0.0) == [5, 5, 5]


def test_nobody_hammers_even_if_told_so() -> None:
    assert waits(BackOffRule(0, 0, 5), 4) == [SHORTEST_S] * 4


def test_the_random_part_is_within_its_range() -> None:
    assert all(1 <= BackOff(lambda: BackOffRule(1, 4, 3)).next_s() <= 5 for _ in range(100))


def test_a_reset_begins_the_series_anew_with_the_rule_as_it_is_now() -> None:
    rules = [BackOffRule(1, 0, 9)]
    back_off = BackOff(lambda: rules[-1])
    assert [back_off.next_s() for _ in range(3)] == [1, 2, 4]
    rules.append(BackOffRule(7, 0, 9))
    back_off.reset()
    assert [back_off.next_s() for _ in range(2)] == [7, 14]
