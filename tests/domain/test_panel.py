"""What text displays say, page by page."""

import pytest

from chargepoint import texts
from chargepoint.domain.indications import EVERYTHING
from chargepoint.domain.panel import Sight, panel
from chargepoint.domain.panel_words import CONTEXT, LONGEST, WORDS

CHARGES = Sight(
    evse=1, headline="charging", power_w=7_360, energy_wh=12_340, lasted_s=2_550, cost="3.31", text="0.45 EUR per kWh, then 2 EUR per hour"
)
FREE = Sight(evse=2, headline="available", text="0.45 EUR/kWh")


def test_every_word_is_there_in_every_language_and_fits_beside_the_number_of_an_evse() -> None:
    assert set(WORDS) == {*EVERYTHING, "ev_paused", "cost"}
    words = [texts.of(language).text(word, CONTEXT) for language in texts.LANGUAGES for word in WORDS.values()]
    assert [word for word in words if not 0 < len(word) <= LONGEST] == []


def test_two_lines_of_sixteen_page_through_all_there_is_to_tell() -> None:
    pages = [panel([CHARGES], 16, 2, texts.of("en"), page) for page in range(7)]
    assert {page[0] for page in pages} == {"Charging"}
    assert [page[1] for page in pages] == [
        "7.4kW 12.34kWh", "Cost 3.31", "0:42 h", "0.45 EUR per", "kWh, then 2 EUR", "per hour", "7.4kW 12.34kWh",
    ]  # fmt: skip


def test_four_lines_of_twenty_are_shared_by_two_evses() -> None:
    assert panel([CHARGES, FREE], 20, 4, texts.of("de"), 1) == ("1 Lädt", "Kosten 3,31", "2 Einstecken", "0.45 EUR/kWh")


def test_evses_without_room_take_turns() -> None:
    headlines = [panel([CHARGES, FREE], 16, 2, texts.of("en"), page)[0] for page in range(5)]
    assert headlines == ["1 Charging", "1 Charging", "2 Plug in", "2 Plug in", "1 Charging"]


def test_a_single_line_pages_through_headline_and_details() -> None:
    assert [panel([FREE], 16, 1, texts.of("fr"), page) for page in range(3)] == [("Branchez",), ("0.45 EUR/kWh",), ("Branchez",)]


@pytest.mark.parametrize(("columns", "rows", "evses"), [(16, 2, 1), (16, 2, 3), (20, 4, 1), (20, 4, 5), (8, 1, 2), (40, 8, 3)])
def test_there_are_always_as_many_lines_as_the_display_has_and_none_is_too_long(columns: int, rows: int, evses: int) -> None:
    sights = [Sight(evse=number, headline="fault", text="Unplug your car. " * 30) for number in range(1, evses + 1)]
    for page in range(30):
        lines = panel(sights, columns, rows, texts.of("en"), page)
        assert len(lines) == rows
        assert all(len(line) <= columns for line in lines)
    assert panel([], columns, rows, texts.of("en"), 0) == ("",) * rows
