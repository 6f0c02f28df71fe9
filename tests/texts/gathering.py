"""Every text for drivers that the code has, and the catalogues brought up to that: ``python -m tests.texts.gathering``, or ``make texts``.

    domain/catalogue          sentences for drivers
    domain/panel_words        words of displays, with their context
    texts.marked("...")       tables
    t.text("..."), t.plural   modules and templates of pages and signs

New ids get an empty text, ids that nothing uses are taken out, the rest stays as it is. English is the ids themselves.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib  # type: ignore[import-untyped]
from jinja2 import Environment, nodes

from chargepoint import texts
from chargepoint.domain import catalogue, panel_words
from chargepoint.texts.manners import MANNERS
from chargepoint.texts.words import FOLDER

ROOT = Path(__file__).parents[2]
ROOMS = ("chargepoint/web", "chargepoint/cli")
TEMPLATES = ROOT / "chargepoint" / "web" / "templates"

Id = tuple[str, str, str]
"""Context, id, plural."""


def ids() -> dict[Id, str]:
    """Each with the place that has it first."""
    found: dict[Id, str] = {}
    for key, place in (*_catalogue(), *_display(), *_modules(), *_templates()):
        found.setdefault(key, place)
    return found


def _catalogue() -> Iterator[tuple[Id, str]]:
    for entry in catalogue.ENTRIES:
        if entry.driver:
            yield ("", entry.driver, ""), entry.code


def _display() -> Iterator[tuple[Id, str]]:
    for word in panel_words.WORDS.values():
        yield (panel_words.CONTEXT, word, ""), f"at most {panel_words.LONGEST} characters"


def _modules() -> Iterator[tuple[Id, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    yield from _called(ast.unparse(node.func), [_constant(each) for each in node.args], path)


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _templates() -> Iterator[tuple[Id, str]]:
    environment = Environment()
    for path in sorted(TEMPLATES.glob("driver*.html")):
        for call in environment.parse(path.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Getattr) and isinstance(call.node.node, nodes.Name):
                said = [each.value if isinstance(each, nodes.Const) else None for each in call.args]
                yield from _called(f"{call.node.node.name}.{call.node.attr}", said, path)


def _called(function: str, said: list[Any], path: Path) -> Iterator[tuple[Id, str]]:
    place = str(path.relative_to(ROOT))
    if function in ("marked", "texts.marked", "t.text") and said and said[0]:
        yield ("", said[0], ""), place
    elif function == "t.plural":
        yield ("", said[0], said[1]), place


def renew(language: str) -> None:
    """The catalogue of a language has just these ids."""
    path = FOLDER / f"{language}.po"
    before = {_key(each): each for each in polib.pofile(str(path))} if path.exists() else {}
    made = polib.POFile(wrapwidth=120)
    made.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": MANNERS[language].plural_forms,
    }
    for key, place in ids().items():
        made.append(_entry(key, place, before.get(key), language))
    made.save(str(path))


def _entry(key: Id, place: str, before: Any, language: str) -> Any:
    context, text, plural = key
    own = text if language == "en" else ""
    entry = polib.POEntry(msgid=text, msgctxt=context or None, comment=place, flags=["python-brace-format"] if "{" in text else [])
    if plural:
        forms = int(MANNERS[language].plural_forms[len("nplurals=")])
        english = {0: text, 1: plural} if language == "en" else dict.fromkeys(range(forms), "")
        entry.msgid_plural, entry.msgstr_plural = plural, english if before is None else before.msgstr_plural
    else:
        entry.msgstr = own if before is None else before.msgstr
    return entry


def _key(entry: Any) -> Id:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def main() -> None:
    """All languages."""
    for language in texts.LANGUAGES:
        renew(language)


if __name__ == "__main__":
    main()
