"""The package in an image that is built: a root directory without systemd at work, without even /proc, which boots later."""

import subprocess
from concurrent.futures import Future
from pathlib import Path

from tests.packaging.machine import machine, until
from tests.packaging.site import CONTROL, STATION, WEB, Installed
from tests.packaging.world import cars


def test_installed_into_a_root_directory_it_begins_when_that_boots(package: Path, debian: Future[Path], tmp_path: Path) -> None:
    with machine(debian.result(), tmp_path) as image, cars(tmp_path / "shared" / "sim") as found:
        (image.root / "tmp" / package.name).write_bytes(package.read_bytes())
        done = subprocess.run(
            ("chroot", image.root, "dpkg", "--install", f"/tmp/{package.name}"), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        image.boot()
        site = Installed(image, tmp_path / "shared", found)
        until(lambda: site.running(WEB), image.journal)
        assert [image.shows(unit, "ActiveState") for unit in (CONTROL, STATION)] == ["inactive", "inactive"]
        assert image.run("stat", "--format=%U %a", "/var/lib/chargepoint/configuration").stdout == "chargepoint-web 2750\n"
