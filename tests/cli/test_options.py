"""Where a process' log goes, and how it looks there."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from chargepoint.cli.errors import CliError
from chargepoint.cli.options import ForJournal, part_of

PROGRAM = """
import logging, os, sys
status = os.fstat(2)
os.environ["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino + int(sys.argv[1])}"
from chargepoint.cli.options import begin_log
begin_log()
logging.getLogger("chargepoint.x").warning("event=something evse=1")
"""


def logged(elsewhere: int) -> str:
    return subprocess.run([sys.executable, "-c", PROGRAM, str(elsewhere)], capture_output=True, text=True, check=True).stderr


def test_journald_is_told_the_level_and_knows_the_time_itself() -> None:
    assert logged(0) == "<4>chargepoint.x event=something evse=1\n"


def test_a_file_or_a_terminal_gets_both_in_words() -> None:
    """``JOURNAL_STREAM`` is inherited by whatever a service starts, whose standard error may be something else."""
    assert " WARNING chargepoint.x event=something evse=1\n" in logged(1)


def test_every_line_of_a_traceback_has_its_level() -> None:
    try:
        raise ValueError("no\nsuch thing")
    except ValueError:
        record = logging.LogRecord("chargepoint.x", logging.ERROR, "", 0, "event=broken", None, sys.exc_info())
    lines = ForJournal().format(record).splitlines()
    assert len(lines) > 3
    assert all(line.startswith("<3>") for line in lines)


def test_only_its_user_may_look_into_a_part_of_the_state_directory(tmp_path: Path) -> None:
    """OCPP 2.0.1 A01.FR.10: a password is in it."""
    assert part_of(tmp_path / "state", "station").stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(CliError, match="name a directory"):
        part_of(tmp_path / "file", "station")
