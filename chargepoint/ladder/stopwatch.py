"""The clocks that the ladder looks at: one to measure with, and the one that is being judged."""

import time
from datetime import UTC, datetime


def monotonic() -> float:
    """Seconds."""
    return time.monotonic()


def now() -> datetime:
    """This computer's time of day."""
    return datetime.now(UTC)
