"""From an empty directory to a car that charges: the bench, the pages, the wizard, control and station, as processes."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.cli.processes import PATIENCE_S, until
from tests.cli.test_web import PASSWORD, Client

STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    (
        "station",
        {
            "id": "cp042",
            "vendor": "Acme",
            "model": "One",
            "serial": "77",
            "label": "XY-12",
            "evses": "1",
            "fuse_a": "32",
            "phases": "3",
            "voltage_v": "230",
            "grid": "TN-S",
        },
    ),
    ("board/1", {"driver": "simulated"}),
    ("meter/1", {"driver": "simulated"}),
    ("socket/1", {"kind": "socket", "max_current_a": "16", "failsafe_current_a": "6", "phases": "3"}),
    ("access", {"who": "free", "driver": "none"}),
    ("csms", {"uses": "none"}),
    ("public", {"operator": "Acme Charging", "help_line": "+44 20 7946 0000", "language.en": "on", "language.de": "on"}),
)


@contextlib.contextmanager
def bench(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "chargepoint", "bench", "--config", str(folder / "new.toml"), "--state-dir", str(folder / "state")]
    with (folder / "log").open("wb") as log, (folder / "out").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=log)
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()
            process.wait()


def told(folder: Path, pattern: str) -> str:
    """What the bench says to people, once it does."""
    return str(until(lambda: (found := re.search(pattern, (folder / "out").read_text())) and found[1]))


def seen(client: Client, path: str) -> str:
    """The live values of a page, until they are good."""
    with client.stream(path) as lines:
        for line in lines:
            text = line.decode()
            if "note good" in text:
                return text + b"".join(next(lines) for _ in range(8)).decode()
    raise AssertionError(path)


def done(url: str, body: dict[str, Any] | None = None) -> Any:
    """A verb of the bench."""
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return json.load(answer)


def test_from_an_empty_directory_to_a_car_that_charges(tmp_path: Path) -> None:
    client = Client(tmp_path)
    with bench(tmp_path):
        code = told(tmp_path, r"set-up code: (\S+)")
        client.ask("GET", "/setup")
        assert client.ask("POST", "/setup", {"code": code, "name": "owner", "password": PASSWORD, "again": PASSWORD})[0] == 303
        assert 'href="/wizard"' in client.ask("GET", "/")[1]
        for path, answers in STEPS:
            assert client.ask("GET", f"/wizard/{path}")[0] == 200
            if path[:5] in ("board", "meter"):
                assert client.ask("POST", f"/wizard/{path}", {**answers, "act": "next"})[0] == 409, "not seen to work yet"
                assert re.search(r"\+12\.00 V|230\.0 / 230\.0", seen(client, f"/wizard/{path}/live"))
                client.ask("GET", f"/wizard/{path}")
            status, page = client.ask("POST", f"/wizard/{path}", {**answers, "act": "next"})
            assert status == 303, page
        page = client.ask("GET", "/wizard/summary")[1]
        assert "grid: TN-S" in page
        assert "not tried" not in page
        assert not (tmp_path / "new.toml").exists()
        assert client.ask("POST", "/wizard/save")[0] == 303
        url = told(tmp_path, r"bench of cp042: (\S+)/ for people")
        until(lambda: "Plug in a car" in client.ask("GET", "/wizard/start")[1])
        done(f"{url}/v1/evses/1/ev/plug", {"current_a": 16, "phases": 3})
        until(lambda: "It charges." in client.ask("GET", "/wizard/start")[1])
        options = ["--config", str(tmp_path / "new.toml"), "--state-dir", str(tmp_path / "state")]
        why = subprocess.run([sys.executable, "-m", "chargepoint", "why", *options], capture_output=True, text=True, check=False)
        assert "charging" in why.stdout.lower(), why
        assert client.ask("GET", "/wizard/board/1")[0] == 303, "what is made here is the first configuration"
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log, log[log.index("Traceback") :]
    assert not (tmp_path / "state" / "web" / "draft.json").exists(), "what was typed is in the file now"
    assert os.stat(tmp_path / "new.toml").st_mode & 0o007 == 0
