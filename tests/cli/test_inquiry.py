"""Where the station is asked, and what is said where it does not answer."""

import os
import socket
from argparse import Namespace
from pathlib import Path

import pytest

from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.paths import inquiry
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.client import ask as asked

pytestmark = pytest.mark.usefixtures("apart")


def options(tmp_path: Path, text: str) -> Namespace:
    config = tmp_path / "station.toml"
    config.write_text(text)
    return Namespace(config=config, state_dir=tmp_path / "state")


def test_a_station_that_runs_is_asked_though_its_configuration_file_is_broken_by_now(tmp_path: Path) -> None:
    arguments = options(tmp_path, "[station")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(inquiry(tmp_path / "state"))
        assert socket_of(arguments) == inquiry(tmp_path / "state")


def test_where_no_station_runs_a_broken_configuration_is_what_there_is_to_tell(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not TOML"):
        socket_of(options(tmp_path, "[station"))


def test_whoever_gets_no_answer_is_told_where_to_look_next(tmp_path: Path) -> None:
    with pytest.raises(CliError, match=r"is the station process running, .*\? chargepoint doctor tells more"):
        ask(str(tmp_path / "none"), dict)


def test_a_station_that_hangs_is_not_taken_for_one_that_does_not_run(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        with pytest.raises(InquiryError, match="it takes too long; the station process hangs"):
            asked(str(tmp_path / "s"), dict, timeout_s=0.01)
    with pytest.raises(InquiryError, match="nobody listens there any more; is the station process running"):
        asked(str(tmp_path / "s"), dict)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do anything")
def test_a_user_without_rights_is_told_as_whom_to_ask(tmp_path: Path) -> None:
    (tmp_path / "dark").mkdir(mode=0)
    with pytest.raises(InquiryError, match="run this as root, or as a member of the group chargepoint"):
        asked(str(tmp_path / "dark/s"), dict)
