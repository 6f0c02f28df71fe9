"""Reservations from ReserveNow to their end (1.6 §5.1, §5.13; TC_046 to TC_053)."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import CancelReservation, ChangeAvailability, Command, Outcome, RequestStart, ReserveNow, Verdict
from chargepoint.domain.configuration import ConnectorPart
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.notifications import Answer, Authorize, Notification, ReservationEnd, ReservationStatusUpdate
from chargepoint.domain.reservation import Reservation
from chargepoint.ocpp.v16.status import status_word
from chargepoint.station.csms import CsmsSilent
from chargepoint.store.store import Store
from hal.measured import TokenSeen
from tests.station import rig
from tests.station.rig import MIDNIGHT, Game, PlayedCsms, configuration, play, settings
from tests.station.test_faults import EMERGENCY_STOP, WELDED
from tests.station.test_judging import play_201
from tests.station.words_201 import messages, says, speak_201, statuses, token

OWNER, STRANGER = TokenSeen("04A1"), TokenSeen("04B2")
TOKEN, FAMILY = IdToken("04A1"), IdToken("FAMILY")
FAR = MIDNIGHT + timedelta(days=1)
OF_THE_FAMILY = TokenInfo(AuthorizationStatus.ACCEPTED, FAMILY)


def now(**more: Any) -> ReserveNow:
    """Connector 1 for a day, unless it is said otherwise. ``evse=None``: connector 0 of 1.6."""
    given: dict[str, Any] = {"id": 7, "token": TOKEN, "expires": FAR, "evse": 1, "connector": 1} | more
    return ReserveNow(**given | ({"connector": None} if given["evse"] is None else {}))


async def obey(game: Game, command: Command) -> Verdict:
    """As the CSMS does; what follows the answer is done, too."""
    reply, after = await game.station.obey(command)
    assert isinstance(reply, Outcome)
    if after is not None:
        after()
    await asyncio.sleep(0.5)
    return reply.verdict


def words(game: Game, connector: int = 1) -> list[str]:
    """What was told of a connector, in the words of 1.6, without repetitions."""
    told = [status_word(each.facts) for each in game.csms.statuses if not each.station and each.facts.connector.evse == connector]
    return [word for place, word in enumerate(told) if place == 0 or told[place - 1] != word]


def used(game: Game) -> list[int | None]:
    """The reservation of each transaction that was told."""
    return [event.reservation_id for event in game.csms.events if event.seq_no == 0]


def asked(game: Game) -> int:
    return len(game.csms.of(Authorize))


def speak_16(game: Game) -> None:
    """Connector status is told in the words of 1.6."""
    game.csms.status_word = status_word  # type: ignore[method-assign]


def played(script: Any, path: Path | str = ":memory:", **changes: Any) -> Game:
    async def in_16(game: Game) -> None:
        speak_16(game)
        await script(game)

    return play(in_16, path, **changes)


# One connector


def test_the_owner_charges_where_he_has_reserved_whether_card_or_cable_comes_first() -> None:
    """TC_046_1. H01.FR.03, H01.FR.15, H01.FR.23, H03.FR.01, H03.FR.10."""

    async def card_first(game: Game) -> None:
        assert await obey(game, now()) is Verdict.ACCEPTED
        await game.swipe(STRANGER)
        assert asked(game) == 0, "nobody else can charge here, whoever he is"
        await game.swipe(OWNER)
        game.control.plug()
        game.control.charge()
        await asyncio.sleep(1)
        assert words(game) == ["Available", "Reserved", "Preparing", "Charging"]

    async def cable_first(game: Game) -> None:
        await obey(game, now())
        game.control.plug()
        await asyncio.sleep(1)
        await game.swipe(STRANGER)
        assert game.transaction is None
        await game.swipe(OWNER)
        game.control.charge()
        await asyncio.sleep(1)
        assert words(game)[:2] == ["Available", "Reserved"]
        assert words(game)[-1] == "Charging"

    for script in (card_first, cable_first):
        game = played(script)
        assert used(game) == [7]
        assert game.store.reservations.all() == []


def test_somebody_who_plugs_in_at_a_reserved_connector_changes_nothing_even_after_the_time_out() -> None:
    async def script(game: Game) -> None:
        await obey(game, now())
        game.control.plug()
        await asyncio.sleep(100)
        assert words(game) == ["Available", "Reserved"]
        game.control.unplug(1000)
        await asyncio.sleep(1)
        assert words(game) == ["Available", "Reserved"]

    played(script)


def test_a_remote_start_needs_the_reserved_token() -> None:
    """TC_046_2."""

    async def script(game: Game) -> None:
        await obey(game, now())
        game.control.plug()
        await asyncio.sleep(0.5)
        assert await obey(game, RequestStart(IdToken("04B2"), evse=1)) is Verdict.REJECTED
        assert await obey(game, RequestStart(IdToken("04a1"))) is Verdict.ACCEPTED
        await asyncio.sleep(1)
        assert asked(game) == 0

    assert used(played(script)) == [7]


def test_a_reservation_that_expires_makes_the_connector_available_for_everybody() -> None:
    """TC_047. H04.FR.02, H04.FR.03."""

    async def script(game: Game) -> None:
        assert await obey(game, now(expires=MIDNIGHT + timedelta(seconds=30))) is Verdict.ACCEPTED
        await asyncio.sleep(27)
        assert words(game) == ["Available", "Reserved"]
        await asyncio.sleep(3)
        assert words(game) == ["Available", "Reserved", "Available"]
        await game.swipe(STRANGER)
        game.control.plug()
        await asyncio.sleep(1)

    assert used(played(script)) == [None]


def test_it_expires_by_the_time_of_day_when_the_clock_jumps_and_not_before_when_it_jumps_back() -> None:
    async def script(game: Game) -> None:
        await obey(game, now(expires=MIDNIGHT + timedelta(hours=1)))
        game.station.clock.correct(MIDNIGHT - timedelta(hours=5))
        await asyncio.sleep(3)
        assert words(game) == ["Available", "Reserved"]
        game.station.clock.correct(MIDNIGHT + timedelta(hours=2))
        await asyncio.sleep(1.5)
        assert words(game) == ["Available", "Reserved", "Available"]

    played(script)


def test_it_outlives_a_restart_of_the_station(tmp_path: Path) -> None:
    """B01.FR.13, B11.FR.05."""

    async def before(game: Game) -> None:
        await obey(game, now(group=FAMILY))

    async def after(game: Game) -> None:
        assert words(game) == ["Reserved"]
        assert await obey(game, now(id=8)) is Verdict.OCCUPIED
        game.csms.token = OF_THE_FAMILY
        await game.swipe(STRANGER)
        game.control.plug()
        await asyncio.sleep(1)

    played(before, tmp_path / "store")
    assert used(played(after, tmp_path / "store")) == [7]


def test_what_expired_while_the_station_was_off_is_not_there_any_more(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.commit():
        store.reservations.save(Reservation(id=7, token=TOKEN, expires=MIDNIGHT - timedelta(hours=1), evse=1))
    store.close()

    async def script(game: Game) -> None:
        assert words(game) == ["Available"]
        assert await obey(game, CancelReservation(7)) is Verdict.REJECTED

    played(script, tmp_path / "store")


def test_a_cancelled_one_is_over_and_an_unknown_one_cannot_be_cancelled() -> None:
    """TC_051, TC_052. H02.FR.01, H02.FR.02, H02.FR.03, H02.FR.04."""

    async def script(game: Game) -> None:
        await obey(game, now())
        assert await obey(game, CancelReservation(8)) is Verdict.REJECTED
        assert words(game) == ["Available", "Reserved"]
        assert await obey(game, CancelReservation(7)) is Verdict.ACCEPTED
        assert words(game) == ["Available", "Reserved", "Available"]
        game.control.plug()
        await game.swipe(STRANGER)

    assert used(played(script)) == [None]


def test_a_fault_ends_it_and_what_is_only_wrong_with_the_car_does_not() -> None:
    async def script(game: Game) -> None:
        await obey(game, now())
        game.control.plug(faults=(replace(WELDED, name="diode_failed", kind="ev_communication_error"),))
        await asyncio.sleep(2)
        assert len(game.store.reservations.all()) == 1
        game.control.fail(EMERGENCY_STOP)
        await asyncio.sleep(1)
        assert game.store.reservations.all() == []
        game.control.unplug(1000)
        game.control.fail()
        await asyncio.sleep(1)
        assert words(game)[-2:] == ["Faulted", "Available"]

    played(script)


@pytest.mark.parametrize("evse", [1, None])
def test_a_csms_of_2x_hears_that_a_fault_has_ended_it(evse: int | None) -> None:
    """H01.FR.16."""

    async def script(game: Game) -> None:
        await obey(game, now(evse=evse))
        game.control.fail(EMERGENCY_STOP)
        await asyncio.sleep(2)
        assert game.csms.of(ReservationStatusUpdate) == [ReservationStatusUpdate(7, ReservationEnd.REMOVED)]
        assert game.store.reservations.all() == []

    play_201(script)


def test_that_it_has_expired_is_told_although_the_line_and_then_the_power_were_gone(tmp_path: Path) -> None:
    """H04.FR.01."""

    async def made(game: Game) -> None:
        await obey(game, now(expires=MIDNIGHT + timedelta(seconds=30)))
        game.csms.lose()
        await asyncio.sleep(40)
        assert game.store.reservations.all() == []

    async def told(game: Game) -> None:
        kindly = game.csms.kindly

        def answer(notification: Notification) -> Answer:
            if isinstance(notification, ReservationStatusUpdate) and len(game.csms.of(ReservationStatusUpdate)) == 1:
                raise CsmsSilent
            return kindly(notification)

        game.csms.answer = answer
        game.csms.connect()
        await asyncio.sleep(60)
        assert game.csms.of(ReservationStatusUpdate) == [ReservationStatusUpdate(7, ReservationEnd.EXPIRED)] * 2, "once more, and no more"

    play_201(made, path=tmp_path / "store")
    play_201(told, path=tmp_path / "store", connected=False)


@pytest.mark.parametrize("where", [ChangeAvailability(False, 1, 1), ChangeAvailability(False, cascades=True)])
def test_taking_the_connector_out_of_operation_ends_it(where: ChangeAvailability) -> None:
    async def script(game: Game) -> None:
        await obey(game, now())
        assert await obey(game, where) is Verdict.ACCEPTED
        assert words(game) == ["Available", "Reserved", "Unavailable"]
        assert game.store.reservations.all() == []

    played(script)


def test_the_same_id_replaces_and_another_finds_the_connector_occupied() -> None:
    """H01.FR.02."""

    async def script(game: Game) -> None:
        await obey(game, now())
        assert await obey(game, now(id=8)) is Verdict.OCCUPIED, "for the same token, too"
        assert await obey(game, now(token=IdToken("04B2"))) is Verdict.ACCEPTED
        game.control.plug()
        await game.swipe(OWNER)
        assert game.transaction is None
        await game.swipe(STRANGER)

    assert used(played(script)) == [7]


def test_a_replacement_that_cannot_be_made_leaves_the_old_one() -> None:
    async def script(game: Game) -> None:
        await obey(game, now())
        assert await obey(game, now(evse=2)) is Verdict.REJECTED
        assert await obey(game, now(expires=MIDNIGHT)) is Verdict.REJECTED
        assert [each.expires for each in game.store.reservations.all()] == [FAR]

    played(script)


async def nothing(game: Game) -> None: ...


async def fault(game: Game) -> None:
    game.control.fail(EMERGENCY_STOP)


async def plug(game: Game) -> None:
    game.control.plug()


async def a_cable_left_behind(game: Game) -> None:
    game.control.plug(cable=True)
    await game.swipe(STRANGER)
    await asyncio.sleep(1)
    game.control.unplug(2000)
    await asyncio.sleep(5)


async def card(game: Game) -> None:
    await game.swipe(STRANGER)


async def transaction_that_will_be_the_last(game: Game) -> None:
    await game.swipe(STRANGER)
    game.control.plug()
    await asyncio.sleep(1)
    await obey(game, ChangeAvailability(False, cascades=True))


async def out_of_operation(game: Game) -> None:
    await obey(game, ChangeAvailability(False, cascades=True))


async def faulty_and_plugged_and_out(game: Game) -> None:
    await out_of_operation(game)
    game.control.plug()
    game.control.fail(EMERGENCY_STOP)


@pytest.mark.parametrize("evse", [1, None], ids=["connector 1", "connector 0"])
@pytest.mark.parametrize(
    ("happens", "verdict"),
    [
        (nothing, Verdict.ACCEPTED),
        (fault, Verdict.FAULTED),
        (plug, Verdict.OCCUPIED),
        (a_cable_left_behind, Verdict.OCCUPIED),
        (card, Verdict.OCCUPIED),
        (transaction_that_will_be_the_last, Verdict.OCCUPIED),
        (out_of_operation, Verdict.UNAVAILABLE),
        (faulty_and_plugged_and_out, Verdict.FAULTED),
    ],
)
def test_why_it_cannot_be_reserved_is_what_the_connector_says_of_itself(happens: Any, verdict: Verdict, evse: int | None) -> None:
    """TC_048_1 to 3, TC_050_1 to 3. H01.FR.03, H01.FR.04, H01.FR.11, H01.FR.12, H01.FR.14, H01.FR.18."""

    async def script(game: Game) -> None:
        await happens(game)
        await asyncio.sleep(1)
        assert await obey(game, now(evse=evse)) is verdict

    played(script)


def test_a_station_that_takes_no_reservations_rejects_them() -> None:
    """TC_048_4, TC_050_4. H01.FR.19."""

    async def script(game: Game) -> None:
        assert await obey(game, now(evse=None)) is Verdict.REJECTED
        assert await obey(game, now()) is Verdict.ACCEPTED

    played(script, keys={"ReserveConnectorZeroSupported": "false"})


# 2.0.1, where it differs


KEPT = {"id": 7, "idToken": token("04A1"), "expiryDateTime": "2026-03-02T00:00:00Z"}


def told(game: Game) -> list[dict[str, object]]:
    """ReservationStatusUpdates."""
    return [payload for action, payload in messages(game) if action == "ReservationStatusUpdate"]


def in_201(script: Any, **changes: Any) -> Game:
    async def spoken(game: Game) -> None:
        speak_201(game)
        await script(game)

    return play(spoken, **changes)


@pytest.fixture
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


@pytest.mark.usefixtures("csms_of_201")
def test_the_reset_of_an_evse_ends_no_reservation() -> None:
    """B11.FR.05."""

    async def script(game: Game) -> None:
        assert await says(game, "ReserveNow", **KEPT, evseId=1) == "Accepted"
        assert await says(game, "Reset", type="Immediate", evseId=1) == "Accepted"
        await game.until(lambda: statuses(game) == ["Available", "Reserved", "Unavailable", "Reserved"], 5)
        assert told(game) == []
        await game.swipe(OWNER)
        game.control.plug()
        await asyncio.sleep(1)

    assert used(in_201(script)) == [7]


@pytest.mark.usefixtures("csms_of_201")
@pytest.mark.parametrize("place", [{"evseId": 1}, {}], ids=["of an EVSE", "of any"])
def test_it_is_replaced_although_a_car_stands_there_that_nobody_has_claimed(place: dict[str, int]) -> None:
    """H01.FR.02, G01.FR.09. Another one finds the EVSE reserved all the same (H01.FR.11)."""

    async def script(game: Game) -> None:
        assert await says(game, "ReserveNow", **KEPT, **place) == "Accepted"
        game.control.plug()
        await asyncio.sleep(1)
        assert await says(game, "ReserveNow", **(KEPT | {"id": 8}), **place) == "Occupied"
        later = {"expiryDateTime": "2026-03-03T00:00:00Z", "idToken": token("04B2")}
        assert await says(game, "ReserveNow", **(KEPT | later), **place) == "Accepted"
        await game.swipe(OWNER)
        assert (statuses(game), game.transaction) == (["Available", "Reserved"], None)
        await game.swipe(STRANGER)

    assert used(in_201(script)) == [7]


@pytest.mark.usefixtures("csms_of_201")
def test_whatever_makes_its_connector_faulted_ends_it() -> None:
    """H01.FR.12, H01.FR.16: 2.x makes no difference between what is wrong with a car and with the station."""

    async def script(game: Game) -> None:
        assert await says(game, "ReserveNow", **KEPT, evseId=1) == "Accepted"
        game.control.plug(faults=(replace(WELDED, name="diode_failed", kind="ev_communication_error"),))
        await asyncio.sleep(1)
        assert statuses(game)[-1] == "Faulted"
        assert told(game) == [{"reservationId": 7, "reservationUpdateStatus": "Removed"}]
        assert await says(game, "ReserveNow", **KEPT, evseId=1) == "Faulted"

    in_201(script)


@pytest.mark.usefixtures("csms_of_201")
def test_while_control_is_silent_nothing_is_reserved_and_nothing_is_lost() -> None:
    """H01.FR.12, H01.FR.14."""

    async def script(game: Game) -> None:
        assert await says(game, "ReserveNow", **KEPT, evseId=1) == "Accepted"
        game.station.transacting.control_silent(0.0)
        assert await says(game, "ReserveNow", **KEPT, evseId=1) == "Faulted"
        assert statuses(game)[-1] == "Faulted"
        game.station.transacting.control_silent(None)
        await game.until(lambda: statuses(game)[-1] == "Reserved", 5)
        assert await says(game, "CancelReservation", reservationId=7) == "Accepted"
        game.control.change(plug_known=False)
        await game.until(lambda: statuses(game)[-1] == "Unavailable", 5)
        assert await says(game, "ReserveNow", **KEPT, evseId=1) == "Unavailable"
        assert told(game) == []

    in_201(script)


@pytest.mark.usefixtures("csms_of_201")
def test_a_type_cannot_be_reserved_whose_connector_is_out_of_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """H01.FR.09, H01.FR.14, H01.FR.17: the EVSE has another connector, of another type."""
    pair = (ConnectorPart(id=1, type="sType2"), ConnectorPart(id=2, type="cType2", cable="fixed"))
    plain = configuration(connectors=2)
    two_types = replace(plain, evses=(replace(plain.evses[0], connectors=pair),))
    monkeypatch.setattr(rig, "configuration", lambda *_: two_types)
    places = (ConnectorId(1, 1), ConnectorId(1, 2))

    async def script(game: Game) -> None:
        assert await says(game, "ReserveNow", **KEPT, connectorType="cType2") == "Accepted"
        out = {"operationalStatus": "Inoperative", "evse": {"id": 1, "connectorId": 2}}
        assert await says(game, "ChangeAvailability", **out) == "Accepted"
        assert told(game) == [{"reservationId": 7, "reservationUpdateStatus": "Removed"}]
        assert await says(game, "ReserveNow", **KEPT, connectorType="cType2") == "Unavailable"
        assert await says(game, "ReserveNow", **KEPT, connectorType="sType2") == "Accepted"

    in_201(script, evses=(replace(settings().evses[0], connectors=places),))


# Groups


def test_somebody_of_the_group_may_use_it_once_the_csms_has_said_so() -> None:
    """TC_053_1."""

    async def script(game: Game) -> None:
        await obey(game, now(group=FAMILY))
        await game.swipe(STRANGER)
        assert asked(game) == 1, "he may be one of them"
        game.csms.token = OF_THE_FAMILY
        await game.swipe(STRANGER)
        game.control.plug()
        await asyncio.sleep(1)

    assert used(played(script)) == [7]


@pytest.mark.parametrize(("group", "starts"), [(FAMILY, True), (IdToken("OTHERS"), False)])
def test_a_remote_start_of_somebody_who_may_be_of_the_group_asks_even_if_remote_starts_are_not_authorized(
    group: IdToken, starts: bool
) -> None:
    """TC_053_2; 1.6 §5.13. H03.FR.08."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, group)
        await obey(game, now(group=FAMILY))
        game.control.plug()
        await asyncio.sleep(0.5)
        assert await obey(game, RequestStart(IdToken("04B2"), evse=1)) is Verdict.ACCEPTED
        await asyncio.sleep(1)
        assert asked(game) == 1
        assert (game.transaction is not None) == starts

    assert used(played(script, keys={"AuthorizeRemoteTxRequests": "false"})) == ([7] if starts else [])


def test_the_group_that_the_cache_knows_is_enough() -> None:
    """H03.FR.07."""

    async def script(game: Game) -> None:
        game.station.access.known.heard(IdToken("04B2"), OF_THE_FAMILY)
        await obey(game, now(group=FAMILY))
        game.control.plug()
        await asyncio.sleep(0.5)
        assert await obey(game, RequestStart(IdToken("04B2"), evse=1)) is Verdict.ACCEPTED
        await asyncio.sleep(1)
        assert asked(game) == 0

    assert used(played(script)) == [7]


def test_free_charging_waits_where_somebody_is_expected() -> None:
    async def script(game: Game) -> None:
        await obey(game, now(expires=MIDNIGHT + timedelta(seconds=30)))
        game.control.plug()
        await asyncio.sleep(5)
        assert game.transaction is None
        await asyncio.sleep(30)
        game.control.measure(1000)  # control tells of a car that is plugged in every few seconds
        assert game.transaction is None
        await asyncio.sleep(1)
        assert game.transaction is not None

    played(script, free_token=IdToken("free"))
