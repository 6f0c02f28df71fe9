"""What the package says of its release, and whose updates its stations take: beside the application, where nobody but root writes."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from deb.project import BuildError, Project

SUPPORT_YEARS = 5
CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


def put(project: Project, version: str, place: Path, trust: Path | None, support_until: date | None) -> None:
    """release.json, and update-trust.pem if there is a ``trust``. Raises BuildError."""
    built = datetime.fromtimestamp(project.epoch_s, UTC).date()
    until = support_until or _years_later(built, SUPPORT_YEARS)
    said = {"version": version, "built": built.isoformat(), "support_until": until.isoformat()}
    (place / "release.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    if trust is not None:
        (place / "update-trust.pem").write_bytes(_roots(trust))


def _roots(trust: Path) -> bytes:
    try:
        content = trust.read_bytes()
    except OSError as error:
        raise BuildError(f"--trust {trust}: {error.strerror}") from error
    if CERTIFICATE not in content or b"PRIVATE KEY" in content:
        raise BuildError(f"--trust {trust}: expected certificates in PEM, and no key")
    return content


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
