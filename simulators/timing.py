"""When things happened last at one EVSE; what reaction times are measured with."""

from msgspec import Struct


class Timing(Struct, kw_only=True):
    """By the host's monotonic clock, in seconds."""

    pilot_left_c_s: float | None = None
    """The car left state C or D. Forgets the next three."""
    open_commanded_s: float | None = None
    """The first command to open after that, as stamped by the driver when it was sent."""
    open_heard_s: float | None = None
    """The same command, when it arrived here."""
    contacts_open_s: float | None = None
    last_kick_s: float | None = None
    """As stamped by the driver."""
    contacts_closed_s: float | None = None
    """They closed for the last time."""
    contacts_parted_s: float | None = None
    """They opened for the last time, for whatever reason."""
    closings: int = 0
    openings_under_load: int = 0
    """Contacts that parted while current flowed."""

    def command(self, contactor: bool, sent_s: float, heard_s: float) -> None:
        """A driver's kick."""
        left_s = self.pilot_left_c_s
        if not contactor and left_s is not None and self.open_commanded_s is None and sent_s >= left_s:
            self.open_commanded_s, self.open_heard_s = sent_s, heard_s

    def pilot(self, before: str, letter: str, now: float) -> None:
        """The letter on the wire has changed."""
        if before in "CD" and letter not in "CD":
            self.pilot_left_c_s = now
            self.open_commanded_s = self.open_heard_s = self.contacts_open_s = None

    def contacts(self, before: bool, closed: bool, loaded: bool, now: float) -> None:
        """The main contacts are so now; ``loaded``: current was flowing until now."""
        if closed and not before:
            self.closings += 1
            self.contacts_closed_s = now
        if before and not closed:
            self.openings_under_load += loaded
            self.contacts_parted_s = now
        if not closed and self.pilot_left_c_s is not None and self.contacts_open_s is None:
            self.contacts_open_s = now
