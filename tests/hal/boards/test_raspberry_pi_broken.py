"""The board ``raspberry-pi`` over simulated chips that break, and when control does."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from hal.boards.raspberry_pi_rig import Rig
from hal.bus.pwm import Pwm
from hal.errors import DeviceError
from hal.measured import BoardOutputs
from simulators.wires.table import ON_PI
from tests.hal.boards.pi_rig import CLOSED, OFFER, Site, host, site
from tests.hal.boards.talking_rig import until

ROOT = Path(__file__).parents[3]


@pytest.fixture
def pi(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


@pytest.mark.parametrize("fault", ["silent", "garbage", "bad_checksum", "exception", "half_frame", "slow", "unplugged", "lost", "stuck"])
def test_a_converter_that_does_not_answer_or_lies_is_silence_and_comes_back(pi: Site, fault: str) -> None:
    breaks: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "lost": (lambda: pi.patch(board="lost"), lambda: pi.patch(board=None)),
        "stuck": (lambda: pi.loop.set(pi.pi, "stuck", True), lambda: pi.loop.set(pi.pi, "stuck", False)),
    }
    spoil, mend = breaks.get(fault, (lambda: pi.spoil(fault), lambda: pi.spoil(None)))
    pi.plug(request=False)
    with host(pi) as driven:
        driven.wanted = OFFER
        driven.until(lambda: driven.sees(9_000, -12_000), what="B2")
        spoil()
        driven.until(lambda: driven.age_s > 0.3 and driven.sees(9_000, -12_000), 3, "silence, and nothing untrue")
        mend()
        driven.until(lambda: driven.age_s < 0.1 and driven.sees(9_000, -12_000), 5, "measurements")


def test_lines_in_use_and_a_missing_chip_are_told_at_the_start(pi: Site) -> None:
    assert pi.pi.gpio is not None
    pi.loop.call(pi.pi.gpio.busy.add, "GPIO17")
    with pytest.raises(DeviceError, match=r"board.raspberry-pi evse 1: .*in use"):
        pi.board().open()
    pi.loop.call(pi.pi.gpio.busy.clear)
    pi.loop.set(pi.pi, "pwm_missing", True)
    pi.spoil("unplugged")
    pi.spoil(None)
    with pytest.raises(DeviceError, match=r"no such chip \(1f0009c000.pwm\); check its overlay"):
        pi.board().open()
    pi.loop.set(pi.pi, "pwm_missing", False)
    pi.spoil("unplugged")
    pi.spoil(None)
    with host(pi) as driven:
        assert driven.sees(12_000, 12_000), "what had been opened was let go of"


def test_a_pilot_that_cannot_be_set_is_silence(pi: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(self: Pwm, duty_ppm: int) -> None:
        raise DeviceError("pwm: gone")

    with host(pi) as driven:
        with monkeypatch.context() as patched:
            patched.setattr(Pwm, "set", refuse)
            driven.wanted = OFFER
            driven.until(lambda: driven.age_s > 0.2, what="silence")
        driven.until(lambda: driven.sees(12_000, -12_000), 5, "the offer")
    assert "pwm: gone" in caplog.text


def test_coils_that_cannot_be_switched_are_silence_though_everything_else_works(
    pi: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As where they hang on an expander of their own, and that is gone."""

    def refuse(self: Rig, outputs: BoardOutputs) -> None:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    with host(pi) as driven:
        with monkeypatch.context() as patched:
            patched.setattr(Rig, "drive", refuse)
            driven.until(lambda: driven.age_s > 0.3, what="silence")
        driven.wanted = OFFER
        driven.until(lambda: driven.age_s < 0.1 and driven.sees(12_000, -12_000), 5, "measurements")
    assert "No such device" in caplog.text


def test_what_is_broken_inside_is_told_once_and_what_fails_while_it_opens_leaves_nothing_open(
    pi: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Rig, *_: object) -> None:
        raise ZeroDivisionError

    def refuse(self: Rig, on: bool) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(Rig, "_enable_pilot", refuse)
        with pytest.raises(DeviceError, match=r"evse 1: Input/output error"):
            pi.board().open()
    with host(pi) as driven:
        with monkeypatch.context() as patched:
            patched.setattr(Rig, "measure", broken)
            driven.until(lambda: driven.age_s > 0.5, what="silence")
        driven.until(lambda: driven.age_s < 0.1, 5, "measurements")
    assert sum("board_broken" in each.message for each in caplog.records) == 1


def test_a_lock_is_at_rest_while_nothing_else_works(pi: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A motor bears 3 s at the most, and nobody is there to end its pulse."""

    def refuse(self: Pwm, duty_ppm: int) -> None:
        raise DeviceError("pwm: gone")

    def pushed() -> bool:
        assert pi.pi.gpio is not None
        return any(pi.pi.gpio.outputs.get(name) for name in (ON_PI["lock_a"], ON_PI["lock_b"]))

    with host(pi) as driven:
        driven.wanted = replace(OFFER, lock=True)
        driven.until(pushed, what="the pulse")
        monkeypatch.setattr(Pwm, "set", refuse)
        began_s = time.monotonic()
        driven.until(lambda: not pushed(), what="rest")
        assert time.monotonic() - began_s < 0.15


def test_when_control_hangs_the_coil_drops_and_the_offer_goes(pi: Site) -> None:
    """The driver's own dead-man, beside the watchdog's: here the line of that is not wired."""
    pi.plug()
    with host(pi) as driven:
        driven.wanted = CLOSED
        driven.until(lambda: pi.closed, what="closed")
        until(lambda: not pi.closed and pi.evse.duty_ppm == 1_000_000, 0.5, "open")
        assert driven.age_s < 0.1, "it goes on measuring"


@pytest.mark.parametrize("persists", [False, True], ids=["the kernel drops the lines", "the kernel leaves the lines as they are"])
def test_a_process_that_is_killed_leaves_the_contactor_open_within_200_ms(pi: Site, persists: bool) -> None:
    pi.persist(persists)
    pi.plug(current_a=16)
    command = [sys.executable, "-m", "tests.hal.boards.pi_rig", str(pi.root), json.dumps(dict(ON_PI))]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        until(lambda: pi.closed and any(pi.evse.feed.flow_ma), 15, "charging")
        process.send_signal(signal.SIGKILL)
        killed_s = time.monotonic()
        until(lambda: not pi.closed, 1.0, "open")
        opened_s = pi.evse.timing.contacts_parted_s
        assert opened_s is not None
        assert opened_s - killed_s < (0.2 if persists else 0.1)
    finally:
        process.kill()
        process.wait()
    with host(pi) as driven:
        driven.wanted = CLOSED
        driven.until(lambda: pi.closed, what="closed again: nothing of the old one was in the way")
