"""Updates by RAUC, over a real D-Bus: with the real RAUC where there is one, and with a small one everywhere."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chargepoint.update import restart
from chargepoint.update.journal import Baseline, Journal, Record
from chargepoint.update.messages import Phase, Update
from chargepoint.update.ports import Health, InstallError, Later, Told
from chargepoint.update.rauc import Rauc
from chargepoint.update.rauc_note import Notebook
from chargepoint.update.runner import MOST_TRIES, Now, Runner
from chargepoint.update.system_bus import Bus
from tests.update.bus import Daemon
from tests.update.site import FakeSite, RealSite, Site, image, manifest


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chargepoint.update.slots.POLL_S", 0.02)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: sockets lie in it."""
    made = Path(tempfile.mkdtemp(prefix="rauc"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(params=[FakeSite, RealSite])
def site(request: pytest.FixtureRequest, folder: Path) -> Iterator[Site]:
    made: Site = request.param(folder)
    yield made
    made.cut()


def silently(percent: int) -> bool:
    """Nobody charges."""
    return True


def noting(told: list[int]) -> Told:
    """Nobody charges, and what is told is kept."""

    def note(percent: int) -> bool:
        told.append(percent)
        return True

    return note


def restarted(site: Site, step: Callable[[Told], None]) -> Rauc:
    """The updater after a step that restarts the machine."""
    step(silently)
    assert site.restarting
    site.cut()
    return site.boot()


def updated(site: Site, version: str = "2.0") -> Rauc:
    """The updater in the new slot, before anybody has said that it works."""
    rauc = site.boot()
    rauc.install(*site.bundle(version), silently)
    return restarted(site, rauc.start)


@pytest.fixture
def fake(folder: Path) -> Iterator[FakeSite]:
    made = FakeSite(folder)
    yield made
    made.cut()


def unproven(site: Site) -> str:
    """What keeps others from calling a slot good; empty: nothing."""
    path = site.folder / "state" / "unproven"
    return path.read_text().strip() if path.exists() else ""


def test_an_image_is_written_to_the_other_slot_and_started_and_stays_once_it_is_confirmed(site: Site) -> None:
    rauc = site.boot()
    assert (rauc.running(), rauc.before()) == ("1.0", "")
    told: list[int] = []
    rauc.install(*site.bundle("2.0"), noting(told))
    assert (told[-1], told) == (100, sorted(told))
    assert (rauc.running(), rauc.before(), unproven(site)) == ("1.0", "", "B")
    assert site.content("A") == image("1.0")
    rauc = restarted(site, rauc.start)
    rauc.start(silently)
    assert (rauc.running(), rauc.before(), site.boots) == ("2.0", "1.0", 2)
    rauc.confirm()
    assert unproven(site) == ""
    assert [(each.name, each.version, each.detail) for each in rauc.parts()] == [
        ("slot A", "1.0", "does not run, marked good"),
        ("slot B", "2.0", "runs, marked good"),
    ]


def test_the_next_image_takes_the_slot_that_was_left(site: Site) -> None:
    rauc = updated(site)
    rauc.confirm()
    rauc.install(*site.bundle("3.0"), silently)
    rauc = restarted(site, rauc.start)
    rauc.confirm()
    assert (rauc.running(), rauc.before(), site.loader.current) == ("3.0", "2.0", "A")


def test_what_does_not_work_is_left_and_marked_bad(site: Site) -> None:
    rauc = restarted(site, updated(site).take_back)
    rauc.take_back(silently)
    assert (rauc.running(), rauc.before(), site.boots, unproven(site)) == ("1.0", "", 3, "")
    assert (site.loader.state("A"), site.loader.state("B"), site.loader.primary) == ("good", "bad", "A")


def test_a_person_goes_back_from_an_image_that_was_confirmed(site: Site) -> None:
    rauc = updated(site)
    rauc.confirm()
    rauc = restarted(site, rauc.take_back)
    rauc.take_back(silently)
    assert (rauc.running(), rauc.before(), site.boots) == ("1.0", "", 3)


def test_who_charges_is_not_disturbed_by_a_restart_on_the_way_back(site: Site) -> None:
    rauc = updated(site)
    with pytest.raises(Later):
        rauc.take_back(lambda percent: False)
    assert (site.restarting, site.loader.primary, site.loader.state("B")) == (False, "B", "good")
    assert restarted(site, rauc.take_back).running() == "1.0"


def test_an_image_that_does_not_come_up_is_told_and_can_be_tried_again(site: Site) -> None:
    rauc = site.boot()
    wanted = site.bundle("2.0")
    rauc.install(*wanted, silently)
    site.broken = "B"
    rauc = restarted(site, rauc.start)
    rauc.install(*wanted, silently)
    with pytest.raises(
        InstallError, match=r"version 2.0 in slot rootfs.1 did not stay up: the boot loader went back to slot rootfs.0, w.* 1.0"
    ):
        rauc.start(silently)
    assert (rauc.running(), site.loader.primary, unproven(site)) == ("1.0", "A", "")
    site.broken = ""
    rauc.install(*wanted, silently)
    assert restarted(site, rauc.start).running() == "2.0"


def test_what_the_boot_loader_left_while_it_proved_itself_is_not_confirmed(site: Site) -> None:
    updated(site)
    site.cut()
    site.broken = "B"
    rauc = site.boot()
    with pytest.raises(InstallError, match=r"version 2.0 in slot rootfs.1 did not stay up"):
        rauc.confirm()
    rauc.take_back(silently)
    assert (rauc.running(), site.loader.primary, site.boots, unproven(site)) == ("1.0", "A", 3, "")


def test_an_image_for_another_device_is_refused_before_anything_is_written(site: Site) -> None:
    rauc = site.boot()
    with pytest.raises(InstallError, match=r"the image is for 'acme-two', this device is 'acme-one'") as raised:
        rauc.install(*site.bundle("2.0", compatible="acme-two"), silently)
    assert (raised.value.code, site.content("B"), unproven(site)) == ("CP-823", "", "")


def test_an_image_whose_signer_rauc_does_not_know_is_refused(site: Site) -> None:
    rauc = site.boot()
    with pytest.raises(
        InstallError, match=r"RAUC has not written version 2.0 to slot rootfs.1: signature verification failed: .*self[- ]signed"
    ):
        rauc.install(*site.bundle("2.0", signed=False), silently)
    assert (site.content("B"), site.loader.primary, unproven(site)) == ("", "A", "")


def test_an_image_of_another_version_than_its_bundle_is_refused(site: Site) -> None:
    rauc = site.boot()
    _, payload = site.bundle("2.0")
    other, _ = site.bundle("3.0")
    with pytest.raises(
        InstallError, match=r"the image says that it is version '2.0', the bundle around it '3.0'; build both with the same"
    ):
        rauc.install(other, payload, silently)


def test_what_rauc_says_of_a_failure_is_passed_on_and_the_slot_that_runs_stays(site: Site) -> None:
    rauc = site.boot()
    with pytest.raises(InstallError, match=r"RAUC has not written version 2.0 to slot rootfs.1: .*(No space left|[Ff]ailed)"):
        rauc.install(*site.bundle("2.0", breaks=True), silently)
    assert (rauc.running(), site.loader.primary, site.loader.state("A"), unproven(site)) == ("1.0", "A", "good", "")


def test_it_goes_on_listening_to_an_installation_that_was_begun_before(site: Site) -> None:
    rauc = site.boot()
    wanted = site.bundle("2.0")

    def dies(percent: int) -> bool:
        if not percent:
            return True
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rauc.install(*wanted, dies)
    site.updater().install(*wanted, silently)
    assert restarted(site, rauc.start).running() == "2.0"


def test_what_is_there_while_rauc_installs_is_told_as_it_was(site: Site) -> None:
    rauc = site.boot()
    parts = rauc.parts()
    seen: list[object] = []

    def look(percent: int) -> bool:
        seen.append((rauc.running(), rauc.parts()[0]))
        return True

    rauc.install(*site.bundle("2.0"), look)
    assert set(seen) == {("1.0", parts[0])}


def test_an_update_for_another_line_of_products_does_not_fit(site: Site) -> None:
    rauc = site.boot()
    ours, _ = site.bundle("2.0")
    assert rauc.misfit(ours) is None
    from msgspec.structs import replace

    assert rauc.misfit(replace(ours, compatible="any")) is None
    assert rauc.misfit(replace(ours, compatible="acme-two")) == (
        "the update is for 'acme-two', this device is 'acme-one' (compatible in /etc/rauc/system.conf)"
    )


def test_where_somebody_charges_nothing_is_written_and_the_machine_not_restarted(site: Site) -> None:
    rauc = site.boot()
    wanted = site.bundle("2.0")
    with pytest.raises(Later):
        rauc.install(*wanted, lambda percent: False)
    assert (site.content("B"), site.loader.primary, unproven(site)) == ("", "A", "")
    rauc.install(*wanted, silently)
    with pytest.raises(Later):
        rauc.start(lambda percent: False)
    assert not site.restarting
    rauc.install(*wanted, lambda percent: False)
    assert restarted(site, rauc.start).running() == "2.0"


def test_while_rauc_says_nothing_new_it_is_told_all_the_same(fake: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chargepoint.update.slots.TELL_S", 0.02)
    monkeypatch.setattr("chargepoint.update.slots.percent", lambda bus: 0)
    told: list[int] = []
    fake.boot().install(*fake.bundle("2.0"), noting(told))
    assert told.count(0) > 3


# The whole updater, on a machine with slots


class Idle:
    """A station where nobody charges."""

    def health(self) -> Health:
        return Health("1.0", "1.0")

    def quiet(self, for_s: float) -> bool:
        return for_s > 0

    def deserted(self) -> bool:
        return True


def begun(site: Site, rauc: Rauc, phase: Phase, tries: int = 0) -> Runner:
    """What goes on with the update to 2.0 in this phase."""
    journal = Journal(site.folder / "state")
    journal.open()
    if journal.record is None:
        payload = site.folder / "2.0.raucb"
        wanted = manifest(payload, "2.0") if payload.exists() else site.bundle("2.0")[0]
        update = Update(id="2", manifest=wanted, phase=phase, source="page", before="1.0", tries=tries)
        journal.write(Record(update=update, baseline=Baseline(station=True, control=True)))
    return Runner(journal, rauc, Idle(), lambda update: site.folder / "2.0.raucb")


def ended(site: Site, rauc: Rauc, phase: Phase, tries: int = 0) -> Update:
    """Step by step to its end, through restarts."""
    runner, now_s, boots = begun(site, rauc, phase, tries), 0.0, site.boots
    while (due_s := runner.step(Now(now_s, int(now_s)))) is not None:
        now_s += due_s
        assert now_s < 3600
        if site.restarting:
            assert site.boots < boots + 3
            site.cut()
            runner = begun(site, site.boot(), phase)
    record = Journal(site.folder / "state")
    record.open()
    assert record.record is not None
    return record.record.update


def test_an_image_that_comes_up_is_proven_even_after_the_last_try(site: Site) -> None:
    end = ended(site, updated(site), Phase.INSTALLING, MOST_TRIES[Phase.INSTALLING])
    assert (end.phase, end.text, site.loader.primary, unproven(site)) == (Phase.DONE, "", "B", "")


def test_an_image_that_the_boot_loader_left_while_it_was_proven_was_taken_back(site: Site) -> None:
    updated(site)
    site.cut()
    site.broken = "B"
    end = ended(site, site.boot(), Phase.PROVING)
    text = "CP-828: version 2.0 did not stay up: the machine went back to version 1.0 by itself"
    assert (end.phase, end.code, end.text) == (Phase.TAKEN_BACK, "CP-829", text)
    assert (site.loader.primary, site.loader.state("B"), unproven(site), site.boots) == ("A", "bad", "", 3)


def test_an_image_that_never_comes_up_was_taken_back(site: Site) -> None:
    rauc = site.boot()
    site.broken = "B"
    end = ended(site, rauc, Phase.INSTALLING)
    text = "CP-828: version 2.0 in slot rootfs.1 did not stay up: the boot loader went back to slot rootfs.0, with version 1.0"
    assert (end.phase, end.code, end.text) == (Phase.TAKEN_BACK, "CP-829", f"{text}; see journalctl --boot=-1")
    assert (site.loader.primary, site.loader.state("B"), unproven(site), site.boots) == ("A", "bad", "", 2)


def test_an_update_goes_its_way_by_a_restart(site: Site) -> None:
    end = ended(site, site.boot(), Phase.INSTALLING)
    assert (end.phase, site.boots, site.loader.primary, unproven(site)) == (Phase.DONE, 2, "B", "")


# The power, or just our process, is cut at every moment


class Cut(BaseException):
    """Our process is gone."""


def cut_at(moment: int, patch: pytest.MonkeyPatch) -> list[str]:
    """End us before the moment-th thing that we do. What is done, as it is done."""
    done: list[str] = []

    def counted(what: str, act: Callable[..., object]) -> Callable[..., object]:
        def acting(*arguments: object, **named: object) -> object:
            done.append(what)
            if len(done) == moment:
                raise Cut
            return act(*arguments, **named)

        return acting

    for owner, name in ((Bus, "call"), (Bus, "wait"), (Notebook, "write")):
        patch.setattr(owner, name, counted(name, getattr(owner, name)))
    return done


def driven(site: Site, rauc: Rauc, steps: list[Callable[[Rauc], None]], power: bool) -> Rauc:
    """Step by step, as the updater does: one that was begun is begun again after a restart."""
    at = 0
    while at < len(steps):
        try:
            steps[at](rauc)
            if not site.restarting:
                at += 1
                continue
            power_now = True
        except Cut:
            power_now = power or site.restarting
        if power_now:
            site.cut()
            rauc = site.boot()
        else:
            rauc = site.updater()
    return rauc


def installing(site: Site) -> Callable[[Rauc], None]:
    wanted, payload = site.bundle("2.0")

    def step(rauc: Rauc) -> None:
        rauc.install(wanted, payload, silently)
        rauc.start(silently)

    return step


def back(rauc: Rauc) -> None:
    rauc.take_back(silently)


def swept(site: Site, before: list[Callable[[Rauc], None]], cut: list[Callable[[Rauc], None]], power: bool, moment: int) -> list[str]:
    """One update, of which the second part is cut at this moment; what was done in that."""
    rauc = driven(site, site.boot(), before, power)
    with pytest.MonkeyPatch.context() as patch:
        done = cut_at(moment, patch)
        rauc = driven(site, rauc, cut, power)
    version, slot = ("2.0", "B") if Rauc.confirm in cut else ("1.0", "A")
    assert (rauc.running(), site.loader.current, site.loader.primary) == (version, slot, slot), (moment, done)
    assert (site.content(slot), unproven(site)) == (image(version), ""), (moment, done)
    assert site.boots <= 5
    return done


@pytest.mark.parametrize("power", [False, True])
@pytest.mark.parametrize("last", [Rauc.confirm, back])
def test_a_cut_at_any_moment_is_made_up_for(last: Callable[[Rauc], None], power: bool, folder: Path) -> None:
    """Also where the same version had been in the other slot before: half of it is old then, and RAUC still says that it is there."""
    moment, things = 0, 0
    while moment <= things:
        site = FakeSite(folder / f"cut{moment}")
        site.had("2.0")
        install = installing(site)
        before: list[Callable[[Rauc], None]]
        cut: list[Callable[[Rauc], None]]
        before, cut = ([], [install, last]) if last is Rauc.confirm else ([install], [last])
        try:
            done = swept(site, before, cut, power, moment)
        finally:
            site.cut()
        things = things or len(done)
        moment += 1
    assert things >= 10


# What may be missing


def test_without_a_bus_it_says_so_and_does_not_know_what_runs(folder: Path) -> None:
    rauc = Rauc(folder, "1.0", f"unix:path={folder}/none")
    assert (rauc.running(), rauc.before()) == ("", "")
    with pytest.raises(InstallError, match=r"confirm the version that runs: no D-Bus at unix:path=.*install Debian's package dbus"):
        rauc.confirm()


@pytest.fixture
def bus(folder: Path) -> Iterator[Daemon]:
    daemon = Daemon(folder)
    daemon.start()
    yield daemon
    daemon.stop()


def test_without_rauc_it_says_so(bus: Daemon, folder: Path) -> None:
    rauc = Rauc(folder, "1.0", bus.address)
    said = "RAUC is not there; install Debian's packages rauc and rauc-service, and see docs/images.md"
    assert rauc.parts()[0].detail == f"see its slots: {said}"
    with pytest.raises(InstallError, match=f"go back to the version before: {said}"):
        rauc.take_back(silently)


def test_a_machine_that_nobody_can_restart_is_told(fake: FakeSite) -> None:
    rauc = fake.boot()
    rauc.install(*fake.bundle("2.0"), silently)
    assert fake.logind is not None
    fake.logind.close()
    with pytest.raises(
        InstallError, match=r"the machine cannot be restarted \(.*systemd1.*\); see journalctl --boot, restart it by hand, and try again"
    ):
        rauc.start(silently)
    fake.logind = None
    assert (fake.loader.primary, unproven(fake)) == ("A", "")


def test_a_slot_that_came_empty_from_the_factory_is_none_to_go_back_to(site: Site) -> None:
    site.loader.mark("B", "good")
    rauc = site.boot()
    assert rauc.before() == ""
    with pytest.raises(InstallError, match=r"slot rootfs.1 is none to go back to: nothing is known to be in it"):
        rauc.take_back(silently)
    assert site.loader.primary == "A"


def test_a_machine_that_does_not_restart_is_told(fake: FakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart, "END_S", 1)
    rauc = fake.boot()
    rauc.install(*fake.bundle("2.0"), silently)
    assert fake.logind is not None
    monkeypatch.setattr(fake.logind, "after", lambda member: None)
    with pytest.raises(InstallError, match="the machine was asked to restart, but has not within 1 s"):
        rauc.start(silently)
