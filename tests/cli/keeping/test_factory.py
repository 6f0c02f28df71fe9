"""A factory reset: refused, or done to the end, at whichever step the power is cut."""

from pathlib import Path

import pytest

from chargepoint.cli.keeping import factory, journal
from chargepoint.cli.keeping.journal import Journal
from chargepoint.inquiry.keeping import ResetSeen
from chargepoint.station import fresh
from chargepoint.web import accounts
from chargepoint.web.wizard.ports import Progress
from tests.cli.keeping.played import NEW, House, Played, every_cut, grep, states
from tests.cli.keeping.power import Power


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def reset(house: House, power: Power | None = None) -> tuple[list[Progress], Played]:
    played = house.station(power)
    played.lived_in("04A1B2C3")
    played.place.previous.write_text("password = 'swordfish'")
    journal.keep(house.web, Journal(text=NEW + "# swordfish"))
    return house.told(lambda _: factory.reset(house.place, house.web, factory.new("anna", False)), played), played


def test_it_is_finished_by_whoever_starts_next_at_whichever_step_it_was_cut(tmp_path: Path) -> None:
    ends = set()
    for house in every_cut(lambda house, power: reset(house, power) and None, tmp_path):
        wanted = factory.marked(house.web) is not None
        _, played = house.after_a_cut()
        gone = not house.place.file.exists()
        ends.add(gone)
        assert gone == wanted
        if gone:
            assert house.place.config.is_symlink(), "the link is the package's"
            assert (played.cards, played.key.exists(), (house.web / accounts.FILE).exists()) == ([], False, False)
            assert grep(house.folder, "swordfish") == []
            assert grep(house.folder, "04A1B2C3") == []
            assert [path for part in (house.web, played.own) for path in part.glob("factory-reset.json")] == []
            with played.store() as store:
                assert [line.kind for line in store.security_log.every()] == ["SecurityLogWasCleared"]
    assert ends == {False, True}


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (ResetSeen(outcome="listed", running=(2,)), "somebody charges at EVSE 2"),
        (ResetSeen(outcome="listed", messages=3), "would never be billed"),
    ],
)
def test_what_stands_in_its_way_leaves_no_mark(seen: ResetSeen, said: str, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Played, "seen", seen)
    told, played = reset(house)
    assert states(told) == ["refused"]
    assert said in told[0].text
    assert factory.marked(house.web) is None
    assert not (played.own / fresh.MARKER).exists()
    assert played.cards == ["04A1B2C3"]
