"""The fields of a step, one after the other. What check-config has against one is said before the next is asked."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from chargepoint.cli.setting_up import finding
from chargepoint.cli.setting_up.screen import Back, Screen
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.ladder import stopwatch
from chargepoint.web.wizard import public, roots
from chargepoint.web.wizard.asking import fields_of
from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field, matters
from chargepoint.web.wizard.steps import Place
from chargepoint.web.wizard.wrong import field_of, in_words

WHOLE = re.compile(r"\b(board|meter|readers|connectors)(\[\d+\])?$")
"""Paths of more than one question: what is wrong there may come right with the next."""
PATH = "The path of its file; none for a public authority."
LANGUAGES = Field(
    name="languages",
    label="Languages for drivers",
    help=f"Tags with spaces between them: {', '.join(f'{tag} {name}' for tag, name in public.NAMES.items())}.",
    where=public.ONLY,
)


def ask(sitting: Sitting, place: Place) -> None:
    """Until every field is answered, and nothing is wrong with them. Raises Back, Leave."""
    answers = {**sitting.draft.of(place.key), **sitting.kept.typed.get(place.key, {})}
    while True:
        answers = _ask_all(sitting, place, answers)
        errors = sitting.errors(place, sitting.draft.answered(place.key, answers))
        if not errors:
            break
        sitting.screen.problem("This cannot be so yet:")
        for error in errors:
            sitting.screen.problem(error)
    sitting.answer(place, answers)


def _ask_all(sitting: Sitting, place: Place, answers: dict[str, str]) -> dict[str, str]:
    seldom: set[str] | None = None
    at = 0
    while True:
        every = [field for field in collapsed(fields_of(sitting.ports, sitting.draft, place, answers)) if matters(field, answers)]
        usual = [field for field in every if not field.seldom]
        if at >= len(usual) and seldom is None:
            seldom = _seldom(sitting, place, answers, [field for field in every if field.seldom])
        asked = [*usual, *(field for field in every if field.seldom and field.name in (seldom or ()))]
        if at >= len(asked):
            return answers | {field.name: shown(field, answers) for field in every if field.seldom and field.name not in answers}
        try:
            said = _one(sitting, place, asked[at], answers)
        except Back:
            if at == 0:
                raise
            at -= 1
            continue
        wrong = [error for error in sitting.errors(place, sitting.draft.answered(place.key, said)) if _of(asked[at], error)]
        for error in wrong:
            sitting.screen.problem(in_words(error, every))
        if not wrong:
            answers, at = said, at + 1
            sitting.type(place, answers)


def _seldom(sitting: Sitting, place: Place, answers: Answers, fields: Sequence[Field]) -> set[str]:
    """Those that have to be asked: on demand, or because something is wrong with one of them."""
    errors = sitting.errors(place, sitting.draft.answered(place.key, answers))
    wrong = {field.name for field in fields for error in errors if _of(field, error)}
    if wrong or not fields:
        return wrong
    names = ", ".join(field.label for field in fields)
    more = sitting.screen.sure(f"Look at {len(fields)} more settings, which are seldom needed?", default=False, help=names)
    return {field.name for field in fields} if more else set()


def _one(sitting: Sitting, place: Place, field: Field, answers: dict[str, str]) -> dict[str, str]:
    """The answers with one more. Raises Back, Leave."""
    if field.name == "driver":
        return finding.device(sitting, place, field, answers)
    if field.name == LANGUAGES.name:
        return _languages(sitting.screen, answers)
    if field.kind == "certificates":
        return answers | {field.name: _certificates(sitting, field, answers)}
    return answers | {field.name: typed(sitting.screen, field, answers)}


def _certificates(sitting: Sitting, field: Field, answers: Answers) -> str:
    """The path of a file, which is looked at and kept beside the configuration."""
    while True:
        try:
            path = typed(sitting.screen, replace(field, help=f"{field.help} {PATH}"), answers)
            return roots.from_text(sitting.config, path, stopwatch.now(), answers.get(field.name, ""))
        except roots.RootError as error:
            sitting.screen.problem(f"It was not taken: {error}.")


def typed(screen: Screen, field: Field, answers: Answers) -> str:
    """As it is kept: text."""
    value = shown(field, answers)
    if field.kind == "choice":
        return screen.choose(field.label, field.options, value)
    if field.kind == "truth":
        return "on" if screen.sure(_question(field), default=value == "on", help=field.help) else ""
    if field.kind == "password":
        return screen.secret(field.label, help=field.help, stored=field.stored) or answers.get(field.name, "")
    return screen.text(field.label, default=" ".join(value.split()) if field.kind == "area" else value, help=field.help)


def _question(field: Field) -> str:
    return f"{field.label}? {field.help}" if field.help else f"{field.label}?"


def shown(field: Field, answers: Answers) -> str:
    """What stands there already: an answer, or what is proposed."""
    return answers.get(field.name, field.proposed)


def collapsed(fields: Sequence[Field]) -> list[Field]:
    """All languages are one question here."""
    found = [field for field in fields if not field.name.startswith(public.SPOKEN)]
    return found if len(found) == len(fields) else [*found, LANGUAGES]


def _languages(screen: Screen, answers: dict[str, str]) -> dict[str, str]:
    others = {name: text for name, text in answers.items() if not name.startswith(public.SPOKEN)}
    now = [tag for tag in public.NAMES if answers.get(public.SPOKEN + tag) == "on"] or ["en"]
    while True:
        said = re.split(r"[\s,;]+", screen.text(LANGUAGES.label, default=" ".join(now), help=LANGUAGES.help).lower().strip())
        unknown = [tag for tag in said if tag not in public.NAMES]
        if not unknown:
            return others | {f"{public.SPOKEN}{tag}": "on" for tag in said}
        screen.problem(f"{' '.join(unknown) or 'none'!r}: expected one or more of {' '.join(public.NAMES)}, with spaces between them")


def _of(field: Field, error: str) -> bool:
    """Is it this field's?"""
    return field_of(error, (field,)) == field.name and not WHOLE.search(error.partition(": ")[0])
