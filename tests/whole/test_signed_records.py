"""Signed records from the meter to what is told of the session, with everything killed at the worst moment."""

from pathlib import Path

import pytest

from chargepoint.domain.ocmf import printed_key
from chargepoint.domain.transaction import EventKind
from simulators.recorder import ACTIVE
from tests.hal.meters.test_iskra_world import verified
from tests.station.rig import CARD
from tests.whole.house import House, live, verbs


class Killed(BaseException):
    """Control is gone."""


async def signed(house: House) -> None:
    """The session has been told, with a record of its own."""
    await house.until(lambda: house.csms.events[-1].kind is EventKind.ENDED, 60)
    event = house.csms.events[-1]
    value = event.values[-1].signed
    assert value is not None
    says = verified(value.data, printed_key(house.evse.recorder.public_key))
    assert says["ID"] == event.transaction_id
    assert [round(reading["RV"] * 1000) for reading in says["RD"]] == [house.csms.events[0].meter_wh, event.meter_wh]


def test_a_session_begins_and_ends_with_its_record(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        assert house.evse.recorder.session.state == ACTIVE
        house.do(verbs.unplug)
        await signed(house)

    live(script, tmp_path / "store", signs=True)


@pytest.mark.parametrize("also", [(), ("station",)], ids=["control", "both"])
@pytest.mark.parametrize("act", ["begun", "signed"])
def test_control_that_dies_before_it_has_written_down_what_the_meter_did(act: str, also: tuple[str, ...], tmp_path: Path) -> None:
    async def script(house: House) -> None:
        struck: list[str] = []

        def strike() -> None:
            struck.append(act)
            raise Killed

        async def killed() -> None:
            await house.until(lambda: struck)
            house.writes = lambda: None
            for process in ("control", *also):
                await house.kill(process)
            house.start_control()
            if also:
                house.start_station()

        if act == "begun":
            house.writes = strike
            house.do(verbs.plug, phases=3)
            await house.until(lambda: house.station.transacting.sessions[1].plug_in)
            house.reader.present(CARD)
            await killed()
            await house.until(lambda: house.closed, 60)
        else:
            await house.charge()
            house.writes = strike
            house.reader.present(CARD)
            await killed()
        if act == "begun":
            house.do(verbs.unplug)
        await signed(house)

    live(script, tmp_path / "store", signs=True)


def test_a_meter_that_falls_silent_about_records_while_it_charges_costs_nobody_his_session(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        house.do(verbs.patch_hardware, signing="lost")
        house.do(verbs.unplug)
        await house.until(lambda: house.csms.events[-1].kind is EventKind.ENDED, 60)
        assert house.csms.events[-1].values[-1].signed is None
        assert [fault.name for fault in house.station.availability.station_faults()] == ["record_missing"]

    live(script, tmp_path / "store", signs=True)
