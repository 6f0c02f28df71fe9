"""Lines of text in the bytes of displays that know few characters."""

import pytest

from hal.displays.characters import Characters, fitted


@pytest.mark.parametrize(
    ("text", "characters", "expected"),
    [
        ("Bitte einstecken", "ascii", b"Bitte einstecken"),
        ("Prêt à charger", "ascii", b"Pret a charger  "),
        ("0,45 €/kWh", "ascii", b"0,45 EUR/kWh    "),
        ("Außer Betrieb", "ascii", b"Ausser Betrieb  "),
        ("Außer Betrieb", "hd44780", b"Au\xe2er Betrieb   "),
        ("Über 20°", "hd44780", b"Uber 20\xdf        "),
        ("a\\b~c\x1b[2J", "hd44780", b"a b c [2J       "),
        ("日本", "ascii", b"??              "),
        ("Grüße", "utf-8", "Grüße           ".encode()),
        ("a line that is much too long", "ascii", b"a line that is m"),
    ],
)
def test_a_line_is_as_near_as_the_display_can_write_it_and_as_long_as_the_line(text: str, characters: Characters, expected: bytes) -> None:
    assert fitted(text, 16, characters) == expected


def test_a_byte_that_is_a_command_is_never_part_of_a_text() -> None:
    assert fitted("a|b", 5, "hd44780", b"\x7c\xfe") == b"a b  "
