"""Languages of the texts that a driver reads: tags of RFC 5646, compared without case, ``_`` taken for ``-``."""

import re
from collections.abc import Iterable, Mapping

from chargepoint.domain.values import BadValue, Bounds, DataType, shown

_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}", re.ASCII)
OTHERWISE = "en"
MOST = 30
"""Languages of one station."""


def known(tag: str, languages: Iterable[str]) -> str | None:
    """This tag as the list spells it: itself, else its language without the region (``de-AT`` finds ``de``)."""
    wanted, spelled = _folded(tag), {_folded(each): each for each in languages}
    return spelled.get(wanted) or spelled.get(wanted.partition("-")[0])


def chosen(wanted: Iterable[str], languages: Iterable[str]) -> str | None:
    """In which of our languages to speak to somebody who wants these, the better first; English if we have none of them; ``None``: he wants
    none in particular (OCPP 2.0.1 C01.FR.08, C01.FR.09, C01.FR.12, C01.FR.13)."""
    tags, ours = tuple(wanted), tuple(languages)
    return next((found for tag in tags if (found := known(tag, ours)) is not None), OTHERWISE if tags else None)


def listed(text: str) -> tuple[str, ...]:
    """``en, de,nb-NO``. Raises BadValue."""
    tags = tuple(tag.strip() for tag in text.split(","))
    wrong = next((tag for tag in tags if not _TAG.fullmatch(tag)), None)
    if wrong is not None or len(tags) > MOST:
        found = f"{len(tags)} languages" if wrong is None else shown(wrong)
        raise BadValue("InvalidValue", f"{found}: expected up to {MOST} language tags of RFC 5646 between commas, en,de for example")
    return tags


def preset(keys: Mapping[str, str], key: str, otherwise: str) -> tuple[str, ...]:
    """The languages that the configuration file lists under a 1.6 key, whatever its case."""
    text = next((value for name, value in keys.items() if name.lower() == key.lower()), otherwise)
    try:
        return listed(text)
    except BadValue:
        return listed(otherwise)


def _folded(tag: str) -> str:
    return tag.replace("_", "-").lower()


def _one(text: str, bounds: Bounds) -> str:
    tag = next((each for each in bounds.values if _folded(each) == _folded(text.strip())), None)
    if tag is None:
        raise BadValue("InvalidValue", f"{shown(text)} is not supported here; expected one of {', '.join(bounds.values)}")
    return tag


LANGUAGES = DataType("SequenceList", lambda text, _: listed(text))
LANGUAGE = DataType("OptionList", _one)
