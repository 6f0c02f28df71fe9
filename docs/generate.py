"""Writes the pages that are made from tables of the code: ``python -m docs.generate``, or ``make docs``."""

from collections.abc import Callable
from pathlib import Path

from docs import conformance, errors, hardware, indicators, requirements, states

HERE = Path(__file__).parent

PAGES: dict[str, Callable[[], str]] = {
    "conformance-1.6.md": conformance.page_16,
    "conformance-2.0.1.md": conformance.page_201,
    "errors.md": errors.page,
    "hardware.md": hardware.page,
    "indicators.md": indicators.page,
    "requirements-2.0.1.md": requirements.page,
    "states.md": states.page,
}


def main() -> None:
    """Write all of them, beside this file."""
    for name, made in PAGES.items():
        (HERE / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
