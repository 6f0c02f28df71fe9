"""For all tests: the same examples every time. ``HYPOTHESIS_PROFILE=explore`` looks for new ones, ten times as many."""

import gc
import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_collection_finish() -> None:
    """What has been collected stays until the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
