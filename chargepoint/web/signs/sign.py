"""What a sign is about: one EVSE of one station."""

from msgspec import Struct

from chargepoint.domain import catalogue
from chargepoint.domain.configuration import Configuration
from chargepoint.texts import Texts, marked

PATH = "e/"
"""Where a page of an EVSE is below the address of the pages."""


class Sign(Struct, frozen=True, kw_only=True):
    """Of one EVSE. ``free``: nobody needs a card."""

    station: str
    evse: int
    url: str
    help_line: str
    operator: str
    free: bool
    several: bool
    """The station has more than one: the number of the EVSE tells which."""


class Step(Struct, frozen=True):
    """One thing to do: an icon, a word, a sentence; ids of texts."""

    icon: str
    word: str
    sentence: str


PLUG = Step("ready", marked("Plug in"), catalogue.of("nothing_plugged").driver)
CARD = Step("card", marked("Show card"), catalogue.of("authorisation_awaited").driver)
CHARGE = Step(
    "charging",
    marked("Charge"),
    marked("When charging has begun you may leave. To end it, hold your card to the reader again, then unplug."),
)
CHARGE_FREE = Step("charging", marked("Charge"), marked("Charging starts by itself. To end it, unplug at the car."))


def of(configuration: Configuration, evse: int, beginning: str) -> Sign:
    """``beginning``: of the address in the code, which the EVSE's number is appended to."""
    public = configuration.public
    return Sign(
        station=public.label or configuration.station.id,
        evse=evse,
        url=f"{beginning}{evse}",
        help_line=public.help_line,
        operator=public.operator,
        free=configuration.authorization.free,
        several=len(configuration.evses) > 1,
    )


def steps(sign: Sign) -> tuple[Step, ...]:
    """What to do, in order."""
    return (PLUG, CHARGE_FREE) if sign.free else (PLUG, CARD, CHARGE)


def heading(sign: Sign) -> str:
    """``XY-12``, and the number of the EVSE where there are several."""
    return f"{sign.station} · {sign.evse}" if sign.several else sign.station


def place(sign: Sign, t: Texts) -> str:
    """The EVSE, in words."""
    return t.text("Charging place {place}", place=sign.evse)
