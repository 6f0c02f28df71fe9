"""The power is cut in the middle of a factory reset, and of a restore, with real processes: all of it is done in the end, or nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chargepoint.cli.keeping.restoring import JOURNAL
from chargepoint.cli.paths import inquiry
from chargepoint.domain.ids import IdToken
from chargepoint.inquiry.client import InquiryError, ask
from chargepoint.inquiry.restarting import Processes, SeeProcesses
from chargepoint.station import fresh, restored
from chargepoint.store.store import Store
from chargepoint.web.accounts import FILE as ACCOUNTS

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PATIENCE_S = 90.0
CONFIGURATION = """
[station]
id = "cp001"
vendor = "Acme"
model = "One"
[site]
fuse_a = 63
[[evses]]
id = 1
max_current_a = 32
connectors = [ { id = 1 } ]
[hal]
backend = "sim"
[bench]
listen = "127.0.0.1:0"
[web]
listen = "127.0.0.1:0"
"""
OTHER = CONFIGURATION.replace("63", "40")
KEY = "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n"
PASSPHRASE = "a long passphrase"


class Home:
    """Files of one station; and what is done with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config, self.state = folder / "station.toml", folder / "state"
        self.station, self.web = self.state / "station", self.state / "web"
        self.key = self.station / restored.CERTIFICATES / "identity" / "a.key"
        self.log = folder / "log"

    def live(self, configuration: str, card: str) -> None:
        """Somebody has used it; it does not run."""
        self.config.write_text(configuration)
        for place in (self.station, self.web, self.key.parent):
            place.mkdir(parents=True, exist_ok=True)
        self.key.write_text(KEY.format(card))
        (self.web / ACCOUNTS).write_text("{}")
        (self.web / "setup.json").write_text("a password")
        with self.store() as store, store.commit():
            for each in store.cards.all():
                store.cards.drop(each)
            store.cards.put(IdToken(card, "ISO14443"), "", NOW)

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = Store(self.station / fresh.STORE, alone=True)
        try:
            yield store
        finally:
            store.close()

    def cards(self) -> list[str]:
        with self.store() as store:
            return [card.token.value for card in store.cards.all()]

    def command(self, verb: str, *more: str) -> list[str]:
        return [sys.executable, "-m", "chargepoint", verb, "--config", str(self.config), "--state-dir", str(self.state), *more]

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Bench, control, station and pages, in a group of their own."""
        with self.log.open("ab") as log:
            bench = subprocess.Popen(self.command("bench"), stdout=log, stderr=log, process_group=0)
        try:
            yield bench
        finally:
            if bench.poll() is None:
                bench.send_signal(signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    bench.wait(30)
            with suppress(ProcessLookupError):
                os.killpg(bench.pid, signal.SIGKILL)
            bench.wait()

    def answers(self) -> bool:
        """Do station and control?"""
        with suppress(InquiryError):
            return bool(ask(inquiry(self.state), Processes, SeeProcesses()).control)
        return False

    def until(self, seen: Callable[[], object], every_s: float = 0.1) -> None:
        ends_s = time.monotonic() + PATIENCE_S
        while not seen():
            assert time.monotonic() < ends_s, self.log.read_text()[-3_000:]
            time.sleep(every_s)

    def cut(self, seen: Callable[[], object], verb: str, *more: str) -> None:
        """As soon as that is seen while the verb is at work, everything ends at once."""
        with self.running() as bench:
            self.until(lambda: self.answers() and (self.web / "addresses.json").exists())
            doing = subprocess.Popen(self.command(verb, *more), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=bench.pid)
            assert doing.stdin is not None
            doing.stdin.write(f"{PASSPHRASE}\n".encode())
            doing.stdin.close()
            try:
                self.until(seen, every_s=0.001)
                os.killpg(bench.pid, signal.SIGKILL)
            finally:
                doing.kill()
                doing.wait()

    def clean(self) -> None:
        """Nothing was written half, and nobody has stumbled."""
        assert not list(self.folder.rglob(".*.new"))
        log = self.log.read_text()
        assert "Traceback" not in log, log[log.index("Traceback") :]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


RESET: dict[str, Callable[[Home], object]] = {
    "the pages know": lambda home: (home.web / fresh.MARKER).exists(),
    "the station knows": lambda home: (home.station / fresh.MARKER).exists(),
    "the configuration is gone": lambda home: not home.config.exists(),
    "the station is empty": lambda home: not home.config.exists() and not (home.station / fresh.MARKER).exists(),
}


@pytest.mark.parametrize("when", RESET)
def test_a_factory_reset_is_finished_by_whoever_starts_next(when: str, home: Home) -> None:
    home.live(CONFIGURATION, "04A1B2C3")
    home.cut(lambda: RESET[when](home), "factory-reset", "--yes")
    with home.running():
        home.until(lambda: not (home.web / fresh.MARKER).exists() and not (home.station / fresh.MARKER).exists())
        home.until(lambda: not home.config.exists() and (home.web / "setup-code").exists())
    assert not home.config.with_name("station.toml.previous").exists()
    assert not [name for name in (ACCOUNTS, "setup.json") if (home.web / name).exists()]
    assert not home.key.exists()
    assert home.cards() == []
    with home.store() as store:
        assert "SecurityLogWasCleared" in [line.kind for line in store.security_log.every()]
    home.clean()


RESTORE: dict[str, Callable[[Home], object]] = {
    "it is known": lambda home: (home.web / JOURNAL).exists(),
    "the configuration is in place": lambda home: home.config.read_text() == CONFIGURATION,
    "the station has its parts": lambda home: (home.station / restored.FILE).exists(),
    "the key is in place": lambda home: "04A1B2C3" in home.key.read_text(),
}


@pytest.mark.parametrize("when", RESTORE)
def test_a_restore_is_finished_by_whoever_starts_next(when: str, home: Home) -> None:
    home.live(CONFIGURATION, "04A1B2C3")
    backup = str(home.folder / "backup.json")
    with home.running():
        home.until(home.answers)
        subprocess.run(home.command("backup", "--secrets", "--out", backup), input=PASSPHRASE.encode(), check=True, capture_output=True)
    home.live(OTHER, "04FFFFFF")
    home.cut(lambda: RESTORE[when](home), "restore", backup, "--secrets", "--yes")
    with home.running():
        home.until(lambda: not (home.web / JOURNAL).exists() and not (home.station / restored.FILE).exists() and home.answers())
    assert home.config.read_text() == CONFIGURATION
    assert home.cards() == ["04A1B2C3"]
    assert home.key.read_text() == KEY.format("04A1B2C3")
    assert home.config.with_name("station.toml.previous").read_text() == OTHER
    home.clean()
