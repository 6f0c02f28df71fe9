"""The keys ``DefaultPrice`` and ``DefaultPriceText,<language>``: JSON in a text, as ChangeConfiguration carries it.

    DefaultPrice            priceText, priceTextOffline (optional), chargingPrice (optional): kWhPrice, hourPrice, flatFee
    DefaultPriceText,<tag>  priceText, priceTextOffline (optional)

Source: the pricing note, §3.1.1; the second key, and that its language must be one of SupportedLanguages, from EVerest, whose tests follow
§3.2. An empty text: none. The note's diagrams also write an idlePrice, which its table has not: offline idling costs nothing, so it is
passed over.
"""

from collections.abc import Mapping
from decimal import Decimal

import msgspec
from msgspec import Struct

from chargepoint.domain.money import BadAmount, amount
from chargepoint.domain.pricing import ChargingPrice, DefaultPrice
from chargepoint.domain.values import BadValue, Bounds, DataType, shown

LONGEST_TEXT = 1024


class PriceOf(Struct, frozen=True, rename="camel"):
    """``chargingPrice``, wherever it stands."""

    k_wh_price: Decimal | None = msgspec.field(default=None, name="kWhPrice")
    hour_price: Decimal | None = None
    flat_fee: Decimal | None = None


class _Text(Struct, frozen=True, rename="camel"):
    price_text: str
    price_text_offline: str | None = None


class _Price(_Text, frozen=True, rename="camel"):
    charging_price: PriceOf | None = None


def charging_price(told: PriceOf) -> ChargingPrice:
    """As the domain has it. Raises BadAmount."""
    named = (("kWhPrice", told.k_wh_price), ("hourPrice", told.hour_price), ("flatFee", told.flat_fee))
    return ChargingPrice(*(None if value is None else amount(value, name) for name, value in named))


def default_price(text: str, language: str, texts: Mapping[str, str]) -> DefaultPrice:
    """What the two keys hold: ``text`` in ``language``, ``texts`` by language. What cannot be read is left out."""
    prices, offline, charging = dict[str, str](), dict[str, str](), None
    for tag, value in ((language, text), *texts.items()):
        try:
            read = _read(value, _Price)
        except BadValue:
            continue
        if read is not None:
            prices[tag] = read.price_text
            offline[tag] = read.price_text_offline or read.price_text
            charging = charging or read.charging_price
    return DefaultPrice(texts=prices, offline_texts=offline, charging=None if charging is None else charging_price(charging))


def _read(text: str, kind: type[_Text]) -> "_Price | None":
    if not text.strip():
        return None
    try:
        read = msgspec.json.decode(text, type=kind, strict=False)
        price = read.charging_price if isinstance(read, _Price) else None
        if price is not None:
            charging_price(price)
    except (msgspec.MsgspecError, BadAmount, ValueError, RecursionError) as error:
        expected = '{"priceText": "0.30 EUR/kWh"}'
        raise BadValue("InvalidValue", f"{shown(text)}: {error}; expected JSON like {expected}") from error
    if max(len(read.price_text), len(read.price_text_offline or "")) > LONGEST_TEXT:
        raise BadValue("TooLargeElement", f"a text of more than {LONGEST_TEXT} characters")
    return read if isinstance(read, _Price) else _Price(read.price_text, read.price_text_offline)


def _checked(kind: type[_Text]) -> DataType[str]:
    def parse(text: str, bounds: Bounds) -> str:
        _read(text, kind)
        return text.strip()

    return DataType("string", parse)


PRICE = _checked(_Price)
PRICE_TEXT = _checked(_Text)
