"""The clock of this host."""

import time


class SystemClock:
    """``hal.api.WallClock``: whoever keeps the host's time (NTP, an RTC) keeps ours."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00Z."""
        return time.time()
