"""The indicator of one EVSE, as somebody who stands before it sees and hears it."""

from msgspec import Struct

from hal.indicators.rhythm import Picture, picture
from hal.measured import DARK, Beeps, Colour, Light

PIXELS = 8


class Lamp(Struct):
    """``painted``: its pixels, where a real driver paints them; a simulated one says what light it means."""

    light: Light | None = None
    since_s: float = 0.0
    """When that light began."""
    painted: Picture = ()
    beeps: int = 0
    """How often it has sounded."""
    last: Beeps = ()

    def show(self, light: Light, now: float) -> None:
        """It looks like that from now on."""
        self.light, self.since_s = light, now

    def looks(self, now: float) -> Picture:
        """What somebody sees who stands before it; dark where nobody drives it."""
        if self.light is None:
            return self.painted or (DARK,)
        return picture(self.light, now - self.since_s, PIXELS)

    def sound(self, beeps: Beeps) -> None:
        """It has sounded once more."""
        self.beeps += 1
        self.last = beeps

    def go_dark(self) -> None:
        """Whoever drove it is gone."""
        self.light, self.painted = None, ()


def lamp_entry(lamp: Lamp) -> dict[str, object] | None:
    """For the state document; nothing while there is no indicator, or nobody drives it."""
    if lamp.light is None:
        if not lamp.painted:
            return None
        return {"pixels": [_hex(each) for each in lamp.painted], "colour": _hex(_brightest(lamp.painted)), "beeps": lamp.beeps}
    light = lamp.light
    return {
        "shows": light.means,
        "colour": _hex(light.colour),
        "rhythm": light.rhythm,
        "other": _hex(light.other),
        "on_s": light.on_s,
        "off_s": light.off_s,
        "flashes": light.flashes,
        "rest_s": light.rest_s,
        "beeps": lamp.beeps,
    }


def _brightest(painted: Picture) -> Colour:
    return max(painted, key=sum, default=DARK)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
