"""How the cases are run: a coroutine of its own for each, a lab of its own, and a file of results when asked for (``--record``)."""

import asyncio
import inspect
from pathlib import Path

import pytest

from tests.conformance.cases import Case
from tests.conformance.lab import Lab
from tests.conformance.record import Record

TIMEOUT_S = 90.0
"""For one case. None needs a third of it, even on a busy machine."""

MAX_LOG = 6000
"""Characters of the station's log that a failure shows."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", metavar="FILE", type=Path, help="write the results of the conformance tests to this file")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "case(Case): which title of the certification tool this test plays")
    file = config.getoption("--record", default=None)
    if file is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Record(file))


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    marker = pyfuncitem.get_closest_marker("case")
    if marker is None or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    (case,) = marker.args
    laboratory = pyfuncitem.funcargs["lab"]
    assert isinstance(laboratory, Lab), "the fixture above"
    try:
        asyncio.run(asyncio.wait_for(_play(pyfuncitem, laboratory, case), TIMEOUT_S))
    finally:
        pyfuncitem.user_properties += [("case", case.number), ("processor_s", round(laboratory.processor_s, 2))]
        pyfuncitem.add_report_section("call", "messages", "\n".join(laboratory.lines))
        pyfuncitem.add_report_section("call", "station", laboratory.log[-MAX_LOG:])
    return True


async def _play(item: pytest.Function, lab: Lab, case: Case) -> None:
    try:
        if case.opens:
            await lab.open(change=case.change, keys=case.keys)
        await item.obj(**{name: item.funcargs[name] for name in item._fixtureinfo.argnames})
        wrong = [f"message {entry.message}, {entry.rule}: {entry.text}" for entry in lab.station.violations]
        assert wrong == [], "the bench CSMS has seen breaches of the standard"
    finally:
        await lab.close()
