"""Meters that people are billed by, in Germany (MessEG, MessEV): how long a calibration lasts, and that their use has to be notified."""

from collections.abc import Iterator
from datetime import date, timedelta

from chargepoint.commissioning.measured import Sheet, number

LASTS_YEARS = 8
NOTICE = timedelta(weeks=6)


def lines(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """What is to be remembered, of every meter whose mark was typed in; nothing where none was."""
    years = {evse: texts["calibration_year"] for evse, texts in sheet.evses.items() if texts.get("calibration_year")}
    for evse, year in years.items():
        yield f"Meter of EVSE {evse}", f"calibrated in {year}: until the end of {_ends(year)}"
    if years:
        yield "Notice", f"the calibration authority wants to be told of its use within six weeks{_until(sheet.person.get('date', ''))}"


def _ends(year: str) -> str:
    return f"{int(number(year) or 0) + LASTS_YEARS}"


def _until(text: str) -> str:
    try:
        return f", by {date.fromisoformat(text) + NOTICE:%Y-%m-%d}"
    except ValueError:
        return ""
