"""How the cases are run, and the files of results when asked for (``--record``)."""

import inspect
from pathlib import Path

import pytest

from tests.conformance.playing import Player
from tests.conformance.record import Record

MAX_LOG = 6000
"""Characters of the station's log that a failure shows."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", metavar="FOLDER", type=Path, help="write the results of the conformance tests to files of this folder")


def pytest_configure(config: pytest.Config) -> None:
    folder = config.getoption("--record", default=None)
    if folder is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Record(folder))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> object:
    marker = pyfuncitem.get_closest_marker("case")
    if marker is None or not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    (case,) = marker.args
    player = pyfuncitem.funcargs["player"]
    assert isinstance(player, Player), "the fixture of this version"
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    try:
        player.play(lambda: pyfuncitem.obj(**arguments))
    finally:
        pyfuncitem.user_properties += [("version", player.lab.VERSION), ("cases", " ".join(case.numbers))]
        pyfuncitem.user_properties += [("processor_s", round(player.processor_s, 2)), ("shared", player.shared)]
        pyfuncitem.add_report_section("call", "messages", "\n".join(player.lab.lines))
        pyfuncitem.add_report_section("call", "station", player.lab.log[-MAX_LOG:])
    return True
