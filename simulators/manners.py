"""How a car behaves: all of its figures, and nothing but figures. What they do is in ``s2``, ``draw``, ``sleep`` and ``plug``.

Fields that end in ``_s`` are seconds, or several of them.
"""

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import fields, replace

from simulators.pilot import PLUGGED_OHM, REQUEST_OHM


class S2Manners(Struct, frozen=True, kw_only=True):
    """How it asks for current on the pilot."""

    asks: Literal["while_offered", "until_mains_gone", "for_ever", "from_arrival"] = "while_offered"
    """``until_mains_gone``: it ignores X1. ``for_ever``: once it has asked, it does not stop. ``from_arrival``: it has no S2, or one that
    is closed before it is plugged in."""
    bounces_s: tuple[float, ...] = ()
    """Contact lost and made again, in turn, after each switching."""
    through_d_s: float = 0.0
    """It shows D for so long whenever it switches."""
    pulses_s: tuple[float, ...] = ()
    """Closed and opened again, in turn, after arrival and after each offer (BCB toggles of ISO 15118-3)."""
    shorts_after_s: float | None = None
    """Having asked for so long it shorts the pilot."""
    plugged_ohm: float = PLUGGED_OHM
    request_ohm: float = REQUEST_OHM


class Stage(Struct, frozen=True):
    """What it draws from so long after it got mains; ``None``: as before that."""

    after_s: float = 0.0
    current_ma: int | None = None
    phases: int | None = None


class DrawManners(Struct, frozen=True, kw_only=True):
    """How it draws current."""

    percent: int = 100
    """Of the offer."""
    deaf: Literal["x1", "duty"] | None = None
    """``x1``: it draws on when the offer ends. ``duty``: it draws what it wants, whatever is offered."""
    lingers_s: float = 0.0
    """Its current goes on so long after S2 has opened."""
    course: tuple[Stage, ...] = ()
    few_below_ma: int = 0
    """Below this it uses ``few_phases``."""
    few_phases: int = 3
    start_ma: int = 0
    """With less it does not start, or stops again."""
    start_3p_ma: int = 0
    """The same once it has seen three phases."""
    leaks: bool = False
    """More than 6 mA to earth as soon as it has mains."""


class SleepManners(Struct, frozen=True, kw_only=True):
    """When it falls asleep, and what wakes it. Asleep it stays in B, whatever is offered."""

    after_s: float | None = None
    """So long without an offer; 0: it arrives asleep."""
    wakes_on: Literal["E", "F"] | None = None
    """``None``: only being plugged in again."""
    wake_s: float = 3.0
    """So long."""
    wake_x1_s: float = 0.0
    """And then so long a constant +12 V before it is offered anything."""
    fears_f: bool = False
    """State F makes it latch a fault until it is unplugged."""
    rest_s: float = 0.0
    """Mains again sooner than that after they went make it latch a fault."""


class PlugManners(Struct, frozen=True, kw_only=True):
    """How its plug is moved. Times from the first touch, or from the first parting, of the pilot's pin."""

    arriving_s: tuple[float, ...] = ()
    """When it parts and touches again, in turn."""
    leaving_s: tuple[float, ...] = ()
    """When it touches and parts again, in turn."""
    power_parts_s: float = 0.0
    """Leaving, the power pins part so much later."""


class Manners(Struct, frozen=True, kw_only=True):
    """How fast a car reacts, and in what it is odd."""

    reaction_s: float = 1.0
    """From an offer, or the wish to charge, to S2 closed."""
    release_s: float = 1.0
    """From the end of the offer to S2 open; 3 s are allowed (IEC 61851-1 Table A.6, sequence 10.1)."""
    follow_s: float = 0.5
    """From a changed duty to the changed current; 5 s are allowed."""
    s2: S2Manners = S2Manners()
    draw: DrawManners = DrawManners()
    sleep: SleepManners = SleepManners()
    plug: PlugManners = PlugManners()

    @classmethod
    def reacting_in(cls, reaction_s: float) -> "Manners":
        """A car as brisk in letting go as in starting, between 0.2 and 1 s; its current is gone half-way, before S2 opens."""
        release_s = min(max(reaction_s, 0.2), 1.0)
        return cls(reaction_s=reaction_s, release_s=release_s, follow_s=release_s / 2)

    def at_speed(self, speed: float) -> "Manners":
        """The same in a world in which cars live so many times faster."""
        return self if speed == 1.0 else _faster(self, speed)


def _faster(value: Any, speed: float) -> Any:
    """Divides every field that ends in ``_s``, at any depth."""
    if isinstance(value, tuple):
        return tuple(_faster(each, speed) if isinstance(each, Struct) else each / speed for each in value)
    changes: dict[str, Any] = {}
    for name in (field.name for field in fields(value)):
        old = getattr(value, name)
        if isinstance(old, Struct) or (isinstance(old, tuple) and (name.endswith("_s") or (old and isinstance(old[0], Struct)))):
            changes[name] = _faster(old, speed)
        elif name.endswith("_s") and old is not None:
            changes[name] = old / speed
    return replace(value, **changes)
