"""Where an application is open: at one place, and while that has just changed and may have to be taken back, at the one before as well."""

import errno
from collections.abc import Callable

from chargepoint.web.door import Door

Place = tuple[str, int]


def written(place: Place) -> str:
    """host:port"""
    host, port = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Doors:
    """``make``: a new one, not yet open."""

    def __init__(self, make: Callable[[], Door]) -> None:
        self._make = make
        self._open: dict[Place, Door] = {}
        self.place: Place | None = None
        """The one that counts."""

    @property
    def door(self) -> Door | None:
        """The one that counts."""
        return None if self.place is None else self._open[self.place]

    async def move(self, wanted: Place | None) -> None:
        """Be open there; where it was, too, until ``leave``. Raises OSError, which names the place, and what was open stays open."""
        if wanted is not None and wanted not in self._open:
            try:
                self._open[wanted] = self._opened(wanted)
            except OSError as error:
                if error.errno != errno.EADDRINUSE or self.place is None or self.place[1] != wanted[1]:
                    raise _named(error, wanted) from error
                await self._changed_over(self.place, wanted)
        self.place = wanted

    async def leave(self) -> None:
        """Nowhere but where it counts."""
        for place in [each for each in self._open if each != self.place]:
            await self._open.pop(place).close()

    async def close(self) -> None:
        """Nowhere."""
        self.place = None
        await self.leave()

    def _opened(self, place: Place) -> Door:
        door = self._make()
        door.open(*place)
        return door

    async def _changed_over(self, before: Place, wanted: Place) -> None:
        """Every address and one of them, at the same port, cannot be had together. Raises OSError."""
        await self._open.pop(before).close()
        try:
            self._open[wanted] = self._opened(wanted)
        except OSError as error:
            self._open[before] = self._opened(before)
            raise _named(error, wanted) from error


def _named(error: OSError, place: Place) -> OSError:
    return OSError(error.errno, f"{written(place)}: {error.strerror}; stop what listens there, or name another address in [web]")
