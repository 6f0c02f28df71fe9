"""WS2812 pulse by pulse, and what a strip of them takes from its power supply."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.errors import DriverError
from hal.indicators.ws2812 import BIT_S, LED_MA, ORDERS, bounded, encoded, indicator
from hal.measured import Colour
from simulators.wires.indicators import decoded

COLOURS = st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


@given(st.lists(COLOURS, min_size=1, max_size=16), st.sampled_from(sorted(ORDERS)))
def test_a_strip_reads_back_what_was_meant(colours: list[Colour], order: str) -> None:
    assert decoded(encoded(colours, order), order) == tuple(colours)


def test_the_pulses_are_within_the_data_sheet() -> None:
    """WS2812B: a one is high for 0.8 us, a zero for 0.4, each within 0.15; a bit lasts 1.25 us; 280 us of silence end a picture."""
    bits = "".join(f"{byte:08b}" for byte in encoded([(255, 0, 170)]))
    pulses = [(len(high) * BIT_S * 1e6, len(low) * BIT_S * 1e6) for high, low in re.findall("(1+)(0+)", bits)]
    assert len(pulses) == 24
    ones = [high for high, low in pulses if high > 0.6]
    zeros = [high for high, low in pulses if high <= 0.6]
    assert (len(ones), len(zeros)) == (12, 12)
    assert all(abs(high - 0.8) <= 0.15 for high in ones)
    assert all(abs(high - 0.4) <= 0.15 for high in zeros)
    assert all(high + low == pytest.approx(1.25) for high, low in pulses[:-1])
    assert pulses[-1][1] >= 280
    assert bits.startswith("0" * 8), "the line may have rested high"


def test_sixteen_pixels_are_one_short_transfer() -> None:
    assert len(encoded([(1, 2, 3)] * 16)) == 1 + 16 * 9 + 90 < 4096


@pytest.mark.parametrize("frame", [b"", b"\xff" * 40 + bytes(90), encoded([(1, 2, 3)])[:-60], encoded([(1, 2, 3)])[4:]])
def test_the_simulated_strip_takes_nothing_that_a_real_one_would_not(frame: bytes) -> None:
    assert decoded(frame) is None


@given(st.lists(COLOURS, min_size=1, max_size=64), st.floats(0.01, 1.0), st.integers(10, 2_000))
def test_a_strip_never_draws_more_than_its_supply_gives_nor_is_brighter_than_wanted(
    colours: list[Colour], share: float, most_ma: int
) -> None:
    painted = bounded(colours, share, most_ma)
    assert sum(map(sum, painted)) / 255 * LED_MA <= most_ma + 1e-6
    assert all(
        after <= before * share + 1e-6
        for one, other in zip(colours, painted, strict=True)
        for before, after in zip(one, other, strict=True)
    )


@pytest.mark.parametrize(
    "entries", [{"pixels": 0}, {"pixels": 65}, {"brightness_percent": 101}, {"max_ma": 5}, {"order": "RRB"}, {"buzzer": "GPIO24 loud"}]
)
def test_what_cannot_be_is_said_in_words(entries: dict[str, object]) -> None:
    with pytest.raises(DriverError, match=r"indicator\.ws2812.*: .+"):
        indicator(spi="/dev/spidev0.0", **entries)  # type: ignore[arg-type]


def test_a_bus_that_is_not_there_is_no_reason_not_to_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lamp = indicator(spi=str(tmp_path / "spidev0.0"))
    assert lamp.turn() > 1.0
    assert "switch SPI on" in caplog.text
