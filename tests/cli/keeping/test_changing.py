"""A new configuration, and a restore: proved, or taken back; whatever ends in the middle, and at whichever step."""

import asyncio
import os
from collections.abc import AsyncGenerator, Collection
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.cli.applying import HOLD_S, MODE, Place
from chargepoint.cli.keeping import changing, factory, journal
from chargepoint.cli.keeping.journal import Journal
from chargepoint.inquiry.keeping import KeptCard, Parts, Secrets
from chargepoint.inquiry.restarting import Processes
from chargepoint.web.keeping import Looked
from chargepoint.web.wizard.ports import Progress
from tests.cli.keeping.played import NEW, OLD, House, Played, every_cut, states
from tests.cli.keeping.power import Power
from tests.virtual_time import now_s

PARTS = Parts(cards=(KeptCard(number="04A1B2C3"),))
SECRETS = Secrets(keys={"identity/a.key": "04A1B2C3"})
LOOKED = Looked(station="cp002", made="", release="", contents=(), text=NEW, parts=PARTS, secrets=SECRETS)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def changed(house: House, text: str = NEW, power: Power | None = None, **facts: Any) -> tuple[list[Progress], Played]:
    played = house.station(power, **facts)
    return house.told(lambda _: changing.change(house.place, house.web, Journal(text=text)), played), played


def restoring(house: House, power: Power | None = None, **facts: Any) -> tuple[list[Progress], Played]:
    played = house.station(power, **facts)
    played.lived_in("04FFFFFF")
    return house.told(lambda _: changing.restore(house.place, house.web, LOOKED, "anna"), played), played


def test_both_come_up_and_the_old_one_is_kept(house: House) -> None:
    told, played = changed(house)
    assert states(told) == ["saved", "restarting", "up"]
    assert house.place.config.is_symlink(), "where it leads is replaced, not the link"
    assert (house.place.file.read_text(), house.place.previous.read_text()) == (NEW, OLD)
    assert os.stat(house.place.file).st_mode & 0o777 == MODE
    assert played.restarts == 1
    assert journal.kept(house.web) is None


@pytest.mark.parametrize("which", ["station", "control"])
def test_what_does_not_come_up_is_put_back(which: str, house: House) -> None:
    told, played = changed(house, bad=("cp002", which))
    assert states(told) == ["saved", "restarting", "failed", "put back"]
    assert which in told[-1].text.lower()
    assert house.place.file.read_text() == OLD
    assert played.restarts == 2


def test_a_station_that_was_only_slow_is_told_to_go_back_as_well(house: House) -> None:
    told, played = changed(house, slow_s=45.0)
    assert states(told) == ["saved", "restarting", "failed", "put back"]
    assert played.restarts == 2


def test_whoever_charges_is_waited_for_and_only_then_time_counts(house: House) -> None:
    told, _ = changed(house, busy_s=3600.0)
    assert states(told) == ["saved", "waiting", "restarting", "up"]


def called_off(house: House, played: Played, after_s: float, **how: Any) -> list[Progress]:
    """Somebody does not want to wait any longer."""

    async def story(_: Played) -> AsyncGenerator[Progress, None]:
        off = asyncio.Event()
        asyncio.get_running_loop().call_later(after_s, off.set)
        rest = changing.resume(house.place, house.web, off=off)
        async for told in rest[1] if rest else changing.change(house.place, house.web, Journal(text=NEW), off=off):
            yield told

    return house.told(story, played, **how)


def test_whoever_waits_for_a_car_can_call_it_off_and_nothing_of_it_stays(house: House) -> None:
    played = house.station(busy_s=3600.0)
    told = called_off(house, played, 600.0, then_s=4000.0)
    assert states(told) == ["saved", "waiting", "failed", "put back"]
    assert "called off" in told[-1].text
    assert house.place.file.read_text() == OLD
    assert journal.kept(house.web) is None
    assert played.there, "they have begun anew when the car had left, with the old one"


def test_what_has_left_for_the_new_one_is_not_called_off_any_more(house: House) -> None:
    assert states(called_off(house, house.station(), 1.0)) == ["saved", "restarting", "up"]
    assert house.place.file.read_text() == NEW


def test_control_that_has_left_at_the_very_moment_when_it_was_called_off_hears_of_it(house: House) -> None:
    played = house.station(busy_s=3600.0)

    async def story(_: Played) -> AsyncGenerator[Progress, None]:
        off = asyncio.Event()
        async for told in changing.change(house.place, house.web, Journal(text=NEW), off=off):
            yield told
            if told.state == "waiting":
                off.set()
            elif told.state == "failed":
                played.now = Processes(station="s1", control="")
                there = Processes(station="s1", control="with the new one")
                asyncio.get_running_loop().call_later(2.0, setattr, played, "now", there)

    assert states(house.told(story, played))[-1] == "put back"
    assert played.told == ["c1", "with the new one"]


def test_a_power_cut_while_it_is_called_off_takes_it_back_as_well(tmp_path: Path) -> None:
    def story(house: House, power: Power) -> None:
        called_off(house, house.station(power, busy_s=3600.0), 5.0)

    ends = set()
    for house in every_cut(story, tmp_path):
        _, played = house.after_a_cut()
        ends.add(house.place.file.read_text())
        assert played.there
        assert played.now.control
    assert ends == {OLD, NEW}, "what was cut before somebody called it off goes on"


def test_what_goes_on_during_an_installation_waits_for_its_end(house: House) -> None:
    journal.keep(house.web, Journal(text=NEW, before=OLD.encode()))
    house.place.file.write_text(NEW)
    told, _ = house.after_a_cut(installs_s=1000.0)
    assert states(told) == ["saved", "waiting", "restarting", "up"]
    assert "an installation is under way" in told[1].text
    assert house.place.file.read_text() == NEW


def test_an_installation_without_end_is_not_waited_for_for_ever_and_both_run_with_what_is_there(house: House) -> None:
    journal.keep(house.web, Journal(text=NEW, before=OLD.encode()))
    house.place.file.write_text(NEW)
    told, played = house.after_a_cut(installs_s=1.5 * HOLD_S)
    assert states(told) == ["saved", "waiting", "failed", "put back"]
    assert house.place.file.read_text() == OLD
    assert played.starts == 3, "they have heard of it when the installation was over"


def test_what_is_called_off_during_an_installation_is_told_to_both_at_its_end(house: House) -> None:
    journal.keep(house.web, Journal(text=NEW, before=OLD.encode()))
    house.place.file.write_text(NEW)
    played = house.station(installs_s=1000.0)
    assert states(called_off(house, played, 60.0, then_s=30.0)) == ["saved", "waiting", "failed", "put back"]
    assert house.place.file.read_text() == OLD
    assert played.starts == 2


def test_a_bad_one_and_a_restart_that_is_refused_change_nothing(house: House) -> None:
    told, played = changed(house, NEW.replace("63", "-63"))
    assert states(told) == ["refused"]
    assert "site.fuse_a" in told[0].text
    assert (house.place.file.read_text(), played.restarts) == (OLD, 0)
    told, _ = changed(house, refuses=True)
    assert states(told) == ["saved", "failed", "put back"]
    assert house.place.file.read_text() == OLD


def test_the_first_one_has_nobody_to_restart_and_nothing_to_go_back_to(house: House) -> None:
    house.place.file.unlink()
    told, played = changed(house, there=False, managed=False)
    assert states(told) == ["saved", "restarting", "failed"]
    assert house.place.file.read_text() == NEW
    assert not house.place.previous.exists()
    assert played.restarts == 0
    assert journal.kept(house.web) is None


def test_a_folder_that_cannot_be_written_is_named(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    place = Place(tmp_path / "file" / "station.toml", "nowhere")
    told = house.told(lambda _: changing.change(place, house.web, Journal(text=NEW)), house.station())
    assert states(told) == ["refused"]
    assert "cannot be written" in told[0].text
    assert journal.kept(house.web) is None


def test_one_at_a_time_whoever_begins_it_and_none_after_a_factory_reset_was_begun(house: House) -> None:
    with journal.held(house.web) as mine:
        assert mine
        told, _ = changed(house)
        assert states(told) == ["refused"]
        assert "by the pages or at a terminal" in told[0].text
        reset = house.told(lambda _: factory.reset(house.place, house.web, factory.new("anna", False)), house.station())
        assert states(reset) == ["refused"]
    factory.mark(house.web, factory.new("anna", False))
    assert "factory reset" in changed(house)[0][0].text
    assert house.place.file.read_text() == OLD


# Restore


def test_a_restore_gives_the_station_its_parts_once_it_runs_with_the_file(house: House) -> None:
    told, played = restoring(house)
    assert states(told) == ["saved", "restarting", "restarting", "up"]
    assert (house.place.file.read_text(), played.cards, played.key.read_text()) == (NEW, ["04A1B2C3"], "04A1B2C3")


def test_a_restore_that_leaves_something_out_says_so_at_its_end_too(house: House) -> None:
    assert restoring(house)[0][-1].text.startswith("Everything is restored")
    lacking = msgspec.structs.replace(LOOKED, problems=(("variables", "Gone.Variable: this station has none"),))
    told = house.told(lambda _: changing.restore(house.place, house.web, lacking, "anna"), house.station())
    assert states(told)[-1] == "up"
    assert "Everything" not in told[-1].text
    assert "variables: Gone.Variable: this station has none" in told[-1].text


def test_a_station_that_has_no_room_says_so(house: House) -> None:
    told, _ = restoring(house, full=True)
    assert states(told)[-1] == "failed"
    assert "no room on this disk; then restore the backup once more" in told[-1].text


def test_an_installation_that_begins_in_between_is_waited_for_as_well(house: House) -> None:
    journal.keep(house.web, Journal(text=NEW, before=OLD.encode(), parts=PARTS))
    house.place.file.write_text(NEW)
    told, played = house.after_a_cut(installs_from_s=1.0, installs_s=900.0)
    assert states(told) == ["saved", "restarting", "restarting", "up"]
    assert "an installation is under way" in told[2].text
    assert played.cards == ["04A1B2C3"]


def test_what_does_not_fit_here_changes_nothing(house: House) -> None:
    refused = msgspec.structs.replace(LOOKED, refused=("hal: no such board",))
    told = house.told(lambda _: changing.restore(house.place, house.web, refused, "anna"), house.station())
    assert states(told) == ["refused"]
    assert house.place.file.read_text() == OLD


# The power is cut


@pytest.mark.parametrize("bad", ["", "station", "control"])
def test_a_change_that_is_cut_at_any_step_is_proved_or_taken_back(bad: str, tmp_path: Path) -> None:
    facts: dict[str, Any] = {"bad": ("cp002", bad)} if bad else {}
    ends = set()
    for house in every_cut(lambda house, power: changed(house, power=power, **facts) and None, tmp_path):
        begun = (house.web / journal.FILE).exists()
        told, played = house.after_a_cut(**facts)
        text = house.place.file.read_text()
        ends.add(text)
        assert text == OLD or (text == NEW and not bad)
        assert played.there
        assert played.now.control
        assert not begun or states(told)[-1] == ("put back" if bad else "up")
        if text == NEW:
            assert house.place.previous.read_text() == OLD
    assert ends == ({OLD} if bad else {OLD, NEW})


@pytest.mark.parametrize("bad", ["", "control"])
def test_a_restore_that_is_cut_at_any_step_is_done_to_the_end_or_not_at_all(bad: str, tmp_path: Path) -> None:
    facts: dict[str, Any] = {"bad": ("cp002", bad)} if bad else {}
    ends = set()
    for house in every_cut(lambda house, power: restoring(house, power, **facts) and None, tmp_path):
        _, played = house.after_a_cut(**facts)
        ends.add((house.place.file.read_text(), *played.cards, played.key.read_text()))
    assert ends == {(OLD, "04FFFFFF", "04FFFFFF"), *(() if bad else [(NEW, "04A1B2C3", "04A1B2C3")])}


def test_what_the_computer_falls_over_again_and_again_is_taken_back_untried(house: House) -> None:
    journal.keep(house.web, Journal(text=NEW, before=OLD.encode(), tries=changing.MOST_TRIES))
    house.place.file.write_text(NEW)
    told, _ = house.after_a_cut()
    assert states(told) == ["put back"]
    assert house.place.file.read_text() == OLD


def test_each_start_counts(house: House) -> None:
    for tries in (1, 2):
        power = Power()

        async def story(played: Played, power: Power = power) -> AsyncGenerator[Progress, None]:
            rest = changing.resume(house.place, house.web)
            async for told in rest[1] if rest else changing.change(house.place, house.web, Journal(text=NEW)):
                yield told
                if told.state == "restarting":
                    power.cut_at = power.steps

        house.told(story, house.station(power))
        kept = journal.kept(house.web)
        assert kept is not None
        assert kept.tries == tries


def test_whoever_mends_the_file_by_hand_after_the_cut_has_the_last_word(house: House) -> None:
    journal.keep(house.web, Journal(text=NEW, before=OLD.encode()))
    house.place.file.write_text(OLD.replace("cp001", "cp009"))
    told, _ = house.after_a_cut()
    assert states(told) == ["refused"]
    assert "cp009" in house.place.file.read_text()


def test_a_journal_that_nobody_can_read_is_no_reason_to_do_anything(house: House) -> None:
    (house.web / journal.FILE).write_text("{")
    assert changing.resume(house.place, house.web) is None
    assert not (house.web / journal.FILE).exists()


def test_it_has_passwords_in_it_and_is_for_nobody_else(house: House) -> None:
    journal.keep(house.web, Journal(text=NEW))
    assert os.stat(house.web / journal.FILE).st_mode & 0o077 == 0
    assert "cp002" not in repr(journal.kept(house.web))


# Pages that move

MOVED = NEW + '[web]\nlisten = "127.0.0.1:9000"\n'


@pytest.mark.parametrize("found", [True, False])
def test_pages_that_move_are_found_or_everything_comes_back(found: bool, house: House) -> None:
    seen: list[Any] = []

    async def proof(moves: Collection[str]) -> AsyncGenerator[Progress, None]:
        seen.append((tuple(moves), now_s()))
        yield Progress("waiting", "go there")
        await asyncio.sleep(100)
        if not found:
            yield Progress("failed", "Nobody came.")

    told = house.told(lambda _: changing.change(house.place, house.web, Journal(text=MOVED, seen=True), proof), house.station())
    assert states(told) == ["saved", "restarting", "waiting", *(["up"] if found else ["failed", "put back"])]
    assert seen[0][0] == ("listen",)
    assert house.place.file.read_text() == (MOVED if found else OLD)
