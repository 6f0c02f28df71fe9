"""Signed records as the station has them made: before the first energy and after the last, told with the end, through restarts of all."""

import asyncio
import base64
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain import catalogue, ocmf
from chargepoint.domain.commands import SetVariables
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.limits import Limit
from chargepoint.domain.metering import MeterValue, ReadingContext
from chargepoint.domain.transaction import EventKind, Stop, StopReason, TriggerReason
from chargepoint.domain.why import first
from chargepoint.inquiry.history import ListEvents
from chargepoint.link.messages import Permit, Record, RecordOutcome
from chargepoint.station import conditions
from chargepoint.store.outbox import Lane
from hal.measured import SignedRecord
from tests.station.rig import Game, PlayedControl, PlayedCsms, play
from tests.station.rig import settings as usual

EVSE = replace(usual().evses[0], signs=True)
KEY = bytes(range(64))
SIGNATURE = bytes.fromhex("3006020100020101")
STOP = Stop(StopReason.REMOTE, TriggerReason.REMOTE_STOP)


def record_of(wish: Record) -> SignedRecord:
    """As a meter signs it: bytes that no text codec would give back."""
    return SignedRecord(b'{"ID":"' + wish.wish.encode() + b'\xff\x00 "}', SIGNATURE, KEY, method="ECDSA-secp256r1-SHA256")


def good(wish: Record) -> RecordOutcome:
    """The meter does as it is told."""
    if wish.act == "begin":
        return RecordOutcome(wish.wish, "open", public_key=KEY)
    return RecordOutcome(wish.wish, "signed", record_of(wish), public_key=KEY)


def signs(answers: Callable[[Record], RecordOutcome | None] = good) -> PlayedControl:
    control = PlayedControl()
    control.signing = answers
    return control


def asked(game: Game) -> list[Record]:
    """What control was asked, without repetitions."""
    said = [message for message in game.control.heard if isinstance(message, Record)]
    return [each for place, each in enumerate(said) if place == 0 or (said[place - 1].act, said[place - 1].wish) != (each.act, each.wish)]


async def begun(game: Game) -> None:
    game.control.plug()
    await game.swipe()
    await game.until(lambda: game.transaction)


async def charged(game: Game) -> None:
    await begun(game)
    await game.until(lambda: any(isinstance(message, Permit) for message in game.control.heard), 30)
    game.control.charge()


def stop(game: Game, energy_wh: int = 3_000) -> None:
    game.station.transacting.stop(1, STOP)
    game.control.open(energy_wh)


def last_value(game: Game) -> MeterValue:
    (ended,) = [event for event in game.csms.events if event.kind is EventKind.ENDED]
    return ended.values[-1]


async def over(game: Game, seconds: float = 60.0) -> None:
    await game.until(lambda: EventKind.ENDED in [event.kind for event in game.csms.events], seconds)


def evses(**changes: Any) -> dict[str, Any]:
    return {"evses": (replace(EVSE, **changes),)}


def test_while_the_meter_has_not_begun_that_is_why_nothing_flows() -> None:
    async def script(game: Game) -> None:
        await begun(game)
        game.control.change(limits=(Limit("no permit", 0, "station", "nobody has authorised this car"),))
        await asyncio.sleep(1)
        assert first(conditions.of(game.station, 1)).code == catalogue.of("record_awaited").code
        game.control.signing = good
        await game.until(lambda: any(isinstance(message, Permit) for message in game.control.heard), 30)
        assert first(conditions.of(game.station, 1)).code != catalogue.of("record_awaited").code

    play(script, control=signs(lambda wish: None), evses=(EVSE,))


def test_the_end_of_a_transaction_tells_what_its_meter_signed_byte_for_byte() -> None:
    async def script(game: Game) -> None:
        await charged(game)
        transaction = game.transaction
        assert [(each.act, each.wish) for each in asked(game)] == [("begin", transaction.id)]
        gateway = ("Acme One", "0001", "1.0")
        assert ocmf.says(transaction.id, transaction.authorization, "cp001 1", gateway) == asked(game)[0].says
        assert "04A1" not in asked(game)[0].says, "a record bears no card number"
        stop(game)
        await over(game)
        value = last_value(game)
        wish = asked(game)[-1]
        assert wish.act == "end"
        assert value.context is ReadingContext.END
        assert value.signed is not None
        assert value.signed.data == b"OCMF|" + record_of(wish).data + b'|{"SD":"3006020100020101"}'
        assert (value.signed.encoding, value.signed.method) == ("OCMF", "ECDSA-secp256r1-SHA256")
        assert base64.b64decode(value.signed.public_key).decode() == f"oca:base16:asn1:{ocmf.printed_key(KEY)}"
        assert [(sample.measurand, sample.value) for sample in value.samples] == [("Energy.Active.Import.Register", 3_000)]
        assert game.station.availability.station_faults() == ()
        lines = await game.station.service.chronicle.list(ListEvents())
        (text,) = [line.what.text for line in lines.lines if line.what.kind == "transaction_ended"]
        assert text.endswith(", Remote, signed")

    play(script, control=signs(), **evses())


def test_no_energy_is_permitted_before_the_meter_has_begun() -> None:
    answers: list[RecordOutcome] = []

    async def script(game: Game) -> None:
        await begun(game)
        await game.until(lambda: len([each for each in game.control.heard if isinstance(each, Record)]) >= 2, 12)
        assert not any(isinstance(message, Permit) for message in game.control.heard)
        answers.append(RecordOutcome(game.transaction.id, "open", public_key=KEY))
        await game.until(lambda: any(isinstance(message, Permit) for message in game.control.heard), 6)

    play(script, control=signs(lambda wish: answers[-1] if answers else None), **evses())


@pytest.mark.parametrize("answers", ["nothing", "refusal"])
def test_a_meter_that_does_not_sign_leaves_a_transaction_without_a_record_and_says_so(answers: str) -> None:
    def bad(wish: Record) -> RecordOutcome | None:
        return None if answers == "nothing" else RecordOutcome(wish.wish, "failed", reason="status 133, state 0")

    async def script(game: Game) -> None:
        await charged(game)
        (fault,) = game.station.availability.station_faults()
        assert (fault.name, fault.row.code, fault.stops_charging) == ("record_missing", "CP-514", False)
        assert ("133" in fault.info) is (answers == "refusal")
        stop(game)
        await over(game, 10)
        assert last_value(game).signed is None
        assert [each.act for each in asked(game)] == ["begin"], "there is nothing to end"
        lines = await game.station.service.chronicle.list(ListEvents())
        assert [line.what.code for line in lines.lines if line.what.kind == "record_missing"] == ["CP-514"]
        game.control.signing = good
        game.control.unplug(3_000)
        game.control.plug(2)
        await game.swipe()
        await game.until(lambda: game.transaction and game.transaction.signing.state == "open")
        stop(game, 3_100)
        await game.until(lambda: not game.station.availability.station_faults())

    play(script, control=signs(bad), **evses())


def test_the_end_waits_for_a_slow_meter_and_is_told_with_the_time_when_it_was_over() -> None:
    late: list[Record] = []

    def slow(wish: Record) -> RecordOutcome | None:
        if wish.act == "begin":
            return good(wish)
        late.append(wish)
        return None

    async def script(game: Game) -> None:
        await charged(game)
        stop(game)
        await game.until(lambda: len(late) >= 3, 15)
        assert game.transaction is not None
        game.control.change(record=good(late[0]))
        await over(game, 2)
        (ended,) = [event for event in game.csms.events if event.kind is EventKind.ENDED]
        assert ended.values[-1].signed is not None
        assert (game.station.clock.now() - ended.at).total_seconds() > 10
        assert ended.at == ended.values[-1].at

    play(script, control=signs(slow), **evses())


def test_a_meter_that_never_answers_the_end_lets_it_end_after_twenty_seconds() -> None:
    async def script(game: Game) -> None:
        await charged(game)
        game.control.signing = lambda wish: None
        stop(game)
        await over(game, 23)
        assert last_value(game).signed is None
        assert [fault.name for fault in game.station.availability.station_faults()] == ["record_missing"]

    play(script, control=signs(), **evses())


def test_a_station_that_is_killed_asks_again_and_no_record_is_lost_or_told_twice(tmp_path: Path) -> None:
    control = signs()

    async def killed_while_it_begins(game: Game) -> None:
        control.signing = lambda wish: None
        await begun(game)

    async def killed_while_it_ends(game: Game) -> None:
        control.signing = good
        await game.until(lambda: any(isinstance(message, Permit) for message in control.heard), 10)
        control.charge()
        control.signing = lambda wish: RecordOutcome(wish.wish, "working")
        stop(game)
        await game.until(lambda: asked(game)[-1].act == "end", 10)

    async def alive(game: Game) -> None:
        control.signing = good
        await over(game)
        signed = last_value(game).signed
        assert signed is not None
        assert asked(game)[-1].wish.encode() in signed.data

    for script in (killed_while_it_begins, killed_while_it_ends, alive):
        game = play(script, tmp_path / "store", control, **evses())
        control.end = type(control.end)()
    assert len({each.wish for each in asked(game)}) == 1


def test_a_record_that_was_signed_while_the_station_was_dead_is_told(tmp_path: Path) -> None:
    control = signs()

    async def killed(game: Game) -> None:
        await charged(game)
        control.signing = lambda wish: None
        stop(game)
        await game.until(lambda: asked(game)[-1].act == "end", 10)

    async def alive(game: Game) -> None:
        await over(game, 10)
        assert last_value(game).signed is not None

    play(killed, tmp_path / "store", control, **evses())
    wish = next(each for each in reversed(control.heard) if isinstance(each, Record))
    control.end = type(control.end)()
    control.state = replace(control.state, record=good(wish))
    play(alive, tmp_path / "store", control, **evses())


def test_an_old_failure_is_not_taken_for_the_answer_of_today(tmp_path: Path) -> None:
    control = signs()

    async def killed(game: Game) -> None:
        await charged(game)
        control.signing = lambda wish: None
        stop(game)
        await game.until(lambda: asked(game)[-1].act == "end", 10)

    async def alive(game: Game) -> None:
        control.signing = good
        await over(game, 10)
        assert last_value(game).signed is not None

    play(killed, tmp_path / "store", control, **evses())
    wish = next(each for each in reversed(control.heard) if isinstance(each, Record))
    control.end = type(control.end)()
    control.signing = lambda wish: None
    control.state = replace(control.state, record=RecordOutcome(wish.wish, "failed", reason="no answer for 15 s"))
    play(alive, tmp_path / "store", control, **evses())


def test_a_record_waits_on_disk_for_the_connection_and_never_thins_out(tmp_path: Path) -> None:
    async def offline(game: Game) -> None:
        game.store.outbox.most = lambda: 0
        await charged(game)
        for energy_wh in range(1_100, 1_400, 10):
            game.station.transacting.told(
                1,
                TriggerReason.METER_VALUE_PERIODIC,
                (),
                game.station.transacting.sheets[1].values(
                    game.station.clock.now(), ReadingContext.PERIODIC, ["Energy.Active.Import.Register"]
                ),
            )
            game.control.measure(energy_wh)
        stop(game)
        await game.until(lambda: game.transaction is None)

    async def online(game: Game) -> None:
        game.csms.connect()
        await over(game)
        assert last_value(game).signed is not None
        assert game.store.outbox.first(Lane.TRANSACTION) is None

    control = signs()
    keys = {"LocalAuthorizeOffline": "true", "AllowOfflineTxForUnknownId": "true"}
    play(offline, tmp_path / "store", control, connected=False, keys=keys, **evses())
    control.end = type(control.end)()
    play(online, tmp_path / "store", control, connected=False, keys=keys, **evses())


def test_the_next_car_waits_until_the_record_of_the_last_one_is_there() -> None:
    wishes: list[Record] = []

    def slow(wish: Record) -> RecordOutcome | None:
        wishes.append(wish)
        return good(wish) if wish.act == "begin" else None

    async def script(game: Game) -> None:
        await charged(game)
        first = game.transaction.id
        game.control.unplug(2_000)
        game.control.plug(2)
        await game.until(lambda: wishes[-1].act == "end", 10)
        game.control.measure(2_000)
        await game.swipe()
        assert game.transaction.id == first
        game.control.change(record=good(wishes[-1]))
        game.control.measure(2_000)
        await over(game, 5)
        assert last_value(game).signed is not None
        await game.swipe()
        await game.until(lambda: game.transaction is not None and game.transaction.id != first)

    play(script, control=signs(slow), **evses())


@pytest.mark.parametrize("switched_off", ["SampledDataSignReadings", "meter"])
def test_what_is_not_to_be_signed_asks_no_meter(switched_off: str) -> None:
    async def script(game: Game) -> None:
        await charged(game)
        stop(game)
        await over(game)
        assert (asked(game), last_value(game).signed, game.station.availability.station_faults()) == ([], None, ())

    keys = {switched_off: "false"} if switched_off != "meter" else None
    play(script, control=signs(), keys=keys, **({} if switched_off == "meter" else evses()))


@pytest.mark.parametrize(("policy", "told"), [("Never", False), ("OncePerTransaction", True), ("EveryMeterValue", True)])
def test_the_public_key_is_told_as_the_csms_wants_and_can_be_looked_up(policy: str, told: bool) -> None:
    async def script(game: Game) -> None:
        await charged(game)
        stop(game)
        await over(game)
        signed = last_value(game).signed
        assert signed is not None
        model = game.station._model
        key = model.get(VariableKey(component="FiscalMetering", variable="PublicKey", evse=1)).value
        assert key == model.get(VariableKey(component="", variable="MeterPublicKey1")).value == ocmf.told_key(ocmf.printed_key(KEY))
        assert signed.public_key == (key if told else "")

    play(script, control=signs(), keys={"PublicKeyWithSignedMeterValue": policy}, **evses())


def test_the_key_of_the_configuration_is_the_one_that_is_told() -> None:
    async def script(game: Game) -> None:
        await charged(game)
        stop(game)
        await over(game)
        signed = last_value(game).signed
        assert signed is not None
        assert signed.public_key == "as printed"

    play(script, control=signs(), **evses(public_key="as printed"))


def test_a_register_that_is_not_among_the_measurands_comes_with_the_record() -> None:
    async def script(game: Game) -> None:
        await charged(game)
        stop(game, 4_321)
        await over(game)
        value = last_value(game)
        assert value.signed is not None
        assert [(sample.measurand, sample.value) for sample in value.samples] == [("Energy.Active.Import.Register", 4_321)]

    play(script, control=signs(), keys={"StopTxnSampledData": ""}, **evses())


# In 2.0.1


async def unplugged(game: Game) -> None:
    """At the car; the cable stays."""
    game.control.change(cable=True, plug_in=None, cp="A", state="A", contactor_closed=False, offered_ma=0, permit="none")
    game.control.measure(3_000)
    await asyncio.sleep(5)


async def by_card(game: Game) -> None:
    await game.swipe()
    game.control.open(3_000)
    await asyncio.sleep(5)


async def by_card_and_plug(game: Game) -> None:
    await by_card(game)
    game.control.unplug(3_000)


async def by_card_after_the_car_had_left(game: Game) -> None:
    await unplugged(game)
    assert game.transaction is not None
    await by_card(game)


async def by_the_csms(game: Game) -> None:
    game.station.transacting.stop(1, Stop(StopReason.DE_AUTHORIZED, TriggerReason.DEAUTHORIZED))
    game.control.open(3_000)


CONNECTED = {"TxStartPoint": "EVConnected", "TxStopPoint": "EVConnected"}
STAYS = {"TxStopPoint": "Authorized", "StopTxOnEVSideDisconnect": "false"}


@pytest.mark.parametrize(
    ("ends", "points"),
    [
        (by_card, {"TxStartPoint": "Authorized", "TxStopPoint": "Authorized"}),
        (by_card_and_plug, CONNECTED),
        (by_the_csms, {"TxStartPoint": "EnergyTransfer"}),
        (unplugged, {}),
        (by_card_after_the_car_had_left, STAYS),
    ],
)
@pytest.mark.parametrize("offline", [False, True])
def test_the_last_event_has_what_was_signed_however_the_transaction_ends(
    ends: Callable[[Game], Coroutine[None, None, None]], points: dict[str, str], offline: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OCPP 2.0.1 E02.FR.14, E03.FR.10, E04.FR.10, E05.FR.06, E07.FR.12, E08.FR.12, E09.FR.08, E10.FR.07, E11.FR.08, E12.FR.10,
    J02.FR.21."""
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")

    async def script(game: Game) -> None:
        await game.station.obey(SetVariables(tuple((VariableKey(component="TxCtrlr", variable=name), points[name]) for name in points)))
        await charged(game)
        await asyncio.sleep(1)
        if offline:
            game.csms.lose()
        await ends(game)
        await asyncio.sleep(5)
        if offline:
            game.csms.connect()
        await over(game)
        *earlier, ended = game.csms.events
        records = [value.signed for value in ended.values if value.signed is not None]
        assert [ocmf_data(game)] == [record.data for record in records]
        assert [value for event in earlier for value in event.values if value.signed] == []

    play(script, control=signs(), **evses())


def ocmf_data(game: Game) -> bytes:
    """Of the record that the meter has signed."""
    return b"OCMF|" + record_of(asked(game)[-1]).data + b'|{"SD":"3006020100020101"}'
