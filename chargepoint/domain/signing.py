"""How far the signed record of a transaction is.

wanted ─▶ open ─▶ ending ─▶ signed       the meter is asked to begin, has begun, is asked to end, has signed
   └───────────────┴─────▶ failed        the transaction goes on, and ends, without
"""

from typing import Literal

from msgspec import Struct

from hal.measured import SignedRecord


class Signing(Struct, frozen=True):
    """Kept with the transaction."""

    state: Literal["wanted", "open", "ending", "signed", "failed"] = "wanted"
    record: SignedRecord | None = None
    """As it came from the meter."""
    reason: str = ""
    """Why it failed."""

    @property
    def pending(self) -> bool:
        """Has the meter yet to answer?"""
        return self.state in ("wanted", "ending")
