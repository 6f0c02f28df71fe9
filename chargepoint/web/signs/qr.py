"""QR codes as rectangles: each run of dark modules in a row is one."""

from collections.abc import Iterator

QUIET = 4
"""Modules around it that stay light (ISO/IEC 18004)."""

Run = tuple[float, float, float, float]
"""x, y, width, height."""


def runs(content: str, size: float) -> Iterator[Run]:
    """In a square of this size, quiet zone and all. A quarter of it may be scratched or dirty (level Q)."""
    import segno

    rows = [tuple(row) for row in segno.make_qr(content, error="q", boost_error=False).matrix]
    module = size / (len(rows) + 2 * QUIET)
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            long = next((end for end in range(x, len(row)) if not row[end]), len(row)) - x
            if long:
                yield (x + QUIET) * module, (y + QUIET) * module, long * module, module
            x += long or 1
