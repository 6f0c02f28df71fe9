"""The recovery campaign: stories with cuts until so many have fallen, one line each.

    python -m tests.campaigns.kill_anywhere --kills 50 --seed 1 --version 1.6 --version 2.0.1 --mode kill
    python -m tests.campaigns.kill_anywhere --story 1007 --version 1.6 --mode kill      one story again

Kills of the whole site are counted; those of one process come on top. Exit status 1 if any story ended with a difference: its log, the
differences and where its files are have been printed by then.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.campaigns.cuts import KINDS, WHOLE
from tests.campaigns.story import Outcome, Plan, tell

STORIES_PER_SEED = 1000
LOG_LINES = 60


class Campaign:
    """Stories of one version and mode, several at a time, until so many kills have been made."""

    def __init__(self, arguments: argparse.Namespace, version: str, folder: Path) -> None:
        self._arguments = arguments
        self._version = version
        self._folder = folder
        self._seeds = self._next_seed()
        self.outcomes: list[Outcome] = []

    def _next_seed(self) -> Iterator[int]:
        if self._arguments.story is not None:
            yield from self._arguments.story
            return
        number = self._arguments.seed * STORIES_PER_SEED
        while self.kills < self._arguments.kills:
            number += 1
            yield number

    @property
    def kills(self) -> int:
        """Kills of everything, so far."""
        return sum(outcome.cuts[kind] for outcome in self.outcomes for kind in WHOLE)

    async def run(self) -> None:
        """All of them."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._arguments.jobs):
                group.create_task(self._worker())

    async def _worker(self) -> None:
        for seed in self._seeds:
            plan = Plan(seed, self._version, self._arguments.mode)
            folder = self._folder / f"{seed}-{self._version}"
            outcome = await tell(plan, folder)
            self.outcomes.append(outcome)
            print(line(outcome), flush=True)
            if outcome.differences:
                print(report(outcome, folder), flush=True)
            else:
                shutil.rmtree(folder)


def line(outcome: Outcome) -> str:
    """One story in one line."""
    cuts = ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.cuts.items())) or "no cut"
    result = "ok" if not outcome.differences else "WRONG"
    told = f"{outcome.transactions} transactions, {outcome.energy_wh:.0f} Wh, {outcome.resent} resent, {outcome.excused} excused"
    return f"{outcome.plan}: {cuts}; {told}; {outcome.seconds:.1f} s {result}"


def report(outcome: Outcome, folder: Path) -> str:
    """Everything about a story that went wrong."""
    plan = outcome.plan
    again = f"python -m tests.campaigns.kill_anywhere --story {plan.seed} --version {plan.version} --mode {plan.mode}"
    log = folder / "log"
    lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:] if log.exists() else []
    parts = ("as it went", outcome.lines), (f"log, the end of {log}", lines), ("differences", outcome.differences)
    return "\n".join([f"again: {again}", *(f"--- {name}\n" + "\n".join(f"  {text}" for text in texts) for name, texts in parts)])


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """The whole campaign in one line."""
    cuts: Counter[str] = sum((outcome.cuts for outcome in outcomes), Counter())
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(cuts.items()))
    wrong = sum(bool(outcome.differences) for outcome in outcomes)
    sums = [sum(getattr(outcome, name) for outcome in outcomes) for name in ("transactions", "energy_wh", "resent", "excused")]
    told = "{} transactions, {:.0f} Wh, {} resent, {} excused".format(*sums)
    return f"{len(outcomes)} stories, {cuts.total()} cuts ({kinds}), {told}, {seconds:.0f} s, {wrong} wrong"


def main() -> int:
    """0 when every story ended well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="of everything, for each version (50)")
    parser.add_argument("--seed", type=int, default=1, help="of the campaign: its stories are SEED*1000 + 1, 2, 3 ... (1)")
    parser.add_argument("--story", type=int, action="append", help="only the story of this seed; may be given more than once")
    parser.add_argument("--version", action="append", choices=("1.6", "2.0.1"), help="may be given more than once (both)")
    parser.add_argument("--mode", choices=tuple(KINDS), default="mixed")
    parser.add_argument("--jobs", type=int, default=2, help="stories told at the same time (2)")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kill-anywhere-"))
    began_s = time.monotonic()
    outcomes: list[Outcome] = []
    for version in arguments.version or ("1.6", "2.0.1"):
        campaign = Campaign(arguments, version, folder)
        asyncio.run(campaign.run())
        outcomes += campaign.outcomes
    print(summary(outcomes, time.monotonic() - began_s))
    if any(outcome.differences for outcome in outcomes):
        print(f"files of the stories that went wrong: {folder}")
        return 1
    folder.rmdir()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
