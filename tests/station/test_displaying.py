"""Text displays of a station at work."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from chargepoint import texts
from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import LocalListEntry, Outcome, RequestStart, SendLocalList
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import IdToken
from chargepoint.domain.panel_words import WORDS
from chargepoint.station.displaying import Displaying, Place
from hal.errors import DeviceError
from hal.measured import TokenSeen
from tests import virtual_time
from tests.station.rig import Game, play

LOCK = Fault("lock_failed", "connector_lock_failure")


class PlayedDisplay:
    """Two lines of sixteen, and what stood on them."""

    columns, rows = 16, 2

    def __init__(self) -> None:
        self.shown: list[tuple[str, ...]] = []
        self.shown_at_s: list[float] = []
        self.tries = 0
        self.lit = True
        self.gone = False
        self.error: type[Exception] = DeviceError
        self.closed = False

    async def show(self, lines: Sequence[str], *, lit: bool = True) -> None:
        """As a driver does."""
        self.tries += 1
        if self.gone:
            raise self.error("display.test on /dev/ttyUSB3: gone; plug it in again")
        self.shown.append(tuple(lines))
        self.shown_at_s.append(virtual_time.now_s())
        self.lit = lit

    def close(self) -> None:
        """As a driver does."""
        self.closed = True

    @property
    def headline(self) -> str:
        """What is on its first line."""
        return self.shown[-1][0] if self.shown else ""


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> PlayedDisplay:
    """At every station of the test."""
    made, init = PlayedDisplay(), Displaying.__init__
    monkeypatch.setattr(Displaying, "__init__", lambda self, places, *rest: init(self, [Place(made)], *rest))
    return made


def test_a_driver_reads_where_he_is_from_plugging_in_to_leaving(tmp_path: Path, screen: PlayedDisplay) -> None:
    async def script(game: Game) -> None:
        await game.until(lambda: screen.headline == "Plug in")
        game.control.plug()
        await game.until(lambda: screen.headline == "Show your card")
        await game.swipe()
        await game.until(lambda: screen.headline == "Wait for car", 5)
        game.control.charge()
        await game.until(lambda: screen.headline == "Charging")
        game.control.measure(3_340, 7_360)
        await game.until(lambda: screen.shown[-1][1] == "7.4kW 2.34kWh")
        await game.swipe()
        game.control.open(3_340)
        await game.until(lambda: screen.headline == "Please unplug")
        game.control.unplug(3_340)
        await game.until(lambda: screen.headline == "Plug in")

    play(script, tmp_path / "store")
    assert screen.closed


def test_a_display_is_written_to_twice_a_second_at_most(tmp_path: Path, screen: PlayedDisplay) -> None:
    async def script(game: Game) -> None:
        await game.until(lambda: screen.headline == "Plug in")
        for number in range(40):
            game.reader.present(TokenSeen(f"AA{number:02}"))
        await game.until(lambda: len(screen.shown) > 40)

    play(script, tmp_path / "store")
    assert all(later - earlier >= 0.49 for earlier, later in zip(screen.shown_at_s, screen.shown_at_s[1:], strict=False))


@pytest.mark.parametrize("error", [DeviceError, KeyError])
def test_a_display_that_is_gone_or_broken_disturbs_nobody_and_is_found_again(
    error: type[Exception], tmp_path: Path, screen: PlayedDisplay
) -> None:
    async def script(game: Game) -> None:
        screen.gone, screen.error = True, error
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await game.until(lambda: screen.tries > 5)
        assert game.transaction is not None
        screen.gone = False
        await game.until(lambda: screen.headline == "Charging", 6)

    play(script, tmp_path / "store")


def test_a_driver_whose_plug_does_not_lock_reads_what_to_do(tmp_path: Path, screen: PlayedDisplay) -> None:
    """G05.FR.04."""
    advice = texts.of("en").text(LOCK.row.driver).split()

    async def script(game: Game) -> None:
        game.control.plug()
        game.control.fail(LOCK)
        await game.until(lambda: set(advice) <= {word for lines in screen.shown for line in lines for word in line.split()}, 60)

    play(script, tmp_path / "store")


def test_the_light_goes_out_when_nobody_is_there_and_on_again_when_somebody_comes(tmp_path: Path, screen: PlayedDisplay) -> None:
    async def script(game: Game) -> None:
        await game.until(lambda: not screen.lit, 400)
        assert virtual_time.now_s() > 290
        game.control.plug()
        await game.until(lambda: screen.lit, 2)

    play(script, tmp_path / "store")


def test_the_language_is_that_of_the_stations_displays(tmp_path: Path, screen: PlayedDisplay) -> None:
    async def script(game: Game) -> None:
        await game.until(lambda: screen.headline == "Einstecken")

    play(script, tmp_path / "store", keys={"SupportedLanguages": "de,en", "Language": "de"})


@pytest.mark.parametrize(
    ("languages", "language"),
    [((), "de"), (("fr", "nl"), "fr"), (("xx", "nl-BE"), "nl"), (("xx", "yy"), "en")],
)
@pytest.mark.parametrize("status", [AuthorizationStatus.ACCEPTED, AuthorizationStatus.NO_CREDIT])
def test_a_driver_reads_his_own_language_if_the_csms_tells_it(
    tmp_path: Path, screen: PlayedDisplay, languages: tuple[str, ...], language: str, status: AuthorizationStatus
) -> None:
    """C01.FR.08, C01.FR.09, C01.FR.12, C01.FR.13."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(status, languages=languages)
        game.control.plug()
        await game.until(lambda: screen.headline == texts.of("de").text(WORDS["authorise"], "display"))
        screen.shown.clear()
        await game.swipe(TokenSeen("04A1"))
        told = "accepted" if status is AuthorizationStatus.ACCEPTED else "refused"
        wanted = texts.of(language).text(WORDS[told], "display")
        await game.until(lambda: wanted in {lines[0] for lines in screen.shown})

    play(script, tmp_path / "store", keys={"SupportedLanguages": "de,en", "Language": "de"})


@pytest.mark.parametrize("listed", [True, False])
def test_he_reads_what_whoever_accepted_his_card_has_to_say_to_him(tmp_path: Path, screen: PlayedDisplay, listed: bool) -> None:
    async def script(game: Game) -> None:
        greeted = TokenInfo(AuthorizationStatus.ACCEPTED, message="Hello again")
        if listed:
            await game.station.obey(SendLocalList(1, True, (LocalListEntry(IdToken("04A1"), greeted),)))
        else:
            game.csms.token = greeted
        game.control.plug()
        await game.swipe(TokenSeen("04A1"))
        game.control.charge()
        await game.until(lambda: any("Hello again" in line for line in screen.shown[-1]))

    play(script, tmp_path / "store", keys={"LocalPreAuthorize": "true" if listed else "false"})


def test_whoever_is_refused_reads_what_was_said_to_him_and_the_next_one_does_not(tmp_path: Path, screen: PlayedDisplay) -> None:
    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.NO_CREDIT, languages=("fr",), message="Call 112233")
        game.control.plug()
        await game.swipe(TokenSeen("04A1"))
        await game.until(lambda: screen.shown[-1] == (texts.of("fr").text(WORDS["refused"], "display"), "Call 112233"))
        game.csms.lose()
        await game.swipe(TokenSeen("04B2"))
        await asyncio.sleep(1)
        assert screen.shown[-1] == (texts.of("en").text(WORDS["refused"], "display"), "")

    play(script, tmp_path / "store")


def test_his_language_may_be_told_only_with_the_answer_to_his_transaction(tmp_path: Path, screen: PlayedDisplay) -> None:
    """C01.FR.08: of a remote start, say."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, languages=("fr",))
        game.control.plug()
        reply, _ = await game.station.obey(RequestStart(IdToken("X", "Central"), 5, 1))
        assert isinstance(reply, Outcome)
        game.control.charge()
        await game.until(lambda: screen.headline == texts.of("fr").text(WORDS["charging"], "display"))

    play(script, tmp_path / "store")
