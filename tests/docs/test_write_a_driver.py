"""The worked example of docs/write-a-driver.md, run as it stands there."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import hal
from docs.generate import HERE

BLOCKS = re.findall(r"```python\n(.*?)```", (HERE / "write-a-driver.md").read_text(encoding="utf-8"), re.DOTALL)
MODULES = ("wattomat", "wattomat_face", "test_wattomat")


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """The three blocks as modules, the first of them in the driver table as if it were installed."""
    made = {}
    for name, block in zip(MODULES, BLOCKS, strict=True):
        module = made[name] = ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        exec(compile(block, f"docs/write-a-driver.md:{name}", "exec"), module.__dict__)
    monkeypatch.setattr(hal, "DRIVERS", {**hal.DRIVERS, "meters": {**hal.DRIVERS["meters"], "wattomat": "wattomat:Wattomat"}})
    return made


def test_the_example_is_short() -> None:
    driver, face, _ = (len(block.splitlines()) for block in BLOCKS)
    assert driver < 60
    assert face < 40


def test_the_example_keeps_every_rule_of_the_kit(modules: dict[str, ModuleType], tmp_path: Path) -> None:
    modules["test_wattomat"].test_the_wattomat_keeps_every_rule(tmp_path)


def test_the_example_says_what_is_to_be_known_of_it(modules: dict[str, ModuleType]) -> None:
    facts = hal.about("meters", "wattomat")
    assert facts is not None
    assert facts.entries
    assert facts.doubts
