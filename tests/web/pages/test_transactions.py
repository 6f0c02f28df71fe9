"""Sessions on their page, and as a table."""

from pathlib import Path

from msgspec.structs import replace

from chargepoint.inquiry.sessions import ListTransactions, Transactions
from tests.inquiry import test_tables
from tests.web.browser import Rig, visiting
from tests.web.station import Station

LINE = replace(test_tables.LINE, number=1, energy_wh=11_340, name="=Anna <b>", started="2026-11-23T08:00:00+00:00")
RUNS = replace(LINE, number=251, name="", ended="", stop_reason="", told="waiting", cost="")
ALL = (RUNS, *(replace(LINE, number=number, told="given_up") for number in range(250, 0, -1)))


def listed(question: ListTransactions) -> Transactions:
    """As the station does it."""
    found = [line for line in ALL if question.before is None or line.number < question.before]
    page = tuple(found[: question.count])
    return Transactions(lines=page, before=page[-1].number if len(found) > len(page) else None)


def test_they_are_turned_over_from_the_newest_to_the_oldest(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        Station(rig, ListTransactions=listed)
        viewer = await rig.inside("viewer")
        page = (await viewer.get("/transactions")).text
        assert page.count("11.34 kWh") == 50
        assert all(text in page for text in ("<td>runs</td>", "2026-11-23 08:00:00 UTC", "=Anna &lt;b&gt;", "not told: see Service"))
        assert "The newest</a>" not in page
        assert 'href="/transactions?before=202"' in page
        last = (await viewer.get("/transactions?before=40")).text
        assert (last.count("11.34 kWh"), "Older ones" in last, "The newest</a>" in last) == (39, False, True)
        assert (await viewer.get("/transactions?before=%C2%B2;drop")).text.count("11.34 kWh") == 50

    visiting(story, tmp_path)


def test_the_table_has_all_that_are_kept_and_calculates_nothing(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        Station(rig, ListTransactions=listed)
        answer = await (await rig.inside("viewer")).get("/transactions/csv")
        lines = answer.text.split("\r\n")
        assert (len(lines), lines[0][:10], lines[-1]) == (253, "number,id,", "")
        assert "'=Anna <b>" in lines[-2]
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="transactions.csv"'

    visiting(story, tmp_path)
