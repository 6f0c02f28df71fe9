"""The sheet beside the station, A4: how to charge, in up to three languages, with code and help line."""

from collections.abc import Iterator, Sequence

from chargepoint.texts import Texts
from chargepoint.web.signs import letters, sign
from chargepoint.web.signs.marks import ACCENT, GROUND, SOFT, Box, Code, Icon, Mark, Paper, Text
from chargepoint.web.signs.sign import Sign

WIDTH, HEIGHT, EDGE = 210.0, 297.0, 15.0
MOST = 3
"""Languages on one sheet."""
TOP, BOTTOM = 64.0, 36.0
CODE = 48.0
ICON = 17.0
GAP = 6.0
LINE = 1.3
"""From line to line, in heights of letters."""
LARGEST, LEAST = 4.4, 3.2
"""Letters are never lower: they are read from half a metre."""


def layout(about: Sign, languages: Sequence[Texts]) -> Paper:
    """The first language is the one of the document."""
    shown = languages[:MOST]
    return Paper(
        width=WIDTH,
        height=HEIGHT,
        title=f"{shown[0].text('How to charge')}: {about.station} {about.evse}",
        language=shown[0].language,
        marks=(*_head(about, shown), *_sections(about, shown), *_foot(about, shown)),
    )


def _head(about: Sign, languages: Sequence[Texts]) -> Iterator[Mark]:
    room = WIDTH - 2 * EDGE - CODE - GAP
    name = sign.heading(about)
    yield Text(x=EDGE, y=30, size=letters.fitting(name, 18, room, True), text=name, bold=True)
    if about.operator:
        yield Text(x=EDGE, y=39, size=letters.fitting(about.operator, 6, room), text=about.operator, colour=SOFT)
    for place, t in enumerate(languages):
        said = t.text("Scan for state, price and help")
        yield Text(x=EDGE, y=47 + place * 5.5, size=letters.fitting(said, 4.4, room), text=said)
    yield Code(x=WIDTH - EDGE - CODE + 4, y=EDGE - 4, size=CODE, content=about.url)


def _sections(about: Sign, languages: Sequence[Texts]) -> Iterator[Mark]:
    each, wide = (HEIGHT - TOP - BOTTOM) / max(2, len(languages)), _wide(about)
    size = min(_size([t.text(step.sentence) for step in sign.steps(about)], wide, each - 40) for t in languages)
    for place, t in enumerate(languages):
        yield from _section(about, t, TOP + place * each, wide, size)


def _wide(about: Sign) -> float:
    """Of one step."""
    count = len(sign.steps(about))
    return (WIDTH - 2 * EDGE - GAP * (count - 1)) / count


def _section(about: Sign, t: Texts, top: float, wide: float, size: float) -> Iterator[Mark]:
    yield Box(x=EDGE, y=top, width=WIDTH - 2 * EDGE, height=0.5, colour=ACCENT)
    yield Text(x=EDGE, y=top + 9, size=7.5, text=t.text("How to charge"), bold=True)
    yield Text(x=WIDTH - EDGE, y=top + 9, size=4.4, text=t.name, colour=SOFT, anchor="end")
    for number, step in enumerate(sign.steps(about)):
        x = EDGE + number * (wide + GAP)
        yield Text(x=x, y=top + 24.5, size=13, text=str(number + 1), bold=True, colour=ACCENT)
        yield Icon(x=x + 12, y=top + 11.5, size=ICON, name=step.icon)
        word = t.text(step.word)
        yield Text(x=x, y=top + 34, size=letters.fitting(word, 5.6, wide, True), text=word, bold=True)
        for place, line in enumerate(letters.lines(t.text(step.sentence), size, wide)):
            yield Text(x=x, y=top + 39.5 + place * size * LINE, size=size, text=line)


def _size(sentences: Sequence[str], wide: float, high: float) -> float:
    """As large as there is room for all of them, within reason."""
    size = LARGEST
    while size > LEAST and max(len(letters.lines(each, size, wide)) for each in sentences) * size * LINE > high:
        size -= 0.1
    return size


def _foot(about: Sign, languages: Sequence[Texts]) -> Iterator[Mark]:
    top, middle = HEIGHT - BOTTOM, HEIGHT - BOTTOM + 5
    yield Box(x=0, y=top, width=WIDTH, height=BOTTOM, colour=ACCENT)
    if about.help_line:
        labels = " · ".join(t.text("Help line") for t in languages)
        yield Icon(x=EDGE, y=middle + 1, size=14, name="phone", colour=GROUND)
        yield Text(x=EDGE + 19, y=middle + 4, size=letters.fitting(labels, 4.4, WIDTH - 2 * EDGE - 19), text=labels, colour=GROUND)
        yield Text(x=EDGE + 19, y=middle + 14.5, size=11, text=about.help_line, bold=True, colour=GROUND)
    said = " · ".join(_said(about, t) for t in languages)
    yield Text(x=EDGE, y=top + BOTTOM - 7, size=letters.fitting(said, 4.2, WIDTH - 2 * EDGE), text=said, colour=GROUND)


def _said(about: Sign, t: Texts) -> str:
    """What whoever answers wants to know."""
    if about.help_line:
        return t.text("Say: station {station}, charging place {place}.", station=about.station, place=about.evse)
    return t.text("Tell the operator: station {station}, charging place {place}.", station=about.station, place=about.evse)
