"""The house as it is built: who imports whom, and who may look at a clock. The plan is section 3 of the architecture: imports go down."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("chargepoint", "hal", "simulators")
SOURCES = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for room in OURS for path in (ROOT / room).rglob("*.py")}

PORTS = ("hal.api", "hal.measured", "hal.errors")
MAY_IMPORT = {
    "hal": ("hal",),
    "simulators": ("simulators", "hal"),
    "chargepoint.domain": ("chargepoint.domain", "hal.measured"),
    "chargepoint.link": ("chargepoint.link", "chargepoint.domain", "hal.measured"),
    "chargepoint.inquiry": ("chargepoint.inquiry", "chargepoint.domain", "chargepoint.link.messages"),
    "chargepoint.store": ("chargepoint.store", "chargepoint.domain"),
    "chargepoint.pki": ("chargepoint.pki",),
    "chargepoint.transfer": ("chargepoint.transfer",),
    "chargepoint.control": ("chargepoint.control", "chargepoint.domain", "chargepoint.link", *PORTS),
    "chargepoint.station": (
        *("chargepoint.station", "chargepoint.domain", "chargepoint.inquiry", "chargepoint.link", "chargepoint.pki", "chargepoint.store"),
        "chargepoint.texts",
        *("chargepoint.transfer.job", "chargepoint.transfer.urls"),
        *PORTS,
    ),
    "chargepoint.ocpp": ("chargepoint.ocpp", "chargepoint.domain", "chargepoint.station.csms"),
    "chargepoint.ladder": ("chargepoint.ladder", "chargepoint.domain", "chargepoint.inquiry", "chargepoint.ocpp", "chargepoint.pki"),
    "chargepoint.texts": ("chargepoint.texts", "chargepoint.domain"),
    "chargepoint.update": ("chargepoint.update", "chargepoint.pki"),
    "chargepoint.commissioning": (
        *("chargepoint.commissioning", "chargepoint.domain", "chargepoint.inquiry", "chargepoint.link.messages"),
        *PORTS,
    ),
    "chargepoint.web": (
        *("chargepoint.web", "chargepoint.domain", "chargepoint.inquiry", "chargepoint.pki", "chargepoint.texts"),
        "chargepoint.commissioning",
        "chargepoint.update.messages",
    ),
    "chargepoint.cli": OURS,
    "chargepoint.__main__": ("chargepoint.cli",),
}
"""Of our own packages. A room that is not named here is not in the plan."""

ONLY_IN = {
    "cryptography": ("chargepoint.pki", "simulators.csms.authority", "simulators.recorder"),
    "ocpp": ("chargepoint.ocpp", "simulators.csms"),
    "sqlite3": ("chargepoint.store",),
}
NOT_IN_DOMAIN = ("asyncio", "io", "os", "pathlib", "select", "selectors", "signal", "socket", "subprocess", "threading", "time")

CLOCKS = {
    *(f"time.{name}" for name in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "sleep", "localtime", "gmtime")),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("asyncio.sleep", "asyncio.get_running_loop().time"),
}
RIM = (
    "chargepoint.cli",
    "chargepoint.control.loop",
    "chargepoint.ladder.stopwatch",
    "chargepoint.ocpp.client",
    "chargepoint.ocpp.connection",
    "chargepoint.station.clock",
    "chargepoint.transfer.watch",
    "chargepoint.web.clock",
    "hal.boards",
    "hal.bus",
    "hal.clocks",
    "hal.conformance",
    "hal.detect.serial",
    "hal.indicators",
    "hal.meters",
    "hal.networks",
    "simulators.bench",
    "simulators.csms.connection",
    "simulators.csms.server",
    "simulators.server",
    "simulators.wires.pulse",
    "simulators.wires.pump",
    "simulators.wires.raspberry_pi",
    "simulators.wires.trial",
)
"""Here the world's time comes in. Everywhere else it is an argument."""


def within(name: str, *places: str) -> bool:
    return any(f"{name}.".startswith(f"{place}.") for place in places)


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(name in this module, what it stands for) of every import, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.asname or each.name, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((each.asname or each.name, f"{'.' * node.level}{node.module or ''}.{each.name}") for each in node.names)


def wrong_imports(source: str, module: str) -> list[str]:
    room = next((each for each in MAY_IMPORT if within(module, each)), None)
    return [
        name
        for _, name in imported(ast.parse(source))
        if name.startswith(".")
        or (within(name, *OURS) and not within(name, *(MAY_IMPORT[room] if room else ())))
        or any(within(name, each) and not within(module, *rooms) for each, rooms in ONLY_IN.items())
        or (room == "chargepoint.domain" and within(name, *NOT_IN_DOMAIN))
    ]


def clocks(source: str) -> list[str]:
    """Clocks that are named, called or not, under whatever name they were imported."""
    tree = ast.parse(source)
    stands_for = dict(imported(tree))
    named = list(stands_for.values())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            head, _, tail = ast.unparse(node).partition(".")
            named.append(f"{stands_for.get(head, head)}.{tail}")
    return [name for name in named if name in CLOCKS]


def test_imports_go_down() -> None:
    assert {module: wrong for module, path in SOURCES.items() if (wrong := wrong_imports(path.read_text(), module))} == {}


def test_time_is_an_argument_below_the_rim() -> None:
    below = {module: path for module, path in SOURCES.items() if not within(module, *RIM)}
    assert {module: seen for module, path in below.items() if (seen := clocks(path.read_text()))} == {}


@pytest.mark.parametrize("place", RIM)
def test_every_place_of_the_rim_looks_at_a_clock(place: str) -> None:
    assert any(clocks(path.read_text()) for module, path in SOURCES.items() if within(module, place))


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("chargepoint.domain.limits", "import asyncio", ["asyncio"]),
        ("chargepoint.domain.limits", "from hal.api import Board", ["hal.api.Board"]),
        ("chargepoint.domain.limits", "from . import ids", ["..ids"]),
        ("chargepoint.control.scan", "def f():\n    from chargepoint.station import station", ["chargepoint.station.station"]),
        ("chargepoint.control.scan", "from hal import measured\nfrom hal.errors import DeviceError\nimport math", []),
        ("chargepoint.station.remote", "from ocpp.v16 import call", ["ocpp.v16.call"]),
        ("chargepoint.station.remote", "import simulators.world as w", ["simulators.world"]),
        ("chargepoint.attic.trunk", "from chargepoint.domain import ids", ["chargepoint.domain.ids"]),
        ("hal.boards.simulated", "from chargepoint.domain import ids", ["chargepoint.domain.ids"]),
        ("simulators.csms.server", "from chargepoint.domain import ids\nimport ocpp", ["chargepoint.domain.ids"]),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str, wrong: list[str]) -> None:
    assert wrong_imports(source, module) == wrong


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("import time\nnow = time.monotonic()", ["time.monotonic"]),
        ("import time as t\nnow = t.time", ["time.time"]),
        ("from time import sleep as wait", ["time.sleep"]),
        ("from datetime import datetime, UTC\nat = datetime.now(UTC)", ["datetime.datetime.now"]),
        ("import asyncio\nasync def f():\n    await asyncio.sleep(1)", ["asyncio.sleep"]),
        ("import asyncio\nclock = asyncio.get_running_loop().time", ["asyncio.get_running_loop().time"]),
        ("from datetime import datetime\ndef f(now: datetime): return clock.monotonic(), now.time()", []),
    ],
)
def test_a_look_at_the_clock_is_found(source: str, seen: list[str]) -> None:
    assert clocks(source) == seen
