"""The catalogues of all languages against the ids that the code has."""

import re
from collections import Counter
from typing import Any

import polib  # type: ignore[import-untyped]
import pytest

from chargepoint import texts
from chargepoint.domain.panel_words import CONTEXT, LONGEST
from chargepoint.texts.manners import MANNERS
from chargepoint.texts.words import FOLDER
from tests.texts import gathering

IDS = gathering.ids()
PLACEHOLDER = re.compile(r"\{[^}]*\}")
MENDED = "run make texts, then translate what is empty in chargepoint/texts/locale"


def catalogue(language: str) -> list[Any]:
    return list(polib.pofile(str(FOLDER / f"{language}.po")))


def forms(entry: Any) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def test_there_is_a_catalogue_for_every_language_and_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.po")} == set(texts.LANGUAGES)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_id_is_there_and_none_that_nothing_uses(language: str) -> None:
    there = {(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "") for entry in catalogue(language)}
    assert (set(IDS) - there, there - set(IDS)) == (set(), set()), MENDED


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_id_is_translated_and_keeps_its_placeholders(language: str) -> None:
    for entry in catalogue(language):
        assert not entry.fuzzy
        assert not entry.obsolete
        wanted = placeholders(entry.msgid)
        assert all(form.strip() == form and form for form in forms(entry)), f"{entry.msgid}: {MENDED}"
        assert {tuple(sorted(placeholders(form).items())) for form in forms(entry)} == {tuple(sorted(wanted.items()))}, entry.msgid


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_words_of_displays_have_room(language: str) -> None:
    words = [entry for entry in catalogue(language) if entry.msgctxt == CONTEXT]
    assert [entry.msgstr for entry in words if len(entry.msgstr) > LONGEST] == []


@pytest.mark.parametrize("language", [each for each in texts.LANGUAGES if each != "en"])
def test_nothing_was_forgotten_in_english(language: str) -> None:
    same = {entry.msgid for entry in catalogue(language) if entry.msgstr == entry.msgid}
    assert same <= {"per kWh", "Privacy", "Operator:"}, same
    ends = [
        (entry.msgid, form)
        for entry in catalogue(language)
        if not entry.msgctxt
        for form in forms(entry)
        if ends_otherwise(entry.msgid, form)
    ]
    assert ends == []


def ends_otherwise(one: str, other: str) -> bool:
    """A sentence stays a sentence, a label a label."""
    return (one[-1] in ".?") != (other[-1] in ".?")


def test_plural_rules_of_code_and_catalogues_are_the_same() -> None:
    for language, manners in MANNERS.items():
        said = polib.pofile(str(FOLDER / f"{language}.po")).metadata["Plural-Forms"]
        rule = said.partition("plural=")[2].rstrip(";")
        for count in range(200):
            assert manners.plural(count) == int(c_expression(rule, count)), (language, count)


def c_expression(rule: str, n: int) -> int:
    """The rule of a catalogue, which is C, with ``? :`` in brackets if at all."""
    python = rule.replace("&&", " and ").replace("||", " or ").strip()
    while python.startswith("(") and python.endswith(")"):
        python = python[1:-1]
    choices = [part.strip() for part in python.replace(":", "?").split("?")]
    while len(choices) > 1:
        condition, value, *choices = choices
        if eval(condition, {"n": n}):
            return int(value)
    return int(eval(choices[0], {"n": n}))


def test_french_signs_are_never_parted_from_their_words() -> None:
    said = [form for entry in catalogue("fr") for form in forms(entry)]
    assert [form for form in said if re.search(r"[^\u00a0\u202f.][:;?!»]|«[^\u00a0\u202f]|'", form)] == []


@pytest.mark.parametrize("language", [each for each in texts.LANGUAGES if each != "en"])
def test_apostrophes_and_quotation_marks_are_those_of_print(language: str) -> None:
    assert [form for entry in catalogue(language) for form in forms(entry) if re.search(r"['\"]", form)] == []
