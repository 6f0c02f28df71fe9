"""What the rungs to the CSMS have in common."""

from chargepoint.domain.catalogue.entry import Entry

OFFLINE = "The operator cannot be reached at the moment: cards that this station knows still work, others will work again later."


def rung(number: int, name: str, title: str, cause: str, *technician: str, driver: str = OFFLINE, mrec: str | None = None) -> Entry:
    """One of them; unless it says otherwise the driver is told that nobody can be reached."""
    return Entry(code=f"CP-{number}", name=name, title=title, cause=cause, technician=technician, driver=driver, mrec=mrec)
