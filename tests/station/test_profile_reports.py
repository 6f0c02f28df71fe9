"""GetChargingProfiles at a station: what is installed, told part by part (OCPP 2.0.1 K09)."""

import asyncio

import pytest

from chargepoint.domain.charging_profile import LimitSource
from chargepoint.domain.commands import GetBaseReport, GetChargingProfiles, Outcome, SetChargingProfile, Verdict
from chargepoint.domain.notifications import (
    Answer,
    BootAnswer,
    BootNotification,
    Notification,
    NotifyReport,
    Registration,
    ReportChargingProfiles,
)
from chargepoint.inquiry.external_limits import LimitPeriod, SetExternalLimit
from chargepoint.station import profile_reports
from chargepoint.station.csms import CsmsRefused
from chargepoint.station.reports import MOST
from tests.station.rig import MIDNIGHT, Game, PlayedCsms, play
from tests.station.test_limiting import STATION_MAX, obey
from tests.station.test_reserving_several import TWO
from tests.station.test_strict_profiles import accepted, profile

ACCEPTED = Outcome(Verdict.ACCEPTED)
CSO, EMS = LimitSource.CSO, LimitSource.EMS


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


async def asked(game: Game, request_id: int) -> Outcome:
    """For all profiles; the parts follow the answer."""
    outcome, send = await game.station.obey(GetChargingProfiles(request_id=request_id))
    assert isinstance(outcome, Outcome)
    if send is not None:
        send()
    return outcome


async def fill(game: Game, count: int) -> None:
    """So many defaults of EVSE 1, one above the other."""
    for level in range(count):
        new = profile((0, 16.0), id=level + 1, stack_level=level)
        assert (await obey(game, SetChargingProfile(1, new))).verdict is Verdict.ACCEPTED


def parts(game: Game) -> list[ReportChargingProfiles]:
    return [part for part in game.csms.of(ReportChargingProfiles) if isinstance(part, ReportChargingProfiles)]


def ended(game: Game) -> list[int]:
    """The numbers of the requests whose last part was told."""
    return [part.request_id for part in parts(game) if not part.to_be_continued]


def test_each_part_is_of_one_evse_and_one_source_and_all_but_the_last_say_that_more_come() -> None:
    """K09.FR.01, K09.FR.02, K09.FR.06"""

    async def script(game: Game) -> None:
        await fill(game, profile_reports.PROFILES + 1)
        await accepted(game, profile((0, 10.0), id=20), evse=2)
        await accepted(game, profile((0, 50.0), id=21, purpose=STATION_MAX), evse=0)
        for evse in (2, None):
            wanted = SetExternalLimit(periods=(LimitPeriod(start_s=0, limit=40.0),), evse=evse)
            assert (await game.station.external_limits.set(wanted)).outcome == "set"
        assert await asked(game, 7) == ACCEPTED
        await game.until(lambda: ended(game))
        told = parts(game)
        assert {part.request_id for part in told} == {7}
        assert [(part.evse, part.source) for part in told] == [(0, CSO), (0, EMS), (1, CSO), (1, CSO), (2, CSO), (2, EMS)]
        assert [part.to_be_continued for part in told] == [True] * 5 + [False]
        assert [each.id for part in told for each in part.profiles if part.source is CSO] == [21, *range(1, 7), 20]

    play(script, evses=TWO)


def test_what_is_asked_for_while_the_boot_is_pending_is_told_when_it_is_accepted_and_keeps_no_other_report_waiting() -> None:
    """B02.FR.02, K09.FR.01: as many as may wait keep no report of the device model from being asked for."""

    async def script(game: Game) -> None:
        game.csms.boot = BootAnswer(Registration.PENDING, 60, MIDNIGHT)
        game.csms.connect()
        await game.until(lambda: game.station.registration is Registration.PENDING)
        await fill(game, 1)
        assert [await asked(game, number) for number in range(MOST)] == [ACCEPTED] * MOST
        reply, send = await game.station.obey(GetBaseReport(1, "SummaryInventory"))
        assert reply == ACCEPTED
        assert send is not None
        send()
        await asyncio.sleep(10)
        assert [type(said) for _, said in game.csms.asked] == [BootNotification, NotifyReport]
        game.csms.boot = BootAnswer(Registration.ACCEPTED, 60, MIDNIGHT)
        await game.until(lambda: len(ended(game)) == MOST, 90)
        assert ended(game) == list(range(MOST))

    play(script, connected=False)


def test_reports_of_more_than_a_hundred_parts_arrive_whole_and_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """K09.FR.01, K09.FR.02, also two of one number: the standard forbids none of them, and NoProfiles would be a lie."""
    monkeypatch.setattr(profile_reports, "PROFILES", 1)

    async def script(game: Game) -> None:
        await fill(game, 60)
        assert [await asked(game, number) for number in (7, 8, 7)] == [ACCEPTED] * 3
        await game.until(lambda: len(ended(game)) == 3)
        assert [part.request_id for part in parts(game)] == [7] * 60 + [8] * 60 + [7] * 60
        assert [each.id for part in parts(game) for each in part.profiles] == [*range(1, 61)] * 3
        assert ended(game) == [7, 8, 7]

    play(script)


def test_so_many_reports_wait_and_no_more() -> None:
    async def script(game: Game) -> None:
        await fill(game, 1)
        ask, held = game.csms.ask, asyncio.Event()

        async def wait(notification: Notification, message_id: str | None = None) -> Answer:
            if isinstance(notification, ReportChargingProfiles):
                await held.wait()
            return await ask(notification, message_id)

        game.csms.ask = wait  # type: ignore[method-assign]
        assert [await asked(game, number) for number in range(MOST)] == [ACCEPTED] * MOST
        refused = await asked(game, 99)
        assert (refused.verdict, refused.reason_code) == (Verdict.REJECTED, "OutOfMemory")
        held.set()
        await game.until(lambda: ended(game) == list(range(MOST)))
        assert await asked(game, 99) == ACCEPTED
        await game.until(lambda: ended(game)[-1] == 99)

    play(script)


@pytest.mark.parametrize("fails", ["connection", "answer"])
def test_a_report_that_breaks_off_is_not_gone_on_with(fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not got all of it asks again."""
    monkeypatch.setattr(profile_reports, "PROFILES", 1)

    async def script(game: Game) -> None:
        def fail(notification: Notification) -> Answer:
            if isinstance(notification, ReportChargingProfiles) and notification.request_id == 7:
                if fails == "answer":
                    raise CsmsRefused("InternalError")
                game.csms.lose()
            return game.csms.kindly(notification)

        await fill(game, 3)
        game.csms.answer = fail
        await asked(game, 7)
        await game.until(lambda: parts(game))
        if fails == "connection":
            game.csms.connect()
        await asyncio.sleep(5)
        assert await asked(game, 8) == ACCEPTED
        await game.until(lambda: ended(game))
        assert [part.request_id for part in parts(game)] == [7, 8, 8, 8]

    play(script)
