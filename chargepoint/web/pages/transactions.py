"""``/transactions``: sessions that run, and those that were, the newest first."""

from starlette.responses import Response

from chargepoint.inquiry import tables
from chargepoint.inquiry.sessions import MOST, ListTransactions, TransactionLine, Transactions
from chargepoint.web.routes import Get
from chargepoint.web.visit import Visit, whole

HERE = "/transactions"
SHOWN = 50
TOLD = {"told": "told", "waiting": "waits to be told", "given_up": "not told: see Service", "": "nobody to tell"}
"""The CSMS, for people."""


async def show(visit: Visit) -> Response:
    """A page of them."""
    before = whole(visit.query("before"))
    found = await visit.ask(ListTransactions(before=before, count=SHOWN), Transactions)
    return visit.page("transactions.html", lines=found.lines, older=found.before, newest=before is None, told_words=TOLD)


async def download(visit: Visit) -> Response:
    """All that are kept, for a spreadsheet."""
    lines: list[TransactionLine] = []
    before: int | None = None
    while True:
        found = await visit.ask(ListTransactions(before=before, count=MOST), Transactions)
        lines += found.lines
        if found.before is None or not found.lines:
            break
        before = found.before
    return visit.download("".join(tables.transactions(lines)).encode(), "text/csv; charset=utf-8", "transactions.csv")


ROUTES = (Get(HERE, show), Get(f"{HERE}/csv", download))
