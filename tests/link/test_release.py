"""Which release a process runs: the one that was installed when it began."""

from importlib.metadata import version
from pathlib import Path

from chargepoint.link.release import RELEASE, installed


def test_it_is_what_the_package_says() -> None:
    assert version("chargepoint") == RELEASE


def test_the_first_folder_that_has_it_counts_and_others_do_no_harm(tmp_path: Path) -> None:
    for place, name in (("a", "chargepoint_extra-9.dist-info"), ("b", "chargepoint-1.2.3rc1.dist-info"), ("c", "chargepoint-9.dist-info")):
        (tmp_path / place / name).mkdir(parents=True)
    places = [str(tmp_path / each) for each in ("missing", "a", "b", "c")]
    assert installed(places) == "1.2.3rc1"
    assert installed(places[:2]) == ""
