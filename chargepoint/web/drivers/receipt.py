"""``/r/{key}``: the receipt of one session, for whoever has its secret address. It names nobody, and prints on one page."""

import re
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.domain.local_time import local
from chargepoint.domain.receipt import Receipt
from chargepoint.inquiry.driver import ReceiptSeen, SeeReceipt
from chargepoint.texts import Texts, marked
from chargepoint.texts.manners import HARD
from chargepoint.web.drivers import language
from chargepoint.web.routes import Get
from chargepoint.web.visit import Visit

KEY = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
NO_RECEIPT = marked("There is no such receipt, or it is too old.")


async def show(visit: Visit) -> Response:
    """All of it."""
    key, configuration = visit.place("key"), visit.house.configured.good
    seen = await visit.ask(SeeReceipt(key), ReceiptSeen) if KEY.fullmatch(key) and configuration is not None else ReceiptSeen(None)
    if seen.receipt is None or configuration is None:
        raise HTTPException(404, NO_RECEIPT)
    t = language.of(visit)
    rows = lines(seen.receipt, visit.house.identity, configuration.public.currency, t)
    page = visit.page("driver_receipt.html", t=t, evse=seen.receipt.evse, public=configuration.public, rows=rows, receipt=seen.receipt)
    page.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return language.remember(visit, page)


def lines(receipt: Receipt, station: str, currency: str, t: Texts) -> tuple[tuple[str, str], ...]:
    """What, and how much of it."""

    def moment(at: datetime) -> str:
        there = datetime.fromisoformat(local(at, receipt.utc_offset))
        return f"{t.date(there)}, {t.clock(there)} ({receipt.utc_offset})"

    def register(energy_wh: int) -> str:
        return f"{t.number(energy_wh / 1000, 3)}{HARD}kWh"

    rows = [
        (t.text("Station"), station),
        (t.text("Charging place"), str(receipt.evse)),
        (t.text("Beginning"), moment(receipt.started)),
        (t.text("End"), moment(receipt.ended)),
        (t.text("Time"), t.duration((receipt.ended - receipt.started).total_seconds())),
        (t.text("Meter at the start"), register(receipt.start_wh)),
        (t.text("Meter at the end"), register(receipt.end_wh)),
        (t.text("Energy"), register(receipt.energy_wh)),
    ]
    if receipt.price_texts:
        rows.append((t.text("Price"), receipt.price_texts.get(t.language) or next(iter(receipt.price_texts.values()))))
    if receipt.cost is not None:
        label = t.text("Total cost") if receipt.final else t.text("Cost by the station's reckoning")
        rows.append((label, t.money(receipt.cost, currency)))
    rows.append((t.text("Number of the session"), receipt.transaction))
    return tuple(rows)


ROUTES = (Get("/r/{key}", show),)
