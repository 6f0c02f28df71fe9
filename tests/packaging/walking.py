"""A technician walks through the set-up pages of a machine: ``python -m tests.packaging.walking STATE CODE``, in its network.

STATE: its directory, with the certificate that this browser trusts. Ends when everything runs with what was saved."""

import json
import re
import sys
import tempfile
from pathlib import Path

from tests.cli.test_web import PASSWORD, Client
from tests.cli.test_wizard import STEPS, seen
from tests.packaging.machine import until

FIXED = {"kind": "cable"}
"""What cars here are plugged into."""


def browser(state: Path, folder: Path) -> Client:
    """By the name that the certificate always has."""
    (folder / "state/web").mkdir(parents=True)
    (folder / "state/web/tls").symlink_to(state / "web/tls")
    (folder / "state/web/addresses.json").write_text(json.dumps({"technicians": "https://localhost", "drivers": "http://localhost"}))
    return Client(folder)


def walk(client: Client, code: str) -> None:
    """First account, every step, each device tried with live values, the end."""
    client.ask("GET", "/setup")
    assert client.ask("POST", "/setup", {"code": code, "name": "owner", "password": PASSWORD, "again": PASSWORD})[0] == 303
    for path, answers in STEPS:
        given = {**answers, **(FIXED if path.startswith("socket") else {}), "act": "next"}
        client.ask("GET", f"/wizard/{path}")
        if path.startswith(("board", "meter")):
            assert client.ask("POST", f"/wizard/{path}", given)[0] == 409, "not seen to work yet"
            assert re.search(r"\+12\.00 V|230\.0 / 230\.0", seen(client, f"/wizard/{path}/live"))
            client.ask("GET", f"/wizard/{path}")
        status, page = client.ask("POST", f"/wizard/{path}", given)
        assert status == 303, page
    assert "not tried" not in client.ask("GET", "/wizard/summary")[1]
    assert client.ask("POST", "/wizard/save")[0] == 303
    until(lambda: "Plug in a car" in client.ask("GET", "/wizard/start")[1], "nothing starts with it")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        walk(browser(Path(sys.argv[1]), Path(place)), sys.argv[2])
