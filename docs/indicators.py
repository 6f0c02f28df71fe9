"""``indicators.md``: what the lamps mean, as it hangs beside a station."""

from collections.abc import Iterator

from chargepoint import texts
from chargepoint.domain import panel_words
from chargepoint.domain.fault_table import KINDS
from chargepoint.domain.indications import CODES, EVERYTHING, ON_LEASE, OTHER_CODE, PRESETS, SOUNDS, Preset, Shows
from docs import markdown
from hal.measured import Colour, Light

INTRODUCTION = """\
# Lights and sounds

Made by `make docs` from `chargepoint/domain/indications.py`; change the table, not this page.

```toml
[[evses]]
indicator = { driver = "ws2812", spi = "/dev/spidev0.0", pixels = 8, preset = "european", brightness_percent = 60 }
```

Drivers and their entries: [hardware.md](hardware.md). A preset says which colour and rhythm means what; `mono` is for a single lamp,
`two-led` for a red and a green one. Red is a fault, steady is at rest, a slow pulse is energy that flows, the quicker the more; fast
flashes want something to be done now. Available, charging and fault have rhythms of their own in every preset, for those who see no
colours. A lamp that cannot be dimmed is lit for three quarters of each pulse.

What is marked † only the station process knows. It tells control, which owns the lamps, for ten seconds at a time; when it is gone, control
shows what it sees by itself, and what would be free is out of operation, for nobody is left who could let a car charge. A fault that keeps
from charging comes before everything else, and once a car has had one it is shown until it is unplugged, or charges after all."""

WORDS_INTRODUCTION = f"""\
The same in words, in the language of the station's displays: at most {panel_words.LONGEST} characters, as half of the narrowest has room
for. They stand in the catalogues of the texts for drivers (`chargepoint/texts/locale`)."""

MEANS: dict[Shows, str] = {
    "starting": "control has just begun, and has measured nothing yet; or it is free, and the station process has not come yet",
    "available": "free",
    "plugged": "a car is plugged in, and waits or is waited for",
    "charging": "energy flows, or may",
    "paused": "the car may charge, and nothing is offered now: a schedule, a limit, no room on the fuse",
    "fault": "a fault; the flashes are its code",
    "emergency": "the emergency stop",
    "authorise": "please show a card",
    "authorising": "the card is being looked at",
    "accepted": "the card is good",
    "refused": "the card is not",
    "plug_in": "please plug in",
    "finished": "the session is over; please unplug",
    "reserved": "kept for somebody",
    "unavailable": "out of operation; or it would be free, and the station process is gone",
    "updating": "new firmware is being installed",
    "offline": "free, but the operator cannot be reached: only for cards that are known here",
}
COLOURS: dict[Colour, str] = {
    (0, 0, 0): "dark",
    (255, 0, 0): "red",
    (0, 255, 0): "green",
    (0, 0, 255): "blue",
    (255, 255, 255): "white",
    (255, 120, 0): "amber",
    (160, 0, 255): "purple",
}


def page() -> str:
    """The whole page."""
    return markdown.page(
        INTRODUCTION,
        "## What is shown",
        markdown.table(("", "Meaning", *PRESETS), (_row(shows) for shows in EVERYTHING)),
        "## What displays say",
        WORDS_INTRODUCTION,
        markdown.table(("", *(texts.of(each).name for each in texts.LANGUAGES)), map(_said, panel_words.WORDS)),
        "## Codes of faults",
        markdown.table(("Flashes", "Kinds of faults ([errors.md](errors.md))"), _codes()),
        "## Sounds",
        markdown.table(("When", "Sound"), ((f"a card was {name}", _beeps(beeps)) for name, beeps in SOUNDS.items())),
    )


def _row(shows: Shows) -> tuple[str, ...]:
    name = f"**{shows.replace('_', ' ')}**{' †' if shows in ON_LEASE else ''}"
    return (name, MEANS[shows], *(_words(preset, shows) for preset in PRESETS))


def _said(what: str) -> tuple[str, ...]:
    words = (texts.of(language).text(panel_words.WORDS[what], panel_words.CONTEXT) for language in texts.LANGUAGES)
    return (f"**{what.replace('_', ' ')}**", *words)


def _words(preset: Preset, shows: Shows) -> str:
    light = PRESETS[preset][shows]
    between = "" if light.other == (0, 0, 0) else f" and {COLOURS[light.other]}"
    return f"{COLOURS[light.colour]}{between} {_rhythm(light, shows)}"


def _rhythm(light: Light, shows: Shows) -> str:
    match light.rhythm:
        case "steady":
            return "steady"
        case "breathe":
            return "slow pulse" if light.on_s > 1 else "quick pulse"
        case "chase":
            return "runs round"
        case "flash":
            flashes = "N flashes" if shows == "fault" else "1 flash" if light.flashes == 1 else f"{light.flashes} flashes"
            return f"{flashes} every {light.rest_s + light.flashes * (light.on_s + light.off_s):g} s" if light.rest_s > 5 else flashes
        case _:
            return f"{light.on_s:g} s / {light.off_s:g} s"


def _codes() -> Iterator[tuple[str, str]]:
    for code in sorted({*CODES.values(), OTHER_CODE}):
        yield str(code), ", ".join(f"`{kind}`" for kind in KINDS if CODES.get(kind, OTHER_CODE) == code)


def _beeps(beeps: tuple[float, ...]) -> str:
    return " ".join(f"{lasts_s:g} s" if place % 2 == 0 else "·" for place, lasts_s in enumerate(beeps))
