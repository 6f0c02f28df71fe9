"""Updates of a station on a Debian of its own: who makes and signs them, and how it is asked for them."""

import json
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bundle.__main__ import made
from chargepoint.update.messages import UNDER_WAY
from simulators.csms.authority import Authority
from tests.packaging.machine import until
from tests.packaging.site import STATION, Installed, standing

UPDATER = "chargepoint-updater.service"
HASTY = """
import sys
from chargepoint.cli import updater
from chargepoint.cli.main import main
from chargepoint.update import lull, proving
proving.WITHIN_S, proving.STEADY_S, lull.SILENT_S, updater.IDLE_S = {within_s}, 3.0, 3.0, 10.0
sys.exit(main(["updater"]))
"""
"""Minutes are too long for a test: a version has to work within so many seconds, and for three of them."""
HASTILY = """[Service]
ExecStart=
ExecStart=/bin/sh -c 'exec "$$(readlink -f /opt/chargepoint/current)/bin/python3" -I /usr/local/lib/hasty.py'
"""
ASK = """
import sys
import msgspec
from chargepoint.update import client
from chargepoint.update.messages import Offered, Question, State
question = msgspec.json.decode(sys.argv[1], type=Question)
file = open(sys.argv[2], "rb") if len(sys.argv) > 2 else None
answer = State if "see" in sys.argv[1] else Offered
print(msgspec.json.encode(client.ask(client.SOCKET, answer, question, file and file.fileno(), 50)).decode())
"""


class Maker:
    """Whoever makes packages, and signs updates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        root = Authority("maker", organization="Acme")
        signer, key = root.issue("release signing")
        for name, text in (("trust.pem", root.pem), ("signer.pem", signer), ("key.pem", key)):
            (folder / name).write_text(text)

    @property
    def trust(self) -> Path:
        """Roots that stations know him by."""
        return self.folder / "trust.pem"

    def bundle(self, package: Path) -> Path:
        """Signed."""
        none = {"key_password_file": None, "notes": None}
        return made(
            Namespace(
                file=package, key=self.folder / "key.pem", signer=self.folder / "signer.pem", out=self.folder, compatible="any", **none
            )
        )


class Updated(Installed):
    """A machine that is asked for updates as a technician would."""

    def asked(self, question: dict[str, Any], file: Path | None = None) -> dict[str, Any]:
        given = [] if file is None else [self.hand_over(file)]
        command = ("/opt/chargepoint/current/bin/python3", "-I", "-c", ASK, json.dumps(question), *given)
        told: dict[str, Any] = json.loads(self.debian.run(*command, user="technician").stdout)
        return told

    def state(self) -> dict[str, Any]:
        """As a technician sees it."""
        return self.asked({"ask": "see"})

    def noted(self) -> dict[str, Any]:
        """The update as the updater has it on disk: whoever only waits does not keep the updater busy."""
        try:
            told: dict[str, Any] = json.loads((self.debian.root / "var/lib/chargepoint/updater/update.json").read_text())["update"]
        except FileNotFoundError:
            return {"phase": ""}
        return told

    def install(self, bundle: Path) -> str:
        """Hand it over, and say yes; its number."""
        offered = self.asked({"ask": "offer", "source": "command", "by": "technician"}, bundle)
        assert offered["accepted"], offered
        identity = str(offered["update"]["id"])
        assert self.asked({"ask": "install", "id": identity})["accepted"]
        return identity

    def ends(self, phase: str) -> dict[str, Any]:
        """How: so."""
        until(lambda: self.noted()["phase"] not in UNDER_WAY, self.said, 120)
        update = self.noted()
        assert update["phase"] == phase, f"{update}\n{self.said()}"
        return update

    def said(self) -> str:
        """Lately."""
        return self.debian.journal(UPDATER, STATION)


@contextmanager
def updatable(base: Path, folder: Path, within_s: float) -> Iterator[Updated]:
    """A machine that runs, with nothing of ours on it yet but somebody in a hurry."""
    with standing(base, folder, Updated, {UPDATER: HASTILY}) as found:
        (found.debian.root / "usr/local/lib/hasty.py").write_text(HASTY.format(within_s=within_s))
        yield found


def technician(site: Installed) -> None:
    """Somebody who may ask."""
    site.debian.run("useradd", "--groups", "chargepoint", "technician")
