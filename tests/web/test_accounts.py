"""The file of accounts, and the page about it."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from chargepoint.web.accounts import LONGEST_GRANT, AccountError, Accounts
from chargepoint.web.pages import TABLE
from chargepoint.web.roles import MAY, covers
from tests.web.browser import OTHER, PASSWORD, START, Rig, visiting


def test_only_its_owner_can_read_the_file_and_another_writer_is_seen_at_once(tmp_path: Path) -> None:
    accounts, other = Accounts(tmp_path), Accounts(tmp_path)
    accounts.put("Owner", "owner", "hash", START)
    assert (tmp_path / "accounts.json").stat().st_mode & 0o777 == 0o600
    found = other.find(" OWNER ")
    assert found is not None
    other.put("helper", "technician", "hash", START, timedelta(hours=1))
    assert [account.name for account in accounts.all()] == ["helper", "owner"]


def test_nobody_is_lost_when_several_write_at_once(tmp_path: Path) -> None:
    def write(begin: int) -> None:
        for number in range(begin, begin + 10):
            Accounts(tmp_path).put(f"name{number}", "viewer", "hash", START)

    writers = [threading.Thread(target=write, args=(begin,)) for begin in (0, 10, 20, 30)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(Accounts(tmp_path).all()) == 40


@pytest.mark.parametrize("name", ["", "-a", "a b", "../etc", "a" * 33, "ünal", "a\nb", "a/b", "\x00"])
def test_names_that_a_path_or_a_log_would_not_like_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(AccountError, match="expected a name"):
        Accounts(tmp_path).put(name, "viewer", "hash", START)


def test_the_last_owner_stays_and_no_access_is_longer_than_three_days(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.put("owner", "owner", "hash", START)
    with pytest.raises(AccountError, match="last owner"):
        accounts.remove("owner")
    with pytest.raises(AccountError, match="last owner"):
        accounts.put("owner", "viewer", "hash", START)
    with pytest.raises(AccountError, match="up to 72 hours"):
        accounts.put("helper", "technician", "hash", START, LONGEST_GRANT + timedelta(seconds=1))
    with pytest.raises(AccountError, match="does not end"):
        accounts.put("second", "owner", "hash", START, timedelta(hours=1))
    with pytest.raises(AccountError, match="no such account; there are owner"):
        accounts.remove("nobody")
    assert [account.name for account in accounts.all()] == ["owner"]


def test_a_disk_that_cannot_be_written_is_told_and_changes_nothing(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "missing")
    with pytest.raises(AccountError, match="cannot be written"):
        accounts.put("owner", "owner", "hash", START)


def test_an_owner_gives_access_for_a_time_and_takes_it_back(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        owner = await rig.inside("owner")
        form = {"new": "yes", "name": "Helper", "role": "technician", "hours": "24", "password": OTHER, "again": OTHER}
        assert (await owner.post("/accounts/put", form)).status == 303
        page = await owner.get("/accounts")
        assert "helper may come in as technician for 24 hours." in page.text
        assert "Until 2026-11-24 12:00:00 UTC" in page.text
        assert "may come in as" not in (await owner.get("/accounts")).text
        helper = rig.browser("192.0.2.8")
        assert (await helper.log_in("helper", OTHER)).status == 303
        assert (await owner.post("/accounts/end-sessions", {"name": "helper"})).status == 303
        assert (await helper.get("/me")).status == 303
        assert (await owner.post("/accounts/remove", {"name": "helper"})).status == 303
        assert (await helper.log_in("helper", OTHER)).status == 403

    visiting(story, tmp_path)


def test_access_is_proposed_for_a_time_and_stays_for_ever_where_it_was(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        owner = await rig.inside("owner")
        rig.add("helper", "technician", timedelta(hours=1))
        page = (await owner.get("/accounts")).text
        chosen = dict(re.findall(r'<select id="hours-([a-z]+)".*?<option value="(\d*)" selected>', page, re.DOTALL))
        assert chosen == {"helper": "72", "new": "72", "owner": "", "technician": "", "viewer": ""}

    visiting(story, tmp_path)


def test_what_a_viewer_may_not_see_is_said() -> None:
    """The titles of the menu, as words of a sentence."""
    unseen = {page.title.lower() for page in TABLE if page.title and not covers("viewer", page.sees)}
    for title in unseen - {"accounts"}:
        assert title.replace("set up", "set-up") in MAY["viewer"]


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"role": "king"}, 400, "expected one of viewer, technician, owner"),
        ({"name": "viewer"}, 409, "There is an account viewer already"),
        ({"name": "../x"}, 409, "expected a name"),
        ({"hours": "73"}, 409, "up to 72 hours"),
        ({"hours": "0"}, 409, "up to 72 hours"),
        ({"role": "owner", "hours": "4"}, 409, "does not end"),
        ({"password": "helper-helper-1", "again": "helper-helper-1"}, 400, "too easy"),
        ({"again": PASSWORD}, 400, "not the same"),
    ],
)
def test_what_cannot_be_is_said_and_not_done(change: dict[str, str], status: int, told: str, tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        owner = await rig.inside("owner")
        form = {"new": "yes", "name": "helper", "role": "technician", "password": OTHER, "again": OTHER}
        answer = await owner.post("/accounts/put", form | change)
        assert (answer.status, told in answer.text) == (status, True)
        assert len(rig.house.accounts.all()) == 3
        last = await owner.post("/accounts/remove", {"name": "owner"})
        assert (last.status, "last owner" in last.text) == (409, True)

    visiting(story, tmp_path)
