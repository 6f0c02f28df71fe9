"""Stories under the virtual clock, one for each seed.

    python -m tests.campaigns.chaos --seeds 1000             seeds 1 to 1000
    python -m tests.campaigns.chaos --story 17               one story again, with everything that happened

Exit status 1 if any story ended with a difference.
"""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product

from tests.campaigns.chaos.story import QUIET, Outcome, tell


def line(outcome: Outcome) -> str:
    """One story in one line."""
    told = f"{outcome.cuts} cuts, {outcome.transactions} transactions, {outcome.messages} messages, {outcome.resent} resent"
    return f"OCPP {outcome.version}, seed {outcome.seed}: {told}: {'WRONG' if outcome.differences else 'ok'}"


def main() -> int:
    """0 when every story ended well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="how many stories (100)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--story", type=int, action="append", help="only the story of this seed; may be given more than once")
    parser.add_argument("--jobs", type=int, default=2, help="stories told at the same time (2)")
    parser.add_argument("--version", action="append", choices=tuple(QUIET), help="may be given more than once (all)")
    arguments = parser.parse_args()
    seeds = arguments.story or range(arguments.first, arguments.first + arguments.seeds)
    began_s, outcomes = time.monotonic(), []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for outcome in pool.map(tell, *zip(*product(seeds, arguments.version or QUIET), strict=True)):
            outcomes.append(outcome)
            if outcome.differences or arguments.story:
                print("\n  ".join([line(outcome), *outcome.lines, *outcome.differences]), flush=True)
    wrong = [outcome.seed for outcome in outcomes if outcome.differences]
    sums = [sum(getattr(outcome, name) for outcome in outcomes) for name in ("cuts", "transactions", "messages", "resent")]
    told = "{} cuts, {} transactions, {} messages, {} resent and recognised".format(*sums)
    print(f"{len(outcomes)} stories, {told}, {time.monotonic() - began_s:.0f} s, {len(wrong)} wrong {wrong or ''}".rstrip())
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
