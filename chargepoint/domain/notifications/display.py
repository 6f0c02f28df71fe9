"""Messages that are to be shown, as the CSMS asked for them (OCPP 2.0.1 O03, O04). 2.x only."""

from msgspec import Struct

from chargepoint.domain.display_messages import DisplayMessage


class NotifyDisplayMessages(Struct, frozen=True, tag=True):
    """One part of a report."""

    request_id: int
    to_be_continued: bool
    messages: tuple[DisplayMessage, ...]
