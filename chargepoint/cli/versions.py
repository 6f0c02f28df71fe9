"""``chargepoint versions``: the version of every part, and how long its maker looks after it."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct

from chargepoint.cli import as_json
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.paths import inquiry, updater
from chargepoint.domain.support import support
from chargepoint.inquiry import client
from chargepoint.inquiry.client import InquiryError
from chargepoint.link.release import RELEASE
from chargepoint.update.client import UpdaterError, inquire
from chargepoint.update.messages import Part, See, State

HELP = """Shows the version of every part: station and control as they run, this program, operating system and what else the updater knows;
how long the maker mends what is insecure; and where the list of everything inside is (SBOM). What does not answer is named. Exit status
0."""

SBOM = Path("/usr/share/doc/chargepoint/sbom.cdx.json")


class Versions(Struct, frozen=True, kw_only=True):
    """All of it."""

    parts: tuple[Part, ...]
    support_until: str = ""
    support: str = ""
    """The same in words."""
    before: str = ""
    """The version that can be gone back to."""
    trusted: tuple[str, ...] = ()
    sbom: str = ""
    silent: tuple[str, ...] = ()
    """Who does not answer, and why."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    as_json.add_json(parser)


def run(arguments: Namespace) -> int:
    """0"""
    found = asyncio.run(look(inquiry(arguments.state_dir), updater(arguments.state_dir), date.today(), str(SBOM) if SBOM.exists() else ""))
    print(as_json.text(found) if arguments.json else "\n".join(shown(found)))
    return 0


async def look(station: str, updater: str, today: date, sbom: str = "") -> Versions:
    """As far as they answer. ``sbom``: where the list of contents is."""
    silent: list[str] = []
    document: dict[str, Any] = {}
    state: State | None = None
    try:
        document = await client.inquire(station, dict[str, Any])
    except InquiryError as error:
        silent.append(str(error))
    try:
        state = await inquire(updater, State, See())
    except UpdaterError as error:
        silent.append(str(error))
    return Versions(
        parts=(*of_station(document), Part("this program", RELEASE), *(() if state is None else state.parts)),
        support_until="" if state is None else state.support_until,
        support=support("" if state is None else state.support_until, today).text,
        before="" if state is None else state.before,
        trusted=() if state is None else state.trusted,
        sbom=sbom,
        silent=tuple(silent),
    )


def of_station(document: dict[str, Any]) -> Iterator[Part]:
    """The processes that run. They go on as the version that they began with."""
    station, control = document.get("release", ""), document.get("control_release", "")
    if not document:
        return
    yield Part("station", station or "not told")
    late = "starts anew as soon as nobody charges" if control and control != station else ""
    yield Part("control", control or ("not told" if document.get("link") else "not connected"), late)


def shown(found: Versions) -> Iterator[str]:
    """For people."""
    width = max(len(part.name) for part in found.parts)
    for part in found.parts:
        yield f"{part.name:<{width}}  {part.version or 'not known'}{f'  ({part.detail})' if part.detail else ''}"
    if found.before:
        yield f"{'kept':<{width}}  {found.before}  (chargepoint update --back)"
    yield f"{'support':<{width}}  {found.support}"
    if found.trusted:
        yield f"{'trusted':<{width}}  {'; '.join(found.trusted)}"
    yield f"{'contents':<{width}}  {found.sbom or 'no list: this is no installed package'}"
    yield from found.silent
