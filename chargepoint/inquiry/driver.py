"""What the page of an EVSE is told for its driver, and what he may do there."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from chargepoint.domain.panel_words import Headline
from chargepoint.domain.receipt import Receipt

LONGEST_TEXT = 500
"""Of a report, in characters."""

ProblemKind = Literal["danger", "damaged", "stuck", "no_start", "blocked", "wrong", "other"]

Ends = Literal["card", "app", "plug"]
"""What ends a session: the card that began it, whoever began it from afar, or pulling the plug at the car."""


class SeeEvse(Struct, frozen=True, tag_field="ask", tag="see-evse"):
    """What may whoever stands before this EVSE know of it?"""

    evse: int


class EvseSight(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One EVSE. Of who charges there it says nothing."""

    evse: int
    known: bool = True
    """Is there such an EVSE?"""
    headline: Headline = "starting"
    code: str = ""
    """Of the error catalogue, which has the sentence: what keeps the car from charging now."""
    plugged: bool = False
    """A car, or a cable of somebody's."""
    card: str = ""
    """Of the catalogue: another card was shown during the session, and refused."""
    power_w: int | None = None
    energy_wh: int | None = None
    """Of the session."""
    lasted_s: int | None = None
    cost: str | None = None
    """Decimal text, without a currency."""
    cost_final: bool = False
    goes_on_s: int | None = None
    """A pause is expected to last so long."""
    price_texts: Mapping[str, str] = {}
    """By language."""
    messages: tuple[str, ...] = ()
    """Of the CSMS, for whoever stands here; the first are in front."""
    currency: str = ""
    """Of cost and prices, as the CSMS has set it; empty: as the configuration has it."""
    prices: Mapping[str, str] = {}
    """``kwh``, ``hour``, ``flat``, ``idle_hour``, ``idle_grace_min`` -> decimal text; only those that are told."""
    browser: str = ""
    """Hash of the browser that started this session on the page, for comparison; not to be shown."""
    ends: Ends = "card"
    """What runs."""
    may_start: bool = False
    """On the page, with nothing but a tap."""
    may_stop: bool = False
    """On the page, by the browser above."""
    receipt: str = ""
    """Key of the receipt of the session that has just ended here."""


class StartHere(Struct, frozen=True, tag_field="ask", tag="start-here"):
    """A driver before this EVSE wants to charge. ``browser``: hash of his browser's secret."""

    evse: int
    browser: str


class StopHere(Struct, frozen=True, tag_field="ask", tag="stop-here"):
    """Whoever started here wants to end it. ``browser``: as at the start."""

    evse: int
    browser: str


class ReportProblem(Struct, frozen=True, tag_field="ask", tag="report-problem"):
    """Something is wrong, for the history. ``text``: up to ``LONGEST_TEXT`` characters; more is cut off."""

    evse: int
    kind: ProblemKind
    text: str = ""


class Done(Struct, frozen=True):
    """``code``: why it was refused, of the error catalogue; empty: it is not allowed here at all."""

    outcome: Literal["done", "refused", "unknown", "too_many"]
    code: str = ""


class SeeReceipt(Struct, frozen=True, tag_field="ask", tag="see-receipt"):
    """The receipt with this key."""

    key: str


class ReceiptSeen(Struct, frozen=True):
    """``None``: there is none, or none any more."""

    receipt: Receipt | None
