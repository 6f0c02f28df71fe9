"""Other people's files in our own tree: each is known, with its licence."""

import hashlib

from deb import vendored
from deb.project import ROOT

OURS = {
    "chargepoint/web/static": {"driver.css", "driver.js", "icon.svg", "page.js", "site.css"},
    "chargepoint/web/signs/fonts": set(),
    "simulators/static": {"bench.css", "bench.js", "index.html", "lamp.js", "wires.js"},
}
"""Folder with what is no Python -> what in it we have written."""


def test_whatever_is_not_ours_stands_in_the_table() -> None:
    known = {name for each in vendored.TABLE for name in (*each.files, each.text)}
    there = {str(path.relative_to(ROOT)) for folder, ours in OURS.items() for path in (ROOT / folder).iterdir() if path.name not in ours}
    assert there == known


def test_each_is_the_version_that_the_table_says() -> None:
    for each in vendored.TABLE:
        for name, digest in each.files.items():
            assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest, f"{name}: is it {each.name} {each.version}?"
        assert each.version in each.url
        assert each.version in (ROOT / each.text).read_text(encoding="utf-8").splitlines()[0]


def test_whoever_reads_the_bill_can_compare_the_files() -> None:
    told = {part["name"]: part["hashes"][0]["content"] for each in vendored.components() for part in each["components"]}
    assert told == {name: digest for each in vendored.TABLE for name, digest in each.files.items()}
