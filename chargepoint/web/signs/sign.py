"""What a sign is about: one EVSE of one station."""

from msgspec import Struct

from chargepoint.domain import catalogue
from chargepoint.domain.configuration import Configuration
from chargepoint.texts import Texts, marked

PATH = "e/"
"""Where a page of an EVSE is below the address of the pages."""


class Sign(Struct, frozen=True, kw_only=True):
    """Of one EVSE. ``free``: nobody needs a card; ``reads``: it has a reader for one; ``afar``: an app may start; ``starts``: the page in
    the code may."""

    station: str
    evse: int
    url: str
    help_line: str
    operator: str
    free: bool
    reads: bool
    afar: bool
    starts: bool
    several: bool
    """The station has more than one: the number of the EVSE tells which."""


class Step(Struct, frozen=True):
    """One thing to do: an icon, a word, a sentence; ids of texts."""

    icon: str
    word: str
    sentence: str


PLUG = Step("ready", marked("Plug in"), catalogue.of("nothing_plugged").driver)
CARD = Step("card", marked("Show card"), catalogue.of("authorisation_awaited").driver)
APP = Step("mobile", marked("Start"), marked("Start with the app or on the operator's website."))
PAGE = Step("mobile", marked("Start"), marked("Scan the code and tap “Start charging”."))
CARD_ALONE = Step("card", marked("Show card"), marked("Hold your card to the reader."))
CHARGE = Step(
    "charging",
    marked("Charge"),
    marked("When charging has begun you may leave. To end it, hold your card to the reader again, then unplug."),
)
CHARGE_PHONE = Step("charging", marked("Charge"), marked("When charging has begun you may leave. To end it, unplug at the car."))
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
        reads=configuration.reads_cards(evse),
        afar=configuration.ocpp.csms_url is not None,
        starts=public.start,
        several=len(configuration.evses) > 1,
    )


def steps(sign: Sign) -> tuple[Step, ...]:
    """What to do, in order."""
    if sign.free:
        return PLUG, CHARGE_FREE
    card = CARD if sign.afar else CARD_ALONE
    return (PLUG, card, CHARGE) if sign.reads else (PLUG, PAGE if sign.starts else APP, CHARGE_PHONE)


def heading(sign: Sign) -> str:
    """``XY-12``, and the number of the EVSE where there are several."""
    return f"{sign.station} · {sign.evse}" if sign.several else sign.station


def place(sign: Sign, t: Texts) -> str:
    """The EVSE, in words."""
    return t.text("Charging place {place}", place=sign.evse)
