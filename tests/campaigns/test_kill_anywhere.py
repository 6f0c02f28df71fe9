"""The recovery campaign, bounded: a few stories, told at the same time. The whole of it is ``python -m tests.campaigns.kill_anywhere``."""

import asyncio
from pathlib import Path

import pytest

from tests.campaigns.cuts import WHOLE, Mode
from tests.campaigns.kill_anywhere import report
from tests.campaigns.story import Outcome, Plan, tell

SEEDS: dict[Mode, tuple[int, ...]] = {"kill": (10, 12), "power": (2, 9)}
"""Chosen for many cuts in little time, and for a world that is kept and one that is not."""


@pytest.mark.parametrize("mode", ["kill", "power"])
def test_whatever_is_killed_the_csms_has_every_transaction_once(mode: Mode, tmp_path: Path) -> None:
    plans = [Plan(seed, version, mode) for seed in SEEDS[mode] for version in ("1.6", "2.0.1")]

    async def main() -> list[Outcome]:
        return await asyncio.gather(*(tell(plan, tmp_path / f"{plan.seed}-{plan.version}") for plan in plans))

    outcomes = asyncio.run(main())
    assert sum(outcome.cuts[kind] for outcome in outcomes for kind in WHOLE) >= len(plans), "hardly anything was cut"
    wrong = [report(outcome, tmp_path / f"{outcome.plan.seed}-{outcome.plan.version}") for outcome in outcomes if outcome.differences]
    assert not wrong, "\n".join(wrong)
