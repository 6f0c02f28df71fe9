"""The sticker beside the plug, 100 x 60 mm: code, name of the station, the steps in short, help line."""

from collections.abc import Iterator

from chargepoint.texts import Texts
from chargepoint.web.signs import letters, sign
from chargepoint.web.signs.marks import ACCENT, GROUND, SOFT, Box, Code, Icon, Mark, Paper, Text
from chargepoint.web.signs.sign import Sign

WIDTH, HEIGHT, EDGE = 100.0, 60.0, 4.0
CODE = 42.0
LEFT = EDGE + CODE + 3.0
ROOM = WIDTH - EDGE - LEFT
STEP = 14.0
FOOT = 13.0


def layout(about: Sign, t: Texts) -> Paper:
    """In one language."""
    title = f"{about.station} {about.evse}"
    return Paper(width=WIDTH, height=HEIGHT, title=title, language=t.language, marks=tuple(_marks(about, t)))


def _marks(about: Sign, t: Texts) -> Iterator[Mark]:
    yield Box(x=0, y=0, width=WIDTH, height=HEIGHT, colour=GROUND)
    yield Code(x=EDGE - 1, y=EDGE - 2, size=CODE, content=about.url)
    name = sign.heading(about)
    yield Text(x=LEFT, y=12, size=letters.fitting(name, 9, ROOM, True), text=name, bold=True)
    where = sign.place(about, t)
    yield Text(x=LEFT, y=17.5, size=letters.fitting(where, 4, ROOM), text=where, colour=SOFT)
    yield from _steps(about, t)
    yield from _foot(about, t)


def _steps(about: Sign, t: Texts) -> Iterator[Mark]:
    found = sign.steps(about)
    each = ROOM / len(found)
    for number, step in enumerate(found):
        middle, word = LEFT + each * (number + 0.5), t.text(step.word)
        yield Icon(x=middle - STEP / 2 + 1, y=22, size=STEP - 2, name=step.icon, colour=ACCENT)
        broken = letters.lines(word, 3, each - 1)
        size = min(letters.fitting(line, 3, each - 1) for line in broken)
        for place, line in enumerate(broken):
            yield Text(x=middle, y=38 + place * 3.4, size=size, text=line, anchor="middle")


def _foot(about: Sign, t: Texts) -> Iterator[Mark]:
    """White on blue: what the code is for, and whom to call."""
    top = HEIGHT - FOOT
    yield Box(x=0, y=top, width=WIDTH, height=FOOT, colour=ACCENT)
    scan = letters.lines(t.text("Scan for state, price and help"), 3.4, CODE - 2)
    for place, line in enumerate(scan):
        yield Text(x=EDGE, y=top + (7.8 if len(scan) == 1 else 5.6 + place * 4.4), size=3.4, text=line, colour=GROUND)
    if about.help_line:
        yield Icon(x=LEFT, y=top + 3, size=7, name="phone", colour=GROUND)
        yield Text(
            x=LEFT + 9,
            y=top + 8.6,
            size=letters.fitting(about.help_line, 6, ROOM - 9, True),
            text=about.help_line,
            bold=True,
            colour=GROUND,
        )
    elif about.operator:
        yield Text(x=LEFT, y=top + 8, size=letters.fitting(about.operator, 5, ROOM), text=about.operator, colour=GROUND)
