"""Which configuration a self-test, or a report, is of."""

from hashlib import sha256
from pathlib import Path


def of(config: Path) -> str:
    """SHA-256 of the file as it is read; empty where it cannot be."""
    try:
        return sha256(config.read_bytes()).hexdigest()
    except OSError:
        return ""
