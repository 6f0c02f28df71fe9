"""What the catalogue says of one error."""

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that can be wrong, or keep somebody from charging."""

    code: str
    """``CP-301``. For ever: never given to anything else, never changed."""
    name: str
    """For programs and the log; as lasting as the number."""
    title: str
    """What it is, in a few words for technicians."""
    cause: str
    """When it is so, or what is behind it, for technicians."""
    technician: tuple[str, ...]
    """What to do, in this order."""
    driver: str = ""
    """A sentence for the driver: what is so, what to do now. Empty where it does not concern him."""
    since: str = "0.1"
    """The release that had it first."""
    mrec: str | None = None
    """Minimum required error code (ChargeX)."""
    ocpp_16: str | None = None
    """``errorCode`` of StatusNotification that goes with it; ``None``: it is not told by one."""
