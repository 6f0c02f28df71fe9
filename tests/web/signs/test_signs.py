"""What hangs at a station."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
import segno

from chargepoint import texts
from chargepoint.texts import Texts
from chargepoint.web.signs import as_pdf, as_svg, letters, qr, sheet, sign, sticker
from chargepoint.web.signs.marks import Box, Code, Icon, Paper, Text
from tests.web.driver_pages import public
from tests.web.signs.pdf_text import text

AT = datetime(2026, 3, 1, tzinfo=UTC)
URL = "http://station.local:8080/e/"


def about(**changes: object) -> sign.Sign:
    return sign.of(public(**changes), 1, URL)


def spoken(*languages: str) -> list[Texts]:
    return [texts.of(language) for language in languages]


def flat(said: str) -> str:
    return " ".join(said.split())


def test_a_sheet_says_how_to_charge_in_three_languages_with_all_their_letters() -> None:
    pdf = as_pdf.drawn([sheet.layout(about(), spoken("de", "pl", "fr", "en"))], AT)
    said = flat(text(pdf))
    for words in ("XY-12 · 1", "So laden Sie", "Jak ładować", "Przyłożyć kartę", "Proszę", "Comment recharger", "+49 800 123 45 67"):
        assert words in said
    assert "How to charge" not in said
    assert len(pdf) < 60_000
    assert b"/Lang (de)" in pdf


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_everything_stands_on_the_paper_and_nothing_on_anything_else(language: str) -> None:
    signs = (about(), about(readers=()), about(readers=(), start=False), about(authorization={"free": True}))
    papers = [(sticker.layout(each, texts.of(language)), sheet.layout(each, spoken(language, "fr", "pl"))) for each in signs]
    for paper in (paper for both in papers for paper in both):
        lines = [mark for mark in paper.marks if isinstance(mark, Text)]
        for mark in lines:
            left, right = extent(mark)
            assert 0 <= left < right <= paper.width, mark
            assert 0 < mark.y - mark.size < mark.y < paper.height, mark
            assert letters.drawable(mark.text) == mark.text
        together = [(one.text, other.text) for at, one in enumerate(lines) for other in lines[at + 1 :] if touching(one, other)]
        assert together == []
        smallest = min(mark.size for mark in lines)
        assert smallest >= (1.9 if paper.width == sticker.WIDTH else 2.6), (language, smallest)


def extent(mark: Text) -> tuple[float, float]:
    wide = letters.width(mark.text, mark.size, mark.bold)
    left = mark.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * wide
    return left, left + wide


def touching(one: Text, other: Text) -> bool:
    """Capital letters are about three quarters of their body."""
    (left, right), (from_, to) = extent(one), extent(other)
    return left < to and from_ < right and one.y - 0.74 * one.size < other.y and other.y - 0.74 * other.size < one.y


def test_where_there_is_no_csms_no_app_is_promised() -> None:
    assert "app" in text(as_pdf.drawn([sheet.layout(about(), spoken("en"))], AT))
    assert "app" not in text(as_pdf.drawn([sheet.layout(about(ocpp={"csms_url": None}), spoken("en"))], AT))


def test_where_nobody_needs_a_card_none_is_shown_and_without_a_help_line_the_operator_stands_there() -> None:
    free = about(authorization={"free": True}, help_line="")
    paper = sheet.layout(free, spoken("en"))
    said = text(as_pdf.drawn([paper], AT))
    assert "Charging starts by itself." in flat(said)
    assert "card" not in said
    assert [mark.name for mark in paper.marks if isinstance(mark, Icon)] == ["ready", "charging"]
    assert "Stadtwerke Musterstadt" in text(as_pdf.drawn([sticker.layout(free, texts.of("en"))], AT))


@pytest.mark.parametrize(("start", "says"), [(True, "Scan the code and tap “Start charging”."), (False, "Start with the app")])
def test_where_there_is_no_reader_the_telephone_starts(start: bool, says: str) -> None:
    bare = about(readers=(), start=start)
    said = flat(text(as_pdf.drawn([sheet.layout(bare, spoken("en"))], AT)))
    assert (says in said, "card" in said) == (True, False)
    for language in texts.LANGUAGES:
        assert sticker.layout(bare, texts.of(language)).marks


def test_a_code_is_that_of_the_address_with_its_quiet_zone() -> None:
    rows = [list(row) for row in segno.make_qr(f"{URL}1", error="q", boost_error=False).matrix]
    module = 40 / (len(rows) + 8)
    seen = [[0] * len(rows) for _ in rows]
    for x, y, wide, high in qr.runs(f"{URL}1", 40):
        assert high == pytest.approx(module)
        for step in range(round(wide / module)):
            seen[round(y / module) - 4][round(x / module) - 4 + step] = 1
    assert seen == rows
    [code] = [mark for mark in sticker.layout(about(), texts.of("en")).marks if isinstance(mark, Code)]
    assert code.content == f"{URL}1"


def test_a_sticker_is_a_picture_of_its_size_that_needs_no_font() -> None:
    svg = as_svg.drawn(sticker.layout(about(operator="<&>", label='"><script>'), texts.of("pl")))
    root = ElementTree.fromstring(svg)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("100mm", "60mm", "0 0 100 60")
    kinds = {each.tag.partition("}")[2] for each in root.iter()}
    assert kinds == {"svg", "title", "desc", "path", "rect"}
    assert not re.search(r"\b(nan|inf)\b", svg)
    pdf = as_pdf.drawn([sticker.layout(about(), texts.of("pl"))], AT)
    assert re.search(rb"/MediaBox \[0 0 283\.46 170\.08\]", pdf)


def test_what_the_letters_do_not_have_is_a_question_mark_and_long_words_stay_whole() -> None:
    assert letters.drawable("Łódź 東 €") == "Łódź ? €"
    assert letters.lines("a Donaudampfschifffahrt b", 4, 10) == ["a", "Donaudampfschifffahrt", "b"]
    assert letters.fitting("Donaudampfschifffahrt", 4, 10) < 4
    paper = Paper(width=50, height=20, title="x", language="en", marks=(Box(x=0, y=0, width=50, height=20, colour="#ffffff"),
                                                                       Text(x=25, y=10, size=4, text="東", anchor="middle")))  # fmt: skip
    assert text(as_pdf.drawn([paper], AT)) == "?"
    assert "<desc>東</desc>" in as_svg.drawn(paper)
