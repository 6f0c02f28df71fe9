"""The electrician's sheet: what only he can measure, typed in, with units, and what is usual.

A value outside of the usual is no error, for installations differ: it gets a remark, which stands in the report. What is no number where a
number belongs is refused. Testers that are at the end of their range show ">500": so it may be typed.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct, field

from chargepoint.domain.configuration import Configuration

Texts = dict[str, str]
"""Name of a field -> what was typed, as it is shown again: numbers with a point."""

LONGEST, LONGEST_REMARK = 120, 2_000
MOST = 1e6
PHASES = ("L1-L2-L3 (clockwise)", "L1-L3-L2 (anticlockwise)", "one phase")
VISUAL = ("no defects", "defects: see remarks")
EARTHING = ("TN-S", "TN-C-S", "TN-C", "TT", "IT")
TYPE_B, TYPE_A_DD = "type B", "type A with 6 mA DC detection (RDC-DD)"
RCD_TYPES = (TYPE_B, TYPE_A_DD, "type F with 6 mA DC detection (RDC-DD)", "type A", "type AC", "none")
DC_SAFE = RCD_TYPES[:3]
LEAST_INSULATION_MOHM, MOST_CONTINUITY_OHM, MOST_TN_OHM, MOST_TT_OHM = 1.0, 1.0, 2.0, 100.0
MOST_TRIP_MS, USUAL_RCD_MA, MOST_DC_MA = 300.0, 30.0, 6.0
VOLTAGE_SHARE = 0.1
FIRST_YEARS = (2000.0, 2100.0)


class Field(NamedTuple):
    """One entry of the sheet."""

    name: str
    title: str
    kind: Literal["number", "choice", "text", "date", "long"] = "text"
    unit: str = ""
    choices: tuple[str, ...] = ()
    help: str = ""


SUPPLY = (
    Field("earthing", "Earthing system", "choice", choices=EARTHING),
    Field("main_fuse_a", "Main fuse", "number", "A", help="Not less than what the configuration allows the station."),
    Field("cable_type", "Type of supply cable", help="As printed on it: NYM-J 5x10, say."),
    Field("cable_mm2", "Cross-section", "number", "mm²"),
    Field("rcd_type", "Residual current device", "choice", choices=RCD_TYPES, help="IEC 61851-1 8.5: type B, or type A with IEC 62955."),
    Field("rcd_a", "Its rated current", "number", "A"),
    Field("rcd_ma", "Its rated residual current", "number", "mA", help="Usual: 30 mA (IEC 61851-1 8.5)."),
)
EVSE = (
    Field("visual", "Visual inspection", "choice", choices=VISUAL, help="Fixing, housing, glands, terminals, labels, cable and connector."),
    Field("continuity_ohm", "Continuity of the protective conductor", "number", "Ω", help="Usual: up to 1 Ω."),
    Field("insulation_mohm", "Insulation resistance", "number", "MΩ", help="Usual: 1 MΩ or more."),
    Field("loop_ohm", "Loop impedance L-PE", "number", "Ω", help="Usual: up to 2 Ω, in a TT system up to 100 Ω."),
    Field("loop_ln_ohm", "Loop impedance L-N", "number", "Ω", help="Usual: up to 2 Ω."),
    Field("trip_ms", "RCD trips within", "number", "ms", help="At its rated residual current; usual: up to 300 ms."),
    Field("trip_ma", "RCD trips at", "number", "mA", help="Usual: half of its rated residual current, up to all of it."),
    Field("dc_trip_ma", "DC detection trips at", "number", "mA", help="Usual: up to 6 mA (IEC 62955). Of a type B: leave it empty."),
    Field("phase_sequence", "Phase sequence", "choice", choices=PHASES),
    Field(
        "calibration_year", "Calibration mark of the meter", "number", help="Its year, where people are billed by it; else leave it empty."
    ),
    Field("voltage_v", "Voltage L-N", "number", "V", help="Usual: within 10 % of the nominal voltage."),
)
UNITS = {each.name: f" {each.unit}" if each.unit else "" for each in EVSE}
PERSON = (
    Field("name", "Name"),
    Field("company", "Company"),
    Field("licence", "Licence number"),
    Field("date", "Date of the measurements", "date"),
    Field("remarks", "Remarks", "long"),
)


class Sheet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that was typed. An absent or empty entry was not measured."""

    supply: Texts = field(default_factory=dict)
    evses: dict[str, Texts] = field(default_factory=dict)
    """By the number of the EVSE."""
    person: Texts = field(default_factory=dict)


class Remark(NamedTuple):
    """What is not usual, or not measured."""

    place: str
    """``supply.rcd_type``, ``evses.1.loop_ohm``: of the entry."""
    text: str


class Problem(NamedTuple):
    """What cannot be taken."""

    place: str
    text: str


def places(configuration: Configuration) -> Iterator[tuple[str, Field]]:
    """Every entry of the sheet of this station."""
    yield from ((f"supply.{each.name}", each) for each in SUPPLY)
    for part in configuration.evses:
        yield from ((f"evses.{part.id}.{each.name}", each) for each in EVSE)
    yield from ((f"person.{each.name}", each) for each in PERSON)


def taken(typed: Mapping[str, str], configuration: Configuration) -> tuple[Sheet, tuple[Problem, ...]]:
    """A sheet of what was typed, by place; and what of it cannot be taken. Entries that the station has not are nobody's."""
    supply: Texts = {}
    person: Texts = {}
    evses: dict[str, Texts] = {str(part.id): {} for part in configuration.evses}
    problems = []
    for place, entry in places(configuration):
        text, problem = _taken(typed.get(place, ""), entry)
        if problem:
            problems.append(Problem(place, f"{_where(place, entry)}: {problem}"))
        room, *rest = place.split(".")
        target = evses[rest[0]] if room == "evses" else supply if room == "supply" else person
        if text:
            target[entry.name] = text
    return Sheet(supply=supply, evses=evses, person=person), tuple(problems)


def typed(sheet: Sheet) -> dict[str, str]:
    """By place."""
    told = {f"supply.{name}": text for name, text in sheet.supply.items()}
    told |= {f"evses.{evse}.{name}": text for evse, texts in sheet.evses.items() for name, text in texts.items()}
    return told | {f"person.{name}": text for name, text in sheet.person.items()}


def _taken(raw: str, entry: Field) -> tuple[str, str]:
    """As it is kept, and what is wrong with it."""
    text = raw.replace("\r\n", "\n").strip()
    if not text:
        return "", ""
    if entry.kind == "number":
        mended = text.removesuffix(entry.unit).strip().replace(",", ".")
        return (
            (mended, "")
            if number(mended) is not None
            else (text[:LONGEST], f"{text[:20]!r} is no number; expected one{f' in {entry.unit}' if entry.unit else ''}")
        )
    if entry.kind == "choice":
        return (text, "") if text in entry.choices else ("", f"{text[:40]!r}; expected one of {', '.join(entry.choices)}")
    most = LONGEST_REMARK if entry.kind == "long" else LONGEST
    clean = "".join(each for each in text if each.isprintable() or (each == "\n" and entry.kind == "long"))
    return (clean, "") if len(clean) <= most else (clean[:most], f"longer than {most} characters; shorten it")


def number(text: str) -> float | None:
    """What it says, or the bound that it says; ``None``: no number from 0 to a million."""
    plain = text[1:].strip() if text[:1] in "<>" else text
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= MOST and plain.isascii() and "_" not in plain else None


def missing(sheet: Sheet, configuration: Configuration) -> tuple[str, ...]:
    """Titles of what has not been typed in, but for remarks."""
    told = typed(sheet)
    needless = ("remarks", "calibration_year", *(("dc_trip_ma",) if sheet.supply.get("rcd_type") == TYPE_B else ()))
    return tuple(_where(place, entry) for place, entry in places(configuration) if place not in told and entry.name not in needless)


def _where(place: str, entry: Field) -> str:
    room, *rest = place.split(".")
    return f"EVSE {rest[0]}: {entry.title}" if room == "evses" else entry.title


def remarks(sheet: Sheet, configuration: Configuration) -> tuple[Remark, ...]:
    """What is outside of the usual."""
    return (*_of_supply(sheet, configuration), *(each for part in configuration.evses for each in _of_evse(sheet, configuration, part.id)))


def _of_supply(sheet: Sheet, configuration: Configuration) -> Iterator[Remark]:
    fuse_a, site_a = _value(sheet.supply, "main_fuse_a"), configuration.site.fuse_a
    if fuse_a is not None and fuse_a < site_a:
        text = f"the configuration allows {site_a:g} A (site.fuse_a) behind a fuse of {fuse_a:g} A; lower it to the fuse"
        yield Remark("supply.main_fuse_a", text)
    kind = sheet.supply.get("rcd_type")
    if kind is not None and kind not in DC_SAFE:
        yield Remark("supply.rcd_type", f"{kind}: each point needs type B, or type A with 6 mA DC detection (IEC 61851-1 8.5, IEC 62955)")
    rated_ma = _value(sheet.supply, "rcd_ma")
    if rated_ma is not None and rated_ma > USUAL_RCD_MA:
        yield Remark("supply.rcd_ma", f"{rated_ma:g} mA: 30 mA or less are expected (IEC 61851-1 8.5)")
    rcd_a = _value(sheet.supply, "rcd_a")
    most_a = max(part.max_current_a for part in configuration.evses)
    if rcd_a is not None and rcd_a < most_a:
        yield Remark("supply.rcd_a", f"rated for {rcd_a:g} A, and an EVSE may draw {most_a:g} A")


def _of_evse(sheet: Sheet, configuration: Configuration, evse: int) -> Iterator[Remark]:
    texts = sheet.evses.get(str(evse), {})
    if texts.get("visual") == VISUAL[1]:
        yield Remark(f"evses.{evse}.visual", "defects were found; have them mended, and look again")
    for name, (least, most) in _usual(sheet, configuration).items():
        if texts.get(name) and _outside(texts[name], least, most):
            yield Remark(f"evses.{evse}.{name}", f"{texts[name]}{UNITS[name]}: usual {_range(least, most, UNITS[name])}")
    sequence, phases = texts.get("phase_sequence"), next(part.phases for part in configuration.evses if part.id == evse)
    if sequence == PHASES[1]:
        yield Remark(
            f"evses.{evse}.phase_sequence", "anticlockwise: cars charge, but three-phase motors would run backwards; swap two phases"
        )
    elif sequence is not None and (sequence == PHASES[2]) != (phases == 1):
        text = f"{sequence}: the configuration says {phases} phase{'s' * (phases > 1)}"
        yield Remark(f"evses.{evse}.phase_sequence", text)


def _usual(sheet: Sheet, configuration: Configuration) -> dict[str, tuple[float, float]]:
    """Least and most of each number of an EVSE."""
    rated_ma, nominal_v = _value(sheet.supply, "rcd_ma") or USUAL_RCD_MA, configuration.site.voltage_v
    own_dc = {} if sheet.supply.get("rcd_type") == TYPE_B else {"dc_trip_ma": (0.0, MOST_DC_MA)}
    return {
        "continuity_ohm": (0.0, MOST_CONTINUITY_OHM),
        "insulation_mohm": (LEAST_INSULATION_MOHM, math.inf),
        "loop_ohm": (0.0, MOST_TT_OHM if sheet.supply.get("earthing") == "TT" else MOST_TN_OHM),
        "loop_ln_ohm": (0.0, MOST_TN_OHM),
        "trip_ms": (0.0, MOST_TRIP_MS),
        "trip_ma": (rated_ma / 2, rated_ma),
        **own_dc,
        "calibration_year": FIRST_YEARS,
        "voltage_v": (nominal_v * (1 - VOLTAGE_SHARE), nominal_v * (1 + VOLTAGE_SHARE)),
    }


def _outside(text: str, least: float, most: float) -> bool:
    """Of a bound, the other side may be anywhere."""
    value = number(text)
    open_end = (text[0] == ">" and most < math.inf) or (text[0] == "<" and least > 0)
    return value is not None and (open_end or not least <= value <= most)


def _range(least: float, most: float, unit: str) -> str:
    if most == math.inf:
        return f"is {least:g}{unit} or more"
    return f"are {least:g} to {most:g}{unit}" if least else f"are up to {most:g}{unit}"


def _value(texts: Texts, name: str) -> float | None:
    return number(texts[name]) if texts.get(name) else None
