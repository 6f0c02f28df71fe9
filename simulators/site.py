"""What the bench needs of whoever runs the processes of the station."""

from typing import Any, Protocol


class Site(Protocol):
    """The two product processes beside the world, as the bench sees them."""

    async def station_state(self) -> dict[str, Any] | None:
        """The document of the station process, ``None`` when it does not answer (``simulators.inquiry.ask``)."""

    def control_running(self) -> bool:
        """Is there a control process?"""

    def station_running(self) -> bool:
        """Is there a station process?"""

    async def power(self, on: bool) -> None:
        """Kill both, as a power cut does, or start them. Returns once that is done; being ready comes later."""
