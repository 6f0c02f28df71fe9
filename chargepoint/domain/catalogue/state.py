"""What states of use have in common: each has a sentence for the driver."""

from chargepoint.domain.catalogue.entry import Entry


def state(number: int, name: str, title: str, cause: str, driver: str, *technician: str, mrec: str | None = None) -> Entry:
    """One of them."""
    return Entry(code=f"CP-{number}", name=name, title=title, cause=cause, driver=driver, technician=technician, mrec=mrec)
