"""What entries of [public] must be, what works there and is probably not meant, and whether anybody can charge at all."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from chargepoint.cli.schema import Problem, shown
from chargepoint.domain import catalogue
from chargepoint.domain.configuration import AuthorizationPart, Configuration

PRICE_TEXT = '{"priceText": "0.45 EUR/kWh"}'
UNPRICED = "no price is known here, so drivers are told to ask the operator for it. To say one, or that it is free of charge, add"
FEWEST_DIGITS = 3
"""Of a telephone number."""


def objections(configuration: Configuration) -> Iterator[Problem]:
    """Addresses that a phone can open, and a number that it can dial."""
    public = configuration.public
    for name, url in (("url", public.url), ("privacy_url", public.privacy_url)):
        if url and not _opens(url):
            yield Problem(f"public.{name}", f'{shown(url)}: expected "https://host/path" or "http://..."')
    if public.url and _opens(public.url) and public.url[-1] not in "/=":
        text = f"{shown(public.url)}: the number of the EVSE is appended to it; expected a slash or an equals sign at its end"
        yield Problem("public.url", text)
    if public.help_line and sum(each.isdigit() for each in public.help_line) < FEWEST_DIGITS:
        yield Problem("public.help_line", f'{shown(public.help_line)}: expected a telephone number, "+49 800 1234567" for example')


def price_lines(languages: Sequence[str]) -> str:
    """What to write for a price that drivers read in these languages."""
    first, *others = dict.fromkeys(languages)
    lines = ["[ocpp.keys]"]
    if (first, *others) != ("en",):
        lines.append(f'SupportedLanguages = "{",".join([first, *others])}"')
    lines.append(f"DefaultPrice = '{PRICE_TEXT}'")
    return "\n".join([*lines, *(f"\"DefaultPriceText,{each}\" = '{PRICE_TEXT}'" for each in others)])


def _priced(configuration: Configuration) -> bool:
    names = (*configuration.ocpp.keys, *(each.variable for each in configuration.ocpp.variables))
    return any(name.lower().startswith("defaultprice") for name in names)


def _opens(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not any(each.isspace() for each in url)
    except ValueError:
        return False


def warnings(configuration: Configuration) -> Iterator[Problem]:
    """What drivers would stumble over."""
    public = configuration.public
    if public.open_to_public and not public.help_line:
        entry = catalogue.of("help_line_missing")
        yield Problem("public.help_line", f"empty, although open_to_public = true ({entry.code}): {entry.technician[0]}")
    if public.open_to_public and not public.operator:
        yield Problem("public.operator", "empty, although open_to_public = true: drivers have to know whose station it is")
    yield from _by_tap(configuration)
    yield from _nobody(configuration)


def _nobody(configuration: Configuration) -> Iterator[Problem]:
    """Is there a way to begin a session?"""
    if configuration.ocpp.csms_url is not None or configuration.authorization.free or configuration.public.start:
        return
    if not configuration.authorization.cards:
        yield Problem("authorization", "nobody can charge: no CSMS (ocpp.csms_url), no cards of the station's own, and not free")
        return
    for evse in configuration.evses:
        if not configuration.reads_cards(evse.id):
            yield Problem("readers", f"nobody can charge at EVSE {evse.id}: no card reader serves it, and there is no CSMS (ocpp.csms_url)")


def _by_tap(configuration: Configuration) -> Iterator[Problem]:
    """Start and stop on the page."""
    public, authorization = configuration.public, configuration.authorization
    if public.stop and not public.start:
        yield Problem("public.stop", "without effect: only what was started on the page may be stopped there, and public.start is false")
    if not public.start:
        return
    if authorization.free:
        yield Problem("public.start", "without effect: authorization.free = true starts every car that is plugged in")
    elif configuration.ocpp.csms_url is not None and authorization.free_id_tag == AuthorizationPart().free_id_tag:
        text = f"{shown(authorization.free_id_tag)}: what is started on the page is told to the CSMS with it; name one that it knows"
        yield Problem("authorization.free_id_tag", text)
    elif configuration.ocpp.csms_url is None and not _priced(configuration):
        yield Problem("public.start", f"{UNPRICED}\n\n{price_lines(public.languages)}\n")
    if configuration.web is None:
        yield Problem("public.start", "without effect: there are no pages; add [web] with driver_listen")
