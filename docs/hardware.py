"""``hardware.md``: every driver, by its own words (``hal.facts``) and its abilities (``hal.api``)."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import hal
from docs import markdown
from hal.api import Abilities
from hal.conformance import boards, displays, indicators, locks, meters, readers
from hal.conformance.rules import sentence_of
from hal.facts import DriverFacts
from simulators.wires.table import TABLE

INTRODUCTION = """\
# Hardware

Made by `make docs` from the drivers (`hal/`); change them, not this page.

A station names its board, meter and readers by the names below ([README](../README.md#on-real-hardware)); `chargepoint check-config`
holds every entry against the driver. What a driver needs beside the program itself is an extra: `pip install 'chargepoint[modbus,serial]'`.

**Nobody has tried these drivers on the devices themselves yet.** Each was written after its maker's documents and after public drivers
(*Sources*), and plays against a simulated device that speaks the same wire, byte for byte, and fails as wires fail. Under *Doubts* stands
what could not be looked up. Who has the device in his hands begins there."""

SAFETY = """\
## Who keeps people safe

| class | who makes the pilot, and who opens the contactor when something is wrong | what this program does |
| --- | --- | --- |
| `own` | the board's own microcontroller, whatever the host does | says what may be offered, reads how it stands |
| `linux` | this host; but monitor, watchdog and emergency stop cut the contactor's coil in hardware | all but the last line of defence |

A board of class `linux` without a residual current monitor and a watchdog in its coil circuit is refused, unless its table says
`bench = true`: only where nobody can touch it. *When the host dies* says what becomes of a car that is charging."""

KIT = """\
## What every driver keeps

Each driver of these tables is held against the rules of the conformance kit (`hal.conformance`) in every build, over its wire, and with
each fault that a wire can have: silent, garbage, wrong checksum, exception, slow, half a frame, unplugged (`tests/hal/conformance`). For
each board a whole session is played over its wire: `chargepoint demo --board NAME --once`. Who writes a driver holds it against the same
rules: [write-a-driver.md](write-a-driver.md)."""

TITLES = {
    "boards": "Boards",
    "meters": "Meters",
    "readers": "Card readers",
    "indicators": "Indicators",
    "displays": "Displays",
}
WHEN_LOST = {"opens": "opens the contactor", "lowers": "falls back to a current set before", "goes_on": "goes on at the last current"}
RULES = {
    "Boards": boards.RULES,
    "Meters": meters.RULES,
    "Card readers": readers.RULES,
    "Plug locks": locks.RULES,
    "Indicators": indicators.RULES,
    "Displays": displays.RULES,
}


def page() -> str:
    """The whole page."""
    return markdown.page(INTRODUCTION, SAFETY, *(_kind(kind, title) for kind, title in TITLES.items()), KIT, *_rules())


def told(kind: str) -> list[DriverFacts]:
    """Every driver of a kind, but the simulated one, which is no hardware."""
    known = [hal.about(kind, name) for name in hal.DRIVERS[kind] if name != "simulated"]
    return [each for each in known if each is not None]


def _kind(kind: str, title: str) -> str:
    drivers = told(kind)
    if not drivers:
        return ""
    overview = _boards(drivers) if kind == "boards" else _others(drivers)
    common = _common(drivers)
    anchor = f'<a id="{kind}-common"></a>\n\nEntries that most of them know, beside `driver`:'
    table = f"{anchor}\n\n{_entries(common)}" if common else ""
    return markdown.page(f"## {title}", overview, table, *(_section(each, common) for each in drivers)).rstrip()


def _boards(drivers: list[DriverFacts]) -> str:
    head = ("Driver", "Device", "Line", "Class", "Residual current", "Watchdog on the coil", "Contactor", "When the host dies")
    return markdown.table(head, (_board(each, abilities(each)) for each in drivers))


def abilities(facts: DriverFacts) -> Abilities:
    """What this board can do."""
    can: Abilities = hal.load("boards", facts.name).abilities
    return can


def _board(facts: DriverFacts, can: Abilities) -> tuple[str, ...]:
    contactor = "by itself" if can.contactor == "own" else "by command"
    yes = {True: "yes", False: "as its entries say" if _depends(facts) else "no"}
    there = (yes[can.rcm], yes[can.coil_watchdog])
    return (_link(facts), facts.title, facts.link, f"`{can.safety}`", *there, contactor, WHEN_LOST[can.when_lost])


def _depends(facts: DriverFacts) -> bool:
    """Do the abilities of this board depend on its entries? Then what is told is the least."""
    return hasattr(hal.load("boards", facts.name), "abilities_with")


def _others(drivers: list[DriverFacts]) -> str:
    return markdown.table(
        ("Driver", "Device", "Line", "Extra"), ((_link(each), each.title, each.link, each.extra or "–") for each in drivers)
    )


def _link(facts: DriverFacts) -> str:
    return f"[{facts.name}](#{facts.kind}-{facts.name})"


def _section(facts: DriverFacts, common: Mapping[str, str]) -> str:
    knows_them = bool(common) and common.items() <= facts.entries.items()
    own = {name: meaning for name, meaning in facts.entries.items() if not knows_them or name not in common}
    others = f"It knows the [common entries](#{facts.kind}-common){', and' if own else '.'}" if knows_them else ""
    return markdown.page(
        f'<a id="{facts.kind}-{facts.name}"></a>\n\n### {facts.name}',
        f"**{facts.title}**: {facts.link}." + (f" Needs `chargepoint[{facts.extra}]`." if facts.extra else ""),
        f"```toml\n{_example(facts)}\n```",
        others,
        _entries(own),
        f"Safety: {facts.safety}" if facts.safety else "",
        f"Watchdog: {facts.watchdog}" if facts.watchdog else "",
        f"Can{' at the least, more as its entries say' * _depends(facts)}: {_capabilities(abilities(facts))}."
        if facts.kind == "boards"
        else "",
        _list("Doubts", facts.doubts),
        _list("Proven by", tuple(f"`{each}`" for each in facts.proven)),
        f"Sources: {'; '.join(facts.sources)}." if facts.sources else "",
    ).rstrip()


def _capabilities(can: Abilities) -> str:
    words = {
        "test its residual current monitor": can.rcd_test,
        "measure the proximity contact": can.proximity,
        "switch between one and three phases": can.phase_switching,
        "switch the pilot off (state E)": can.pilot_off,
        "hold the pilot at -12 V (state F)": can.fault_state,
        "trip a breaker upstream": can.shunt_trip,
        "release the plug when the mains fail": can.releases_plug,
    }
    able = [what for what, there in words.items() if there]
    ages = f"a measurement is at most {can.silent_s:g} s old, the first comes within {can.start_s:g} s"
    return f"{', '.join(able) or 'nothing beyond charging'}; {ages}"


def _example(facts: DriverFacts) -> str:
    row = TABLE[facts.kind].get(facts.name)
    entries = {"driver": facts.name, **({} if row is None else row.entries)}
    written = [f"{name} = {json.dumps(value)}" for name, value in entries.items()]
    if facts.kind == "readers":
        return "\n".join(("[[readers]]", *written))
    return f"{facts.kind.removesuffix('s')} = {{ {', '.join(written)} }}"


def _entries(entries: Mapping[str, str]) -> str:
    return markdown.table(("Entry", "What it means"), ((f"`{name}`", meaning) for name, meaning in entries.items())) if entries else ""


def _common(drivers: list[DriverFacts]) -> dict[str, str]:
    """Entries that most drivers of a kind know and mean alike; none where there are only a few drivers."""
    counted = Counter(entry for each in drivers for entry in each.entries.items())
    return dict(entry for entry, times in counted.items() if len(drivers) > 4 and times > len(drivers) * 2 / 3)


def _list(title: str, lines: tuple[str, ...]) -> str:
    return "\n".join((f"{title}:\n", *(f"* {line}" for line in lines))) if lines else ""


def _rules() -> Iterator[str]:
    rules: Any
    for title, rules in RULES.items():
        yield f"### Rules: {title}\n\n{markdown.numbered(sentence_of(rule).replace('``', '`') for rule in rules)}"
