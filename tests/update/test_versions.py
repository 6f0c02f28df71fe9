import itertools
import shutil
import subprocess

import pytest

from chargepoint.update.versions import compare, is_same_release

VERSIONS = [
    *("0.1", "0.1.0", "0.1.0+deb12", "0.1.0+deb13", "0.1~rc1", "0.1~~", "0.1-1", "0.1-1~bpo1", "0.10", "0.9", "1:0.1"),
    *("0.1.0a", "0.1a+", "2026.11.22", "0.1.0-1-1", "00.1"),
]


def test_versions_have_the_order_that_dpkg_gives_them() -> None:
    if shutil.which("dpkg") is None:
        pytest.skip("needs dpkg")
    for one, other in itertools.product(VERSIONS, VERSIONS):
        relation = {-1: "lt", 0: "eq", 1: "gt"}[(difference > 0) - (difference < 0) if (difference := compare(one, other)) else 0]
        assert subprocess.run(["dpkg", "--compare-versions", one, relation, other], check=False).returncode == 0, (one, relation, other)


@pytest.mark.parametrize(
    ("release", "version", "same"),
    [
        ("0.1.0", "0.1.0+deb12", True),
        ("1.2rc1", "1.2~rc1+deb12", True),
        ("1.2.dev3", "1.2~dev3+deb13", True),
        ("0.1.0+deb12", "0.1.0+deb12", True),
        ("0.1.0", "0.1.1+deb12", False),
        ("", "0.1.1+deb12", False),
    ],
)
def test_a_process_that_says_its_version_as_python_does_is_recognised(release: str, version: str, same: bool) -> None:
    assert is_same_release(release, version) is same
