"""What tests of several verbs have in common."""

from pathlib import Path

import pytest


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sockets but those of this test are found."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
