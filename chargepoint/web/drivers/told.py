"""What stands on the page of an EVSE, in words: the state, figures, prices, and whom to call. Pure."""

from decimal import Decimal

from msgspec import Struct

from chargepoint.domain import catalogue
from chargepoint.domain.configuration import Configuration
from chargepoint.inquiry.driver import EvseSight
from chargepoint.texts import Texts, marked
from chargepoint.texts.manners import HARD
from chargepoint.web.drivers import states


class Told(Struct, frozen=True, kw_only=True):
    """All that changes while somebody looks. Everything is in the language of who reads."""

    title: str
    sentence: str
    more: str
    """When it goes on, or what became of another card; mostly empty."""
    icon: str
    tone: str
    code: str
    """For the help line; empty where it is no help."""
    messages: tuple[str, ...]
    """Of the operator, in the language that he has written them in."""
    figures: tuple[tuple[str, str], ...]
    """What, and how much."""
    price_matters: bool
    """Where nobody can charge it does not, nor where everybody may, no strangers come, and no price is known."""
    may_start: bool
    may_stop: bool
    receipt: str
    receipt_of: str
    """What its button says."""


class Asked(Struct, frozen=True):
    """Who has to be asked for the price. ``operator``: he, at the help line."""

    text: str
    operator: bool


ASK_ISSUER = Asked(marked("This station does not know the price: whoever issued your card or app tells you."), operator=False)
ASK_OPERATOR = Asked(marked("This station does not know the price: please ask the operator."), operator=True)
ASK_EITHER = Asked(
    marked(
        "This station does not know the price: whoever issued your card or app tells you;"
        " if you start on this page, please ask the operator."
    ),
    operator=True,
)


class Price(Struct, frozen=True, kw_only=True):
    """Either a text that the operator has written, or what it consists of."""

    text: str = ""
    language: str = ""
    """Of the text."""
    parts: tuple[tuple[str, str], ...] = ()


def told(sight: EvseSight | None, configuration: Configuration, t: Texts, browser: str) -> Told:
    """For this browser; ``browser``: the hash of its secret, empty: it has none."""
    mine = sight is not None and sight.may_stop and bool(browser) and sight.browser == browser
    state = states.AWAY if sight is None else states.of(sight, _here(configuration, sight.evse, mine))
    gone = sight is not None and bool(sight.receipt) and not (sight.headline == "finished" or sight.code in states.OVER)
    return Told(
        title=t.text(state.title),
        sentence=t.text(state.sentence),
        more=" ".join(each for each in (goes_on(sight, t), other_card(sight, t)) if each),
        icon=state.icon,
        tone=state.tone,
        code="" if sight is None else states.code(sight),
        messages=() if sight is None else sight.messages,
        figures=() if sight is None or gone else figures(sight, sight.currency or configuration.public.currency, t),
        price_matters=sight is not None and sight.headline not in states.OUT and _sold(sight, configuration),
        may_start=sight is not None and sight.may_start,
        may_stop=mine,
        receipt="" if sight is None else sight.receipt,
        receipt_of=t.text("Receipt of the last session") if gone else t.text("Receipt"),
    )


def _here(configuration: Configuration, evse: int, mine: bool) -> states.Here:
    return states.Here(
        free=configuration.authorization.free,
        reads=configuration.reads_cards(evse),
        afar=configuration.ocpp.csms_url is not None,
        starts=configuration.public.start,
        mine=mine,
    )


def _sold(sight: EvseSight, configuration: Configuration) -> bool:
    return bool(sight.price_texts or sight.prices) or not configuration.authorization.free or configuration.public.open_to_public


def other_card(sight: EvseSight | None, t: Texts) -> str:
    """Somebody has held one up while another charges: a line, and no title."""
    entry = catalogue.by_code(sight.card) if sight is not None and sight.card else None
    return "" if entry is None else f"{t.text(states.STATES['refused'].title)}. {t.text(entry.driver)}"


def goes_on(sight: EvseSight | None, t: Texts) -> str:
    """When a pause is expected to end."""
    if sight is None or sight.goes_on_s is None:
        return ""
    minutes = max(1, round(sight.goes_on_s / 60))
    if minutes < 60:
        return t.plural("It goes on in about {count} minute.", "It goes on in about {count} minutes.", minutes)
    return t.plural("It goes on in about {count} hour.", "It goes on in about {count} hours.", round(minutes / 60))


def figures(sight: EvseSight, currency: str, t: Texts) -> tuple[tuple[str, str], ...]:
    """Of the session: what is known of it."""
    found = []
    if sight.power_w is not None and sight.lasted_s is not None and not sight.receipt:
        found.append((t.text("Power"), f"{t.number(sight.power_w / 1000, 1)}{HARD}kW"))
    if sight.energy_wh is not None:
        found.append((t.text("Energy"), f"{t.number(sight.energy_wh / 1000, 2)}{HARD}kWh"))
    if sight.lasted_s is not None:
        found.append((t.text("Time"), t.duration(sight.lasted_s)))
    if sight.cost is not None:
        label = t.text("Total cost") if sight.cost_final else t.text("Cost so far")
        found.append((label, t.money(sight.cost, currency)))
    return tuple(found)


def price_asked(sight: EvseSight | None, configuration: Configuration) -> Asked:
    """Who knows a price that the station does not, by the ways to begin here, or by that in which it was begun."""
    if configuration.authorization.free:
        return ASK_OPERATOR
    if sight is not None and sight.headline in states.RUNNING and sight.lasted_s is not None:
        return ASK_OPERATOR if sight.ends == "plug" else ASK_ISSUER
    cards = bool(configuration.authorization.cards) and sight is not None and configuration.reads_cards(sight.evse)
    if not configuration.public.start:
        return ASK_ISSUER
    return ASK_EITHER if cards or configuration.ocpp.csms_url is not None else ASK_OPERATOR


def price(sight: EvseSight | None, currency: str, t: Texts) -> Price:
    """As far as the station has been told."""
    if sight is None:
        return Price()
    if sight.price_texts:
        language = t.language if sight.price_texts.get(t.language) else next(iter(sight.price_texts))
        return Price(text=sight.price_texts[language], language=language)
    words = {
        "kwh": t.text("per kWh"),
        "hour": t.text("per hour of charging"),
        "flat": t.text("per session"),
        "idle_hour": t.text("per hour after charging has ended"),
    }
    parts = [(words[name], _amount(name, sight.prices[name], currency, t)) for name in words if name in sight.prices]
    grace = sight.prices.get("idle_grace_min", "")
    if "idle_hour" in sight.prices and grace.isdecimal() and int(grace):
        parts.append((t.text("free after charging has ended"), t.duration(60 * int(grace))))
    return Price(parts=tuple(parts))


def _amount(name: str, price: str, currency: str, t: Texts) -> str:
    """In pence where the law wants it so (the United Kingdom's Public Charge Point Regulations 2023, for a kWh)."""
    if (name, currency) != ("kwh", "GBP"):
        return t.money(price, currency)
    return t.decimal(f"{(Decimal(price) * 100).normalize():f}") + "p"
