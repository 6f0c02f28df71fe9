"""What stands in the way of an update: a full disk, an installer or a station that does not answer, a way back that is none."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from chargepoint.pki import files
from chargepoint.update.messages import UNDER_WAY, Cancel, Install, Manifest, Offer, Phase, TakeBack
from chargepoint.update.ports import FellBack, Health, InstallError, Told
from chargepoint.update.runner import BLOCKED_S, MOST_TRIES
from tests.update.bundles import bundle, written
from tests.update.device import NEW, OLD, Kind, Machine, Power, PowerCut, Site, Slots, site
from tests.update.test_engine import ENDS, settled


def full(patch: pytest.MonkeyPatch, fails: Callable[[Path], bool]) -> None:
    """The disk takes nothing of what is to be replaced, as long as it fails."""
    replace = files.replace

    def replacing(path: Path, content: bytes, mode: int = files.PUBLIC) -> None:
        if fails(path):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        replace(path, content, mode)

    patch.setattr(files, "replace", replacing)


def refused_only_once(fail: int) -> tuple[Callable[[Path], bool], list[Path]]:
    asked: list[Path] = []

    def fails(path: Path) -> bool:
        asked.append(path)
        return len(asked) == fail

    return fails, asked


def wanted(found: Site) -> None:
    offered = found.ask(Offer(source="page")).update
    assert offered is not None
    assert found.ask(Install(id=offered.id)).accepted


@pytest.mark.parametrize("kind", ENDS)
def test_a_disk_that_is_full_for_one_write_changes_nothing_of_the_end(kind: Kind) -> None:
    phase, version, code = ENDS[kind]
    fail, writes = 1, 1
    while fail <= writes:
        with site(Power(), kind) as found, pytest.MonkeyPatch.context() as patch:
            wanted(found)
            fails, asked = refused_only_once(fail)
            full(patch, fails)
            while found.update().phase in UNDER_WAY:
                found.step()
            found.boot()
            assert (found.update().phase, found.machine.installed, found.update().code) == (phase, version, code), asked
            settled(found)
            writes = len(asked)
        fail += 1
    assert writes >= 3


def test_while_the_disk_is_full_cars_may_charge_and_it_says_why_nothing_happens() -> None:
    with site(Power()) as found, pytest.MonkeyPatch.context() as patch:
        wanted(found)
        room = False
        full(patch, lambda path: not room)
        assert found.step() == BLOCKED_S
        assert found.machine.asked_for_s[-1] == 0.0
        text = found.update().text
        assert (found.update().phase, "No space left on device; see that this disk is neither full" in text) == (Phase.WAITING, True), text
        room = True
        assert found.until(Phase.DONE) is Phase.DONE


def test_whoever_waits_is_served_as_soon_as_it_is_cancelled() -> None:
    with site(Power()) as found:
        wanted(found)
        found.machine.busy = (1,)
        found.step()
        assert found.machine.asked_for_s[-1] > 0
        assert found.ask(Cancel(id=found.update().id)).accepted
        assert found.step() is None
        assert found.machine.asked_for_s[-1] == 0.0
        asked = len(found.machine.asked_for_s)
        assert (found.step(), len(found.machine.asked_for_s)) == (None, asked)


def test_an_image_that_never_comes_up_was_taken_back_by_the_machine_itself() -> None:
    with site(Power(), machine=Slots) as found:
        found.ask(Offer(source="csms"))
        with pytest.raises(PowerCut, match="restarts"):
            found.until(Phase.DONE)
        found.machine.installed = OLD
        found.boot()

        def fallen_back(told: Told) -> None:
            raise FellBack("version 2.0 did not stay up")

        found.machine.start = fallen_back  # type: ignore[method-assign]
        assert found.until(Phase.TAKEN_BACK, Phase.FAILED) is Phase.TAKEN_BACK
        assert (found.update().code, found.update().text) == ("CP-829", "CP-828: version 2.0 did not stay up")
        assert found.ask(Offer(source="csms")).code == "CP-829", "it is not begun again"


def test_who_waits_for_the_way_back_is_told_for_whom_and_the_reason_stays() -> None:
    with site(Power()) as found:
        wanted(found)
        found.until(Phase.DONE)
        found.machine.busy = (2,)
        assert found.ask(TakeBack(by="anna")).accepted
        for _ in range(20):
            found.step()
        assert found.update().code == "CP-831"
        assert found.update().text == f"anna wants version {OLD} again; waits until nobody charges any more: EVSE 2"
        found.machine.busy = ()
        assert found.until(Phase.TAKEN_BACK) is Phase.TAKEN_BACK
        assert (found.update().code, found.update().text) == ("CP-829", f"anna wants version {OLD} again")


@pytest.mark.parametrize(("code", "tries"), [("CP-826", MOST_TRIES[Phase.TAKING_BACK]), ("CP-827", 1)])
def test_a_version_that_cannot_be_put_back_says_why(code: str, tries: int) -> None:
    with site(Power(), "unhealthy") as found:
        wanted(found)
        tried = []

        def refused(told: Told) -> None:
            tried.append(1)
            raise InstallError("site.fuse_a: 63", code)

        found.machine.take_back = refused  # type: ignore[method-assign]
        assert found.until(Phase.FAILED) is Phase.FAILED
        assert (found.update().code, len(tried)) == ("CP-832", tries)
        assert found.update().text == f"the station does not answer; version {OLD} could not be put back: {code}: site.fuse_a: 63"
        assert found.machine.asked_for_s[-1] == 0.0 or found.step() is None


def test_a_wish_that_cannot_be_fulfilled_leaves_what_runs_and_says_why() -> None:
    with site(Power()) as found:
        found.run()

        def refused(told: Told) -> None:
            raise InstallError("site.fuse_a: 63", "CP-827")

        found.machine.take_back = refused  # type: ignore[method-assign]
        assert found.ask(TakeBack(by="anna")).accepted
        assert found.until(Phase.FAILED) is Phase.FAILED
        assert (found.update().code, found.machine.installed) == ("CP-827", NEW)
        assert found.update().text.startswith(f"anna wants version {OLD} again; version {OLD} could not be put back: CP-827: ")


def test_an_installer_that_does_not_answer_for_a_moment_is_asked_again() -> None:
    """The machine has restarted into the new image, and D-Bus is not there yet."""
    with site(Power(), machine=Slots) as found:
        found.ask(Offer(source="csms"))
        with pytest.raises(PowerCut, match="restarts"):
            found.until(Phase.DONE)
        found.boot()
        found.machine.running = found.machine.before = lambda: ""  # type: ignore[method-assign]
        install, confirm = found.machine.install, found.machine.confirm

        def silent(*_: object) -> None:
            raise InstallError("no D-Bus")

        found.machine.install = silent  # type: ignore[method-assign, assignment]
        found.machine.confirm = silent  # type: ignore[method-assign]
        assert found.step() is not None
        assert (found.update().phase, found.update().text) == (Phase.INSTALLING, "no D-Bus")
        del found.machine.running, found.machine.before
        found.machine.install = install  # type: ignore[method-assign]
        assert found.until(Phase.PROVING) is Phase.PROVING
        for _ in range(20):
            found.step()
        assert (found.update().phase, found.update().text) == (Phase.PROVING, "no D-Bus")
        found.machine.confirm = confirm  # type: ignore[method-assign]
        assert found.until(Phase.DONE, Phase.FAILED, Phase.TAKING_BACK) is Phase.DONE


def test_an_installer_that_never_answers_again_ends_it() -> None:
    with site(Power()) as found:
        wanted(found)
        found.until(Phase.INSTALLING)
        found.machine.running = lambda: ""  # type: ignore[method-assign]

        def silent(manifest: Manifest, payload: Path, told: Told) -> None:
            raise InstallError("no D-Bus")

        found.machine.install = silent  # type: ignore[method-assign]
        assert found.until(Phase.FAILED) is Phase.FAILED
        assert (found.update().code, found.update().text) == ("CP-832", "CP-826: no D-Bus; there is no version before to go back to")


def test_a_station_that_is_slow_in_the_wrong_moment_still_has_to_come_up_again() -> None:
    with site(Power(), "unhealthy") as found:
        wanted(found)
        health, silent = found.machine.health, [Health("", "")]
        found.machine.quiet = lambda for_s: True  # type: ignore[method-assign]
        found.machine.health = lambda: silent.pop() if silent else health()  # type: ignore[method-assign]
        assert found.until(Phase.DONE, Phase.TAKEN_BACK) is Phase.TAKEN_BACK


def test_who_goes_back_after_another_update_has_failed_goes_back_from_what_runs() -> None:
    with site(Power()) as found:
        wanted(found)
        found.until(Phase.DONE)
        third = written(found.folder, bundle(installer="deb", version="3.0"), "third.cpb")
        offered = found.ask(Offer(source="page"), third).update
        assert offered is not None
        back = found.ask(TakeBack(by="anna")).update
        assert back is not None
        assert (back.manifest.version, back.before, back.id == offered.id) == (NEW, OLD, False)
        assert found.until(Phase.TAKEN_BACK) is Phase.TAKEN_BACK
        settled(found)


@pytest.mark.parametrize("machine", [Machine, Slots])
def test_a_dead_station_is_mended_but_no_machine_restarted_under_a_car(machine: type[Machine]) -> None:
    """Control goes on with it at the failsafe current. A package begins processes anew, which ends nothing."""
    with site(Power(), machine=machine) as found:
        found.run()
        assert found.ask(TakeBack(by="anna")).accepted
        fails, writes = refused_only_once(0)
        with pytest.MonkeyPatch.context() as patch:
            full(patch, fails)
            found.machine.silent, found.machine.busy = True, (1,)
            found.machine.take_back = lambda told: setattr(found.machine, "installed", OLD)  # type: ignore[method-assign]
            for _ in range(100):
                found.step()
            assert (found.machine.installed == OLD) is (machine is Machine)
            assert len(writes) < 5, "waiting is not worth the disk"
        found.machine.busy = ()
        assert found.until(Phase.TAKEN_BACK) is Phase.TAKEN_BACK
