"""What stands on the page of an EVSE, in words: the state, figures, prices, and whom to call. Pure."""

from msgspec import Struct

from chargepoint.domain.configuration import Configuration
from chargepoint.inquiry.driver import EvseSight
from chargepoint.texts import Texts
from chargepoint.texts.manners import HARD
from chargepoint.web.drivers import states


class Told(Struct, frozen=True, kw_only=True):
    """All that changes while somebody looks. Everything is in the language of who reads."""

    title: str
    sentence: str
    more: str
    """When it goes on, for instance; mostly empty."""
    icon: str
    tone: str
    code: str
    """For the help line; empty where it is no help."""
    figures: tuple[tuple[str, str], ...]
    """What, and how much."""
    price_matters: bool
    """Where nobody can charge it does not."""
    may_start: bool
    may_stop: bool
    receipt: str
    receipt_of: str
    """What its button says."""


class Price(Struct, frozen=True, kw_only=True):
    """Either a text that the operator has written, or what it consists of."""

    text: str = ""
    language: str = ""
    """Of the text."""
    parts: tuple[tuple[str, str], ...] = ()


def told(sight: EvseSight | None, configuration: Configuration, t: Texts, browser: str) -> Told:
    """For this browser; ``browser``: the hash of its secret, empty: it has none."""
    state = states.of(sight)
    gone = sight is not None and bool(sight.receipt) and sight.headline != "finished"
    mine = sight is not None and sight.may_stop and bool(browser) and sight.browser == browser
    code = sight.code if sight is not None and sight.headline in states.TELLS_CODE else ""
    return Told(
        title=t.text(state.title),
        sentence=t.text(states.sentence(sight, free=configuration.authorization.free, mine=mine)),
        more=goes_on(sight, t),
        icon=state.icon,
        tone=state.tone,
        code=code,
        figures=() if sight is None or gone else figures(sight, configuration.public.currency, t),
        price_matters=sight is not None and sight.headline not in states.TELLS_CODE,
        may_start=sight is not None and sight.may_start,
        may_stop=mine,
        receipt="" if sight is None else sight.receipt,
        receipt_of=t.text("Receipt of the last session") if gone else t.text("Receipt"),
    )


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
    parts = [(words[name], t.money(sight.prices[name], currency)) for name in words if name in sight.prices]
    grace = sight.prices.get("idle_grace_min", "")
    if "idle_hour" in sight.prices and grace.isdecimal() and int(grace):
        parts.append((t.text("free after charging has ended"), t.duration(60 * int(grace))))
    return Price(parts=tuple(parts))
