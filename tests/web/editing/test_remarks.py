"""A file that a form changes keeps its remarks and its order, or is written anew; it always means what is wanted."""

import tomllib
from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chargepoint.web.editing.remarks import kept

FILE = """# whose it is
[station]
id = "cp#1"  # as on the sticker
vendor = "Acme"

[site]
fuse_a = 63 # not more

[[evses]]   # left
id = 1
max_current_a = 32
board = { driver = "evok", port = "/dev/ttyUSB0" } # RS-485 "A" # or B
cards = [
  "04",  # Anna
  "05",
]

[[evses]]   # right
id = 2
max_current_a = 16

[ocpp]
keys = { MeterValueSampleInterval = "60" }
"""


def changed(change: Any) -> str | None:
    before = tomllib.loads(FILE)
    after = deepcopy(before)
    change(after)
    said = kept(FILE, before, after)
    assert said is None or tomllib.loads(said) == after
    return said


def test_an_entry_that_changes_keeps_the_remark_behind_it() -> None:
    def change(tree: Any) -> None:
        tree["site"]["fuse_a"] = 50
        tree["station"]["id"] = "cp#2"
        tree["evses"][0]["board"]["port"] = "/dev/ttyUSB1"
        tree["evses"][1]["max_current_a"] = 20

    said = changed(change)
    assert said is not None
    assert "fuse_a = 50 # not more" in said
    assert 'id = "cp#2"  # as on the sticker' in said
    assert 'port = "/dev/ttyUSB1" } # RS-485 "A" # or B' in said
    assert len(said.splitlines()) == len(FILE.splitlines())


def test_an_entry_that_comes_or_goes_takes_a_line_of_its_table() -> None:
    def change(tree: Any) -> None:
        del tree["station"]["vendor"]
        tree["evses"][1]["phases"] = 1
        tree["public"] = {"label": "XY-12"}
        tree["evses"].append({"id": 3, "connectors": [{"id": 1}]})

    said = changed(change)
    assert said is not None
    assert "max_current_a = 16\nphases = 1\n\n[ocpp]" in said
    assert said.startswith("# whose it is\n")
    assert "[[evses]]\nid = 3\nconnectors = [{ id = 1 }]" in said


def test_what_takes_more_than_lines_is_written_anew() -> None:
    assert changed(lambda tree: tree["evses"][0].update(cards=["06"])) is None
    assert changed(lambda tree: tree["evses"].pop()) is None
    assert changed(lambda tree: tree.pop("site")) is None
    assert changed(lambda tree: tree.update(site=[{"fuse_a": 1}])) is None


VALUES: st.SearchStrategy[Any] = st.one_of(
    st.text(max_size=5), st.integers(-5, 5), st.booleans(), st.just([]), st.dictionaries(st.text("ab", min_size=1), st.integers())
)
TREES: st.SearchStrategy[Any] = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.one_of(
        st.dictionaries(st.sampled_from("xyz"), VALUES), st.lists(st.dictionaries(st.sampled_from("xy"), VALUES), min_size=1, max_size=3)
    ),
)


@given(TREES, TREES)
def test_whatever_changes_it_means_what_is_wanted(before: Any, after: Any) -> None:
    text = kept("", {}, before)
    assert text is not None
    said = kept(text, before, after)
    assert said is None or tomllib.loads(said) == after
