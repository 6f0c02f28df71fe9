"""The sections of the page: what each asks, as the wizard does, what is in the file, and what the answers mean."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.web.editing import reading
from chargepoint.web.editing.overlay import overlaid
from chargepoint.web.editing.reading import KEPT
from chargepoint.web.editing.secrets import SECRET
from chargepoint.web.wizard import access, board, csms, devices, meter, public, socket, station
from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field, Option, given
from chargepoint.web.wizard.ports import DriverLine, Tree

Lines = Sequence[DriverLine]
LEFT_OUT = ("evses", "grid")
"""Asked once, for the first configuration."""


class Section(Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    title: str
    owns: str
    """Regular expression for the beginning of an entry's path; ``{}``: the EVSE's place in the list."""
    each: bool = False
    fields: Callable[[Lines, Answers], Sequence[Field]]
    read: Callable[[Any], dict[str, str]]
    """Of the whole tree, or of one EVSE."""
    part: Callable[[Lines, Answers], dict[str, Any]]
    """What the answers mean: a part of the whole tree, or of one EVSE."""


def _pages(_: Lines, __: Answers) -> Sequence[Field]:
    where = "host:port, such as [::]:8443. Empty: as the program's own options say."
    return (
        Field(name="listen", label="Technicians' pages (HTTPS)", help=where),
        Field(name="driver_listen", label="Drivers' pages (HTTP)", help=where),
    )


def _plug(_: Lines, answers: Answers) -> Sequence[Field]:
    return [_with_kept(field, answers) for field in socket.fields()]


def _uplink(_: Lines, answers: Answers) -> Sequence[Field]:
    return [_with_kept(field, answers) for field in csms.fields(answers)]


def _csms_part(_: Lines, answers: Answers) -> dict[str, Any]:
    """All of it that is asked for, so that nothing else of ``[security]`` goes with what goes."""
    found = csms.tree(answers)
    security = found.get("security", {})
    return {**found, "security": {**security, "trust": security.get("trust", {})}}


def _with_kept(field: Field, answers: Answers) -> Field:
    if answers.get(field.name) != KEPT:
        return field
    return replace(field, options=(Option(KEPT, "As it is", "What the file has is none of these; it stays."), *field.options))


SECTIONS: tuple[Section, ...] = (
    Section(
        name="station",
        title="Station and site",
        owns=r"(station|site|public\.label)\b",
        fields=lambda lines, answers: [field for field in station.fields({}) if field.name not in LEFT_OUT],
        read=reading.station,
        part=lambda lines, answers: station.tree(answers),
    ),
    Section(
        name="board",
        title="Board",
        owns=r"evses\[{}\]\.(board|wake_up)\b",
        each=True,
        fields=board.fields,
        read=lambda evse: reading.device(reading.table(evse, "board")),
        part=lambda lines, answers: {"board": board.table(lines, answers)},
    ),
    Section(
        name="meter",
        title="Meter",
        owns=r"evses\[{}\]\.meter\b",
        each=True,
        fields=meter.fields,
        read=lambda evse: reading.device(reading.table(evse, "meter")),
        part=lambda lines, answers: {"meter": meter.table(lines, answers)},
    ),
    Section(
        name="socket",
        title="Socket or cable",
        owns=r"evses\[{}\]\.(?!board|wake_up|meter)",
        each=True,
        fields=_plug,
        read=reading.plug,
        part=lambda lines, answers: socket.tree(answers),
    ),
    Section(
        name="access",
        title="Who may charge",
        owns=r"(readers|authorization)\b",
        fields=access.fields,
        read=reading.access,
        part=access.tree,
    ),
    Section(
        name="csms",
        title="CSMS",
        owns=r"(ocpp|security)\b",
        fields=_uplink,
        read=reading.uplink,
        part=_csms_part,
    ),
    Section(
        name="public",
        title="For drivers",
        owns=r"public\b(?!\.label)",
        fields=lambda lines, answers: public.fields(),
        read=reading.drivers_told,
        part=lambda lines, answers: public.tree(answers),
    ),
    Section(
        name="web",
        title="Pages",
        owns=r"web\b",
        fields=_pages,
        read=reading.pages,
        part=lambda lines, answers: {"web": given(**{name: answers.get(name, "").strip() for name in ("listen", "driver_listen")})},
    ),
)


class Place(Struct, frozen=True):
    """A section, of the EVSE at this place in the list (from 1), or of the station (0)."""

    section: Section
    number: int = 0
    evse: str = ""
    """Its id, for people."""

    @property
    def path(self) -> str:
        """Its address."""
        return f"/configuration/{self.section.name}" + (f"/{self.number}" if self.number else "")

    @property
    def title(self) -> str:
        """For people."""
        return f"{self.section.title} of EVSE {self.evse}" if self.number else self.section.title

    def owns(self, error: str) -> bool:
        """Is it this place that has to mend it?"""
        return re.match(self.section.owns.replace("{}", str(self.number - 1)), error) is not None

    def answers(self, tree: Tree) -> dict[str, str]:
        """What is in the file."""
        return self.section.read(self._base(tree))

    def _base(self, tree: Tree) -> Any:
        return evses(tree)[self.number - 1] if self.number else tree

    def changed(self, tree: Tree, lines: Lines, answers: Answers) -> Tree:
        """The file with these answers in place of those that it has."""
        base = self._base(tree)
        old, new = (_without_kept(self.section.part(lines, each), each) for each in (self.answers(tree), answers))
        if not self.number:
            return _without_empty_trust(overlaid(tree, old, new))
        there = evses(tree)
        return {**tree, "evses": [*there[: self.number - 1], overlaid(base, old, new), *there[self.number :]]}


def _without_empty_trust(tree: Tree) -> Tree:
    security = tree.get("security")
    if not isinstance(security, dict) or security.get("trust") != {}:
        return tree
    return {**tree, "security": {name: each for name, each in security.items() if name != "trust"}}


def _without_kept(part: dict[str, Any], answers: Answers) -> dict[str, Any]:
    """What no option says is not said."""
    if answers.get("kind") == KEPT:
        part = {**part, "connectors": [{"id": 1}]}
    if answers.get("version") == KEPT:
        part = {**part, "ocpp": {name: value for name, value in part["ocpp"].items() if name != "version"}}
    return part


def evses(tree: Tree) -> list[Any]:
    """Those of the file, whatever they are."""
    found = tree.get("evses")
    return list(found) if isinstance(found, list) else []


def places(tree: Tree) -> Iterator[Place]:
    """Every section in order, those of an EVSE for each."""
    for section in SECTIONS:
        if not section.each:
            yield Place(section)
            continue
        for number, evse in enumerate(evses(tree), start=1):
            if isinstance(evse, dict):
                yield Place(section, number, str(evse.get("id", number)))


def find(tree: Tree, name: str, number: int = 0) -> Place | None:
    """The one with that address."""
    return next((place for place in places(tree) if (place.section.name, place.number) == (name, number)), None)


def fields_of(place: Place, lines: Lines, answers: Answers) -> list[Field]:
    """What is asked. A secret of a driver's is as little shown as any other."""
    return [_hidden(field, answers) for field in place.section.fields(lines, answers)]


def _hidden(field: Field, answers: Answers) -> Field:
    if not field.name.startswith(devices.PREFIX) or not SECRET.search(field.name) or field.name.endswith("public_key"):
        return field
    return replace(field, kind="password", stored=bool(answers.get(field.name)))
