"""How the 1.6 cases are run: a lab of its own for each."""

import asyncio
from pathlib import Path

import pytest

from tests.conformance.playing import TIMEOUT_S, Coroutine, Player, judged
from tests.conformance.v16.cases import Case
from tests.conformance.v16.lab import Lab


class Alone(Player[Lab]):
    """One case in a lab that is closed afterwards."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def play(self, case: object, test: Coroutine) -> None:
        assert isinstance(case, Case), "by the decorator of this version"
        asyncio.run(asyncio.wait_for(self._play(case, test), TIMEOUT_S))

    async def _play(self, case: Case, test: Coroutine) -> None:
        try:
            if case.opens:
                await self.lab.open(change=case.change, keys=case.keys)
            await test()
            judged(self.lab)
        finally:
            await self.lab.close()

    @property
    def processor_s(self) -> float:
        return self.lab.processor_s


@pytest.fixture(autouse=True)
def player(lab: Lab) -> Alone:
    return Alone(lab)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)
