"""Pictures in the guides, which the tests in a browser make: each is shown, light, and there."""

import re

from docs.generate import HERE

HEAVIEST = 60_000


def test_every_picture_is_shown_and_every_one_that_is_shown_is_there() -> None:
    shown = {name for page in HERE.glob("*.md") for name in re.findall(r"!\[[^\]]+\]\(pictures/([a-z-]+\.png)\)", page.read_text("utf-8"))}
    there = {file.name: file.stat().st_size for file in (HERE / "pictures").glob("*")}
    assert shown == set(there) != set()
    assert max(there.values()) < HEAVIEST
    assert all((HERE / "pictures" / name).read_bytes()[25] == 3 for name in there), "with a palette"
