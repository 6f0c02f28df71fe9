"""The power may be cut before any step: whatever changes a name on the disk, and whatever is asked of the station, is one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

STEPS = ("replace", "unlink", "rmdir")


class PowerCut(KeyboardInterrupt):
    """Nothing goes on."""


class Power:
    """``cut_at``: before which step it goes; ``None``: it stays."""

    def __init__(self, cut_at: int | None = None) -> None:
        self.cut_at = cut_at
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.cut_at is not None and self.steps > self.cut_at:
            raise PowerCut

    @contextmanager
    def on(self) -> Iterator[None]:
        """Every name that changes is a step. What is cleaned up after the cut changes nothing either."""

        def step(real: Callable[..., None]) -> Callable[..., None]:
            def does(*words: Any, **more: Any) -> None:
                self.step()
                real(*words, **more)

            return does

        with pytest.MonkeyPatch.context() as patched:
            for name in STEPS:
                patched.setattr(os, name, step(getattr(os, name)))
            yield
