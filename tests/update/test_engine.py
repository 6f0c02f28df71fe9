"""The life of an update, with power that may go at any moment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.update.engine import ROWS, Event, moved
from chargepoint.update.lull import SILENT_S
from chargepoint.update.messages import UNDER_WAY, Cancel, Install, LookForSticks, Manifest, Offer, Phase, See, State, TakeBack
from chargepoint.update.ports import Told
from chargepoint.update.runner import MOST_TRIES
from tests.update.bundles import PAYLOAD, bundle, written
from tests.update.device import NEW, OLD, Kind, Power, PowerCut, Site, Slots, site

ENDS: dict[Kind, tuple[Phase, str, str]] = {
    "good": (Phase.DONE, NEW, ""),
    "refuses": (Phase.FAILED, OLD, "CP-827"),
    "breaks": (Phase.TAKEN_BACK, OLD, "CP-829"),
    "unhealthy": (Phase.TAKEN_BACK, OLD, "CP-829"),
    "no-way-back": (Phase.FAILED, NEW, "CP-832"),
}


def settled(found: Site) -> None:
    """Nothing is half, nothing is left over, and the mark for the next boot is gone."""
    assert not found.machine.half
    assert not (found.folder / "state/unfinished").exists()
    assert sorted(path.name for path in (found.folder / "state").iterdir()) == ["update.json"]


def test_from_every_phase_there_is_a_way_to_an_end_and_ends_are_left_only_if_somebody_wants_to() -> None:
    ways = {source: {row.target for row in ROWS if row.source is source} for source in Phase}
    for phase in Phase:
        reached, new = {phase}, {phase}
        while new:
            new = {target for each in new for target in ways[each]} - reached
            reached |= new
        assert reached - set(UNDER_WAY) - {Phase.CHECKED}
    assert {row.event for row in ROWS if row.source not in (Phase.CHECKED, *UNDER_WAY)} == {Event.REGRETTED}
    assert len({(row.source, row.event) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("kind", ENDS)
def test_an_update_ends_as_its_version_deserves(kind: Kind) -> None:
    with site(Power(), kind) as found:
        phase, version, code = ENDS[kind]
        assert found.run() is phase
        assert (found.machine.installed, found.update().code) == (version, code)
        settled(found)


@pytest.mark.parametrize("kind", ENDS)
def test_a_power_cut_at_any_moment_changes_nothing_of_that(kind: Kind) -> None:
    """Before and after everything that is written, and within every step of the installer; and once more a little later."""
    with site(Power(), kind) as found:
        found.run()
        points = len(found.machine.power.points)
    assert points > 15
    phase, version, _ = ENDS[kind]
    for cut in range(1, points + 1):
        with site(Power(cut), kind) as found:
            assert found.run() is phase, found.machine.power.points[:cut]
            assert found.machine.installed == version
            settled(found)


@pytest.mark.parametrize(
    ("always", "kind", "phase", "version"),
    [
        ("half installed", "good", Phase.TAKEN_BACK, OLD),
        ("install begins", "good", Phase.FAILED, OLD),
        ("confirmed", "good", Phase.TAKEN_BACK, OLD),
        ("half taken back", "unhealthy", Phase.FAILED, NEW),
    ],
)
def test_what_ends_the_machine_each_time_is_not_tried_for_ever(always: str, kind: Kind, phase: Phase, version: str) -> None:
    with site(Power(always=always), kind) as found:
        assert found.run() is phase
        assert found.machine.installed == version
        assert found.machine.power.points.count(always) <= max(MOST_TRIES.values())
        assert "times" in found.update().text or "tries" in found.update().text


def test_what_runs_is_proven_however_often_its_installation_was_interrupted() -> None:
    with site(Power()) as found:
        found.ask(Offer(source="csms"))
        found.until(Phase.INSTALLING)
        record = found.journal.record
        assert record is not None
        found.journal.write(replace(record, update=replace(record.update, tries=MOST_TRIES[Phase.INSTALLING])))
        found.machine.installed, found.machine.kept = NEW, OLD
        found.boot()
        assert found.until(Phase.DONE) is Phase.DONE
        assert found.machine.installs == 0


def test_a_station_that_does_not_come_up_after_a_cut_keeps_nothing_from_being_finished() -> None:
    """dpkg has unpacked half of it, and the station begins anew again and again beside a control that runs."""
    with site(Power(always="half installed")) as found:
        found.ask(Offer(source="csms"))
        with pytest.raises(PowerCut):
            found.until(Phase.DONE)
        found.machine.power = Power()
        found.boot()
        began_s = found.now_s
        assert found.until(Phase.DONE) is Phase.DONE
        assert found.now_s - began_s >= SILENT_S


def test_a_station_that_is_silent_for_a_moment_is_not_taken_for_one_that_has_to_be_mended() -> None:
    with site(Power(), "unhealthy") as found:
        found.ask(Offer(source="csms"))
        found.until(Phase.PROVING)
        found.machine.kind, found.machine.connected = "good", False
        found.until(Phase.TAKING_BACK)
        found.machine.busy = (1,)
        for _ in range(20):
            found.machine.silent = not found.machine.silent
            found.step()
        assert found.machine.installed == NEW


# What takes minutes


def test_while_it_is_being_written_nobody_begins_to_charge() -> None:
    with site(Power(), machine=Slots) as found:
        assert isinstance(found.machine, Slots)
        found.machine.car = True
        assert found.run() is Phase.DONE
        assert (found.machine.installed, found.machine.installs, found.machine.busy) == (NEW, 1, ())


def test_who_has_begun_to_charge_in_spite_of_it_is_not_disturbed_by_a_restart() -> None:
    with site(Power(), machine=Slots) as found:
        assert isinstance(found.machine, Slots)
        found.ask(Offer(source="csms"))
        found.until(Phase.INSTALLING)
        installs, install = 0, found.machine.install

        def with_a_car(manifest: Manifest, payload: Path, told: Told) -> None:
            nonlocal installs
            installs += 1
            install(manifest, payload, told)
            found.machine.busy = (1,) if installs == 1 else ()

        found.machine.install = with_a_car  # type: ignore[method-assign]
        for _ in range(1000):
            found.step()
        assert (found.update().phase, found.update().code, found.update().tries) == (Phase.INSTALLING, "CP-831", 0)
        assert "EVSE 1" in found.update().text
        found.machine.busy = ()
        with pytest.raises(PowerCut, match="restarts"):
            found.until(Phase.DONE)
        found.boot()
        assert found.until(Phase.DONE) is Phase.DONE


def test_where_the_boot_loader_has_gone_back_by_itself_the_update_was_taken_back() -> None:
    with site(Power(), machine=Slots) as found:
        found.ask(Offer(source="csms"))
        with pytest.raises(PowerCut, match="restarts"):
            found.until(Phase.DONE)
        found.boot()
        assert found.until(Phase.PROVING) is Phase.PROVING
        found.machine.installed = OLD
        found.boot()
        assert found.until(Phase.TAKEN_BACK, Phase.DONE, Phase.FAILED) is Phase.TAKEN_BACK
        assert found.update().code == "CP-829"
        assert found.update().text == f"CP-828: version {NEW} did not stay up: the machine went back to version {OLD} by itself"


def test_it_waits_until_nobody_charges_and_says_for_whom(tmp_path: object) -> None:
    with site(Power()) as found:
        found.machine.busy = (2,)
        found.ask(Offer(source="csms"))
        for _ in range(1000):
            found.step()
        assert (found.update().phase, found.update().code) == (Phase.WAITING, "CP-831")
        assert "EVSE 2" in found.update().text
        found.machine.busy = ()
        assert found.until(Phase.DONE) is Phase.DONE


def test_a_power_cut_in_the_middle_waits_again_where_cars_have_come() -> None:
    with site(Power(always="before is kept")) as found:
        offered = found.ask(Offer(source="csms"))
        assert offered.update is not None
        with pytest.raises(PowerCut):
            found.until(Phase.DONE)
        found.boot()
        found.machine.busy = (1,)
        for _ in range(10):
            found.step()
        assert (found.update().phase, found.machine.installs) == (Phase.INSTALLING, 1)
        assert "EVSE 1" in found.update().text
        found.machine.busy, found.machine.power = (), Power()
        assert found.until(Phase.DONE) is Phase.DONE


def test_control_that_lags_behind_has_time_while_a_car_charges_and_not_for_ever() -> None:
    with site(Power()) as found:
        found.ask(Offer(source="csms"))
        found.until(Phase.PROVING)
        found.machine.control, found.machine.busy = OLD, (1,)
        began_s = found.now_s
        while found.now_s < began_s + 7200:
            found.step()
        assert found.update().phase is Phase.PROVING
        assert "control" in found.update().text
        found.machine.busy = ()
        assert found.until(Phase.TAKING_BACK) is Phase.TAKING_BACK
        assert found.update().text == f"control that is heard is version {OLD}, expected {NEW}"


def test_it_has_to_work_steadily_and_may_stumble_in_between() -> None:
    with site(Power()) as found:
        found.ask(Offer(source="csms"))
        found.until(Phase.PROVING)
        for _ in range(5):
            found.machine.connected = False
            found.step()
            found.machine.connected = True
            for _ in range(13):
                assert found.update().phase is Phase.PROVING
                found.step()
        found.machine.connected = True
        began_s = found.now_s
        assert found.until(Phase.DONE) is Phase.DONE
        assert found.now_s - began_s >= 4


@pytest.mark.parametrize("wrong", [{"connected": False}, {"faults": ("reader_lost",)}, {"silent": True}, {"control": OLD}])
def test_what_worked_before_has_to_work_again(wrong: dict[str, object]) -> None:
    with site(Power()) as found:
        found.ask(Offer(source="csms"))
        found.until(Phase.PROVING)
        for name, value in wrong.items():
            setattr(found.machine, name, value)
        began_s = found.now_s
        assert found.until(Phase.TAKING_BACK) is Phase.TAKING_BACK
        assert 290 <= found.now_s - began_s <= 310
        assert found.until(Phase.TAKEN_BACK) is Phase.TAKEN_BACK
        assert found.update().text.startswith("CP-828: ")


def test_what_did_not_work_before_need_not_work_now() -> None:
    with site(Power()) as found:
        found.machine.connected, found.machine.faults = False, ("reader_lost",)
        found.ask(Offer(source="csms"))
        assert found.until(Phase.DONE) is Phase.DONE


def test_a_charging_car_is_not_disturbed_by_the_way_back() -> None:
    with site(Power()) as found:
        found.ask(Offer(source="csms"))
        found.until(Phase.PROVING)
        found.machine.connected, found.machine.busy = False, (1,)
        found.until(Phase.TAKING_BACK)
        for _ in range(100):
            found.step()
        assert found.machine.installed == NEW
        found.machine.busy = ()
        assert found.until(Phase.TAKEN_BACK) is Phase.TAKEN_BACK


# What is asked


def test_by_a_person_it_is_installed_only_when_he_says_so_and_can_be_cancelled_until_then() -> None:
    with site(Power()) as found:
        update = found.ask(Offer(source="page", by="owner")).update
        assert update is not None
        assert (update.phase, update.before, update.by) == (Phase.CHECKED, OLD, "owner")
        assert found.step() is None
        found.machine.busy = (1,)
        assert found.ask(Install(id=update.id)).accepted
        assert not found.ask(Install(id=update.id)).accepted
        assert found.ask(Cancel(id=update.id)).accepted
        assert found.update().phase is Phase.CANCELLED
        settled(found)
        assert not found.ask(Cancel(id=update.id)).accepted
        assert not found.ask(Install(id="other")).accepted
        found.machine.busy = ()
        again = found.ask(Offer(source="page")).update
        assert again is not None
        found.ask(Install(id=again.id))
        found.until(Phase.PROVING)
        assert "only until it is being installed" in found.ask(Cancel(id=again.id)).text


def test_the_same_again_is_told_how_it_went_and_another_one_waits() -> None:
    with site(Power()) as found:
        found.ask(Offer(source="csms"))
        other = written(found.folder, bundle(installer="deb", version="3.0"), "other.cpb")
        for phase in (Phase.WAITING, Phase.INSTALLING, Phase.PROVING, Phase.DONE):
            found.until(phase)
            again = found.ask(Offer(source="csms"))
            assert again.accepted
            assert again.update is not None
            assert again.update.phase is phase
            if phase is not Phase.DONE:
                refused = found.ask(Offer(source="page"), other)
                assert (refused.accepted, refused.code) == (False, "CP-826")
        assert found.machine.installs == 1
        assert found.ask(Offer(source="page"), other).accepted


def test_one_that_was_taken_back_is_not_begun_again_by_the_csms_but_by_a_person() -> None:
    with site(Power(), "unhealthy") as found:
        found.run()
        again = found.ask(Offer(source="csms"))
        assert (again.code, found.update().phase) == ("CP-829", Phase.TAKEN_BACK)
        assert found.ask(Offer(source="page")).accepted
        assert found.update().phase is Phase.CHECKED


def test_a_version_that_works_can_be_taken_back_by_a_person_and_only_once() -> None:
    with site(Power()) as found:
        assert "no version before" in found.ask(TakeBack(by="owner")).text
        found.run()
        found.machine.busy = (1,)
        assert found.ask(TakeBack(by="owner")).accepted
        assert not found.ask(TakeBack(by="owner")).accepted
        for _ in range(10):
            found.step()
        assert found.machine.installed == NEW
        found.machine.busy = ()
        assert found.until(Phase.TAKEN_BACK) is Phase.TAKEN_BACK
        assert (found.machine.installed, found.update().text) == (OLD, f"owner wants version {OLD} again")
        assert not found.ask(TakeBack(by="owner")).accepted


@pytest.mark.parametrize(
    ("changes", "code", "part"),
    [
        ({"version": "0.9"}, "CP-822", "older than 1.0"),
        ({"version": OLD}, "CP-822", "runs already"),
        ({"architecture": "arm64"}, "CP-823", "architecture"),
        ({"compatible": "box two"}, "CP-823", "line"),
        ({"system": "debian 13"}, "CP-823", "debian 13"),
        ({"installer": "rauc"}, "CP-823", "installer"),
        ({"sha256": "0" * 64}, "CP-821", "hash"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_number_and_leaves_nothing(changes: dict[str, str], code: str, part: str) -> None:
    with site(Power()) as found:
        path = written(found.folder, bundle(PAYLOAD, **{"installer": "deb", "version": NEW, **changes}), "odd.cpb")
        refused = found.ask(Offer(source="page"), path)
        assert (refused.accepted, refused.code) == (False, code)
        assert part in refused.text
        assert list((found.folder / "state").iterdir()) == []


def test_an_older_one_is_taken_if_somebody_means_it() -> None:
    with site(Power()) as found:
        path = written(found.folder, bundle(installer="deb", version="0.9"), "old.cpb")
        assert found.ask(Offer(source="page", older=True), path).accepted


def test_without_room_nothing_is_copied() -> None:
    with site(Power()) as found:
        found.free = 1000
        assert found.ask(Offer(source="page")).code == "CP-824"


def test_of_sticks_the_first_bundle_that_is_taken_is_offered() -> None:
    with site(Power()) as found:
        offered = found.ask(LookForSticks(by="owner"))
        assert offered.accepted
        assert offered.update is not None
        assert (offered.update.source, offered.update.phase) == ("usb", Phase.CHECKED)
        found.trust.unlink()
        refused = found.ask(LookForSticks())
        assert (refused.code, refused.text.partition(":")[0]) == ("CP-825", "sdb1")


def test_a_journal_that_is_spoilt_is_put_aside() -> None:
    with site(Power()) as found:
        found.run()
        (found.folder / "state/update.json").write_bytes(b"\xff spoilt")
        found.boot()
        state = found.desk.answer(See(), None, datetime.now(UTC))
        assert isinstance(state, State)
        assert state.update is None
        assert (found.folder / "state/update.unreadable").exists()


def test_no_event_moves_what_it_does_not_concern() -> None:
    with site(Power()) as found:
        found.run()
        assert all(moved(found.update(), event, 0) is None for event in Event if event is not Event.REGRETTED)
