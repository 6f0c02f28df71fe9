"""What the pages have noticed about security, for the station's log and its CSMS."""

from typing import Literal

from msgspec import Struct

NotedKind = Literal["MaintenanceLoginAccepted", "MaintenanceLoginFailed", "ReconfigurationOfSecurityParameters"]
"""Names of the standard's list (``chargepoint.domain.security_events``) that others than the station itself may note."""


class NoteSecurity(Struct, frozen=True, tag_field="ask", tag="note-security"):
    """Put it into the security log, and tell the CSMS where that is due. ``info`` is for people, without secrets, 255 characters count."""

    kind: NotedKind
    info: str = ""


class Noted(Struct, frozen=True):
    """It is in the log."""
