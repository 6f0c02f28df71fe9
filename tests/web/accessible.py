"""Pages of a house as axe-core judges them (WCAG 2.2 AA), by day and by night."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.virtual_time import run
from tests.web.browser import Inline
from tests.web.chromium import alone, judged


class Pages:
    """What is to be judged, by a name for each."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}

    def by_day(self, name: str, page: str) -> None:
        """One more."""
        self.made[name] = alone(page)

    def day_and_night(self, name: str, page: str) -> None:
        """The same, twice."""
        self.by_day(name, page)
        self.made[f"{name}, dark"] = alone(page, dark=True)


def usable(draw: Callable[[Path, Pages], Awaitable[None]], folder: Path) -> dict[str, str]:
    """Everybody can read and use all that ``draw`` makes in a folder for its house, on a virtual clock."""
    house, pages = folder / "house", Pages()
    house.mkdir()

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        await draw(house, pages)

    run(main())
    told = judged(pages.made, folder)
    assert told["found"] == []
    assert told["judged"] == len(pages.made)
    return pages.made
