"""What a driver keeps of a session: no token, no name, nothing that says who he was."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct


class Receipt(Struct, frozen=True, kw_only=True):
    """One session that has ended."""

    key: str
    """The secret of its address: whoever has it may read it."""
    transaction: str
    evse: int
    started: datetime
    ended: datetime
    start_wh: int
    end_wh: int
    cost: str | None = None
    """Decimal text without a currency; ``None``: nobody has told this station."""
    final: bool = False
    """It is the CSMS's word; else the station has reckoned it."""
    utc_offset: str = "+00:00"
    """Of the place."""
    issued: bool = True
    """Somebody has issued the card or the app that it was begun with; else it was begun on the page, or free for everybody."""
    price_texts: Mapping[str, str] = {}
    """What was charged for a unit, by language, as far as the station knew."""

    @property
    def energy_wh(self) -> int:
        """What has been charged."""
        return max(0, self.end_wh - self.start_wh)
