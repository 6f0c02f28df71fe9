"""Step 7: what drivers are told."""

from typing import Any, get_args

from chargepoint.domain.configuration import Language
from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field, given, truth

NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "nl": "Dutch", "it": "Italian", "pl": "Polish"}
SPOKEN = "language."
ONLY = {"open": ("on",)}


def fields() -> tuple[Field, ...]:
    """What is asked."""
    languages = tuple(
        Field(name=SPOKEN + tag, label=NAMES[tag], kind="truth", proposed="on" if tag == "en" else "", where=ONLY)
        for tag in get_args(Language)
    )
    return (
        Field(name="open", label="Strangers charge here", kind="truth", help="Then the rules for public stations apply."),
        Field(name="operator", label="Operator", help="Who runs this station, as drivers know it.", where=ONLY),
        Field(name="help_line", label="Help line", help="A telephone number where somebody answers day and night.", where=ONLY),
        Field(name="location", label="Where it stands", help="In words that help somebody on the telephone to find it.", where=ONLY),
        *languages,
    )


def tree(answers: Answers) -> dict[str, Any]:
    """``[public]``"""
    spoken = [tag for tag in get_args(Language) if truth(answers.get(SPOKEN + tag, ""))]
    told = {name: answers.get(name, "").strip() for name in ("operator", "help_line", "location")}
    return {"public": given(open_to_public=truth(answers.get("open", "")) or None, **told, languages=spoken)}
