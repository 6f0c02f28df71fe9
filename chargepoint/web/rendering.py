"""HTML from the templates. Everything is escaped, and a name that a page does not give is an error."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chargepoint import texts
from chargepoint.web.drivers import language
from chargepoint.web.icons import icon
from chargepoint.web.static_files import Assets

BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))
"""What says the most comes first."""

FOLDER = Path(__file__).with_name("templates")


class Rendering:
    """The templates."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals |= {
            "asset": assets.address,
            "icon": icon,
            "texts_for": language.of,
            "languages_for": language.offered,
            "language_name": lambda tag: texts.of(tag).name,
        }
        self._environment.filters |= {
            "moment": moment,
            "unix_moment": lambda unix_s: moment(datetime.fromtimestamp(unix_s, UTC)),
            "energy": energy,
            "power": power,
            "lasting": lasting,
            "browser": browser,
            "dial": dial,
            "json": lambda value: msgspec.json.encode(value).decode(),
        }

    def html(self, template: str, **values: Any) -> str:
        """A whole page, or a piece of one."""
        return self._environment.get_template(template).render(values)


def moment(at: datetime | str | None) -> str:
    """UTC, as logs have it. ``at``: also as ISO 8601."""
    when = datetime.fromisoformat(at) if isinstance(at, str) and at else at
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if isinstance(when, datetime) else ""


def energy(energy_wh: float | None) -> str:
    """In kWh from one on."""
    if energy_wh is None:
        return "not measured"
    return f"{energy_wh / 1000:,.2f} kWh" if energy_wh >= 1000 else f"{energy_wh:.0f} Wh"


def power(power_w: float | None) -> str:
    """In kW from one on."""
    if power_w is None:
        return "not measured"
    return f"{power_w / 1000:.2f} kW" if abs(power_w) >= 1000 else f"{power_w:.0f} W"


def browser(agent: str) -> str:
    """What a ``User-Agent`` says of browser and system, roughly."""
    known = [next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " on ".join(part for part in known if part) or agent[:60] or "unknown browser"


def dial(number: str) -> str:
    """A telephone number as a link has it: digits, and a plus in front."""
    return "".join(each for place, each in enumerate(number.strip()) if each.isdigit() or (each == "+" and place == 0))


def lasting(seconds: float) -> str:
    """Roughly: the greatest units that there are."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3_600} h {whole % 3_600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3_600} h"
