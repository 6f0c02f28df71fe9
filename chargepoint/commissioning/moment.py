"""What a guided step looks at: one moment, and what has been seen since the step began."""

from msgspec import Struct

from chargepoint.commissioning.sight import Sight
from hal.measured import BoardInputs


class Moment(Struct, frozen=True, kw_only=True):
    """What is seen at ``at_s``, monotonic."""

    at_s: float
    sight: Sight
    offered_ma: int = 0
    """What the charge by hand offers."""

    @property
    def cp(self) -> str | None:
        """The letter on the pilot."""
        return None if self.sight.signals is None else self.sight.signals.cp

    @property
    def inputs(self) -> BoardInputs | None:
        """Of the board, if it is heard."""
        return self.sight.signals.inputs if self.sight.signals is not None and self.sight.heard else None

    @property
    def closed(self) -> bool:
        """By the mirror contact; where there is none, as commanded."""
        if self.inputs is None or self.sight.signals is None:
            return False
        told = self.inputs.contactor_closed
        return self.sight.signals.outputs.contactor if told is None else told

    @property
    def own(self) -> bool:
        """Does the board move its contactor by itself?"""
        return self.sight.abilities.contactor == "own"


class Marks:
    """When something was first seen, and has been so since."""

    def __init__(self, began_s: float) -> None:
        self.began_s = began_s
        self.figures: dict[str, float] = {}
        self._since: dict[str, float] = {}

    def since(self, name: str, holds: bool, at_s: float) -> float | None:
        """Seconds since it has held; ``None``: it does not."""
        if not holds:
            self._since.pop(name, None)
            return None
        return at_s - self._since.setdefault(name, at_s)

    def first(self, name: str, holds: bool, at_s: float) -> float | None:
        """When it was first seen, whatever came after."""
        if holds:
            self.figures.setdefault(name, at_s)
        return self.figures.get(name)
