"""The power is cut in the middle of a factory reset, and of a restore, with real processes; each step, in the tests beside this one."""

import os
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chargepoint.cli.keeping import journal
from chargepoint.domain.ids import IdToken
from chargepoint.station import fresh, restored
from chargepoint.store.store import Store
from chargepoint.web.accounts import FILE as ACCOUNTS
from tests.cli.processes import CONFIGURATION, Home, until

OTHER = CONFIGURATION.replace("63", "40")
KEY = "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n"
PASSPHRASE = "a long passphrase"


class Lived(Home):
    """Somebody has used it."""

    @property
    def key(self) -> Path:
        """A private one."""
        return self.station / restored.CERTIFICATES / "identity" / "a.key"

    def live(self, configuration: str, card: str) -> None:
        """It does not run."""
        self.config.write_text(configuration)
        for place in (self.station, self.web, self.key.parent):
            place.mkdir(parents=True, exist_ok=True)
        self.key.write_text(KEY.format(card))
        (self.web / ACCOUNTS).write_text("{}")
        store = Store(self.station / fresh.STORE, alone=True)
        with store.commit():
            for each in store.cards.all():
                store.cards.drop(each)
            store.cards.put(IdToken(card, "ISO14443"), "", datetime(2026, 11, 23, tzinfo=UTC))
        store.close()

    def cards(self) -> list[str]:
        """Its own; it does not run."""
        store = Store(self.station / fresh.STORE, alone=True)
        try:
            return [card.token.value for card in store.cards.all()]
        finally:
            store.close()

    def backed_up(self) -> str:
        """The file of a backup, with secrets, of what is there now; it runs."""
        backup = str(self.folder / "backup.json")
        until(self.answers)
        subprocess.run(self.command("backup", "--secrets", "--out", backup), input=PASSPHRASE.encode(), check=True, capture_output=True)
        return backup

    def begin(self, group: int, verb: str, *more: str) -> subprocess.Popen[bytes]:
        """At work, in this group."""
        doing = subprocess.Popen(self.command(verb, *more), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=group)
        assert doing.stdin is not None
        doing.stdin.write(f"{PASSPHRASE}\n".encode())
        doing.stdin.close()
        return doing

    def cut(self, seen: Callable[[], object], verb: str, *more: str) -> None:
        """As soon as that is seen while the verb is at work, everything ends at once."""
        with self.running() as bench:
            until(lambda: self.answers() and (self.web / "addresses.json").exists())
            doing = self.begin(bench.pid, verb, *more)
            until(seen, every_s=0.001)
            os.killpg(bench.pid, signal.SIGKILL)
            doing.wait()


@pytest.fixture
def home(tmp_path: Path) -> Lived:
    return Lived(tmp_path)


def test_a_factory_reset_is_finished_by_whoever_starts_next(home: Lived) -> None:
    home.live(CONFIGURATION, "04A1B2C3")
    home.cut(lambda: (home.station / fresh.MARKER).exists(), "factory-reset", "--yes")
    with home.running():
        until(lambda: not (home.web / fresh.MARKER).exists() and not (home.station / fresh.MARKER).exists())
        until(lambda: not home.config.exists() and (home.web / "setup-code").exists())
    assert not home.config.with_name("station.toml.previous").exists()
    assert not (home.web / ACCOUNTS).exists()
    assert not home.key.exists()
    assert home.cards() == []


def test_a_restore_is_finished_by_whoever_starts_next_or_runs_on(home: Lived) -> None:
    home.live(CONFIGURATION, "04A1B2C3")
    with home.running():
        backup = home.backed_up()
    home.live(OTHER, "04FFFFFF")
    home.cut(lambda: home.config.read_text() == CONFIGURATION, "restore", backup, "--secrets", "--yes")
    with home.running() as bench:
        until(lambda: not (home.web / journal.FILE).exists() and not (home.station / restored.FILE).exists() and home.answers())
        assert home.config.with_name("station.toml.previous").read_text() == OTHER
        home.config.write_text(OTHER)
        doing = home.begin(bench.pid, "restore", backup, "--secrets", "--yes")
        until(lambda: home.config.read_text() == CONFIGURATION, every_s=0.001)
        doing.kill()
        doing.wait()
        assert (home.web / journal.FILE).exists()
        until(lambda: not (home.web / journal.FILE).exists() and home.answers())
    assert home.config.read_text() == CONFIGURATION
    assert home.cards() == ["04A1B2C3"]
    assert home.key.read_text() == KEY.format("04A1B2C3")
    assert not list(home.folder.rglob(".*.new"))
