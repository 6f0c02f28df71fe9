"""Why is it not charging? With the real control, which is where the limits come from."""

import asyncio
from pathlib import Path

from chargepoint.domain import catalogue
from chargepoint.domain.charging_profile import ChargingProfile, Purpose
from chargepoint.domain.commands import ClearChargingProfile, SetChargingProfile
from tests.domain.charging.examples import profile
from tests.station.rig import CARD, MIDNIGHT
from tests.whole.house import House, live, verbs


def name(house: House) -> str:
    """The answer, by its name in the catalogue; while it charges the sentence itself."""
    evse = house.station.document()["evses"][0]
    entry = catalogue.by_code(evse["why_code"] or "")
    return str(evse["why"]) if entry is None else entry.name


async def soon(house: House, *names: str, seconds: float = 30) -> None:
    await house.until(lambda: name(house).startswith(names), seconds)


async def limit(house: House, new: ChargingProfile, evse: int) -> None:
    await house.station.obey(SetChargingProfile(evse, new))


def test_a_whole_session_is_explained_and_so_is_each_limit_that_takes_its_current(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await soon(house, "nothing_plugged")
        house.do(verbs.plug, phases=3, request=False)
        await soon(house, "authorisation_awaited")
        house.reader.present(CARD)
        await soon(house, "car_does_not_ask")
        house.do(verbs.patch_ev, request=True)
        await soon(house, "Charging: ")
        await asyncio.sleep(30)
        await limit(house, profile((0, 0.0), start=MIDNIGHT, purpose=Purpose.TX_DEFAULT), 1)
        await soon(house, "limit_profile")
        await house.station.obey(ClearChargingProfile())
        await soon(house, "Charging: ")
        await limit(house, profile((0, 0.0), start=MIDNIGHT, purpose=Purpose.STATION_MAX), 0)
        await soon(house, "limit_station")
        await house.station.obey(ClearChargingProfile())
        await soon(house, "Charging: ")
        house.do(verbs.patch_ev, request=False)
        await soon(house, "car_finished")
        house.do(verbs.patch_ev, request=True)
        await soon(house, "Charging: ")
        house.do(verbs.patch_hardware, rcd="tripped")
        await soon(house, "rcd_tripped")

    live(script, tmp_path / "store")


def test_what_ails_the_hardware_is_named(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        await soon(house, "Charging: ")
        house.do(verbs.patch_hardware, temperature_c=75)
        await soon(house, "over_temperature")
        house.do(verbs.patch_hardware, temperature_c=None)
        await soon(house, "Charging: ", seconds=60)
        await house.kill("control")
        await soon(house, "control_silent")
        house.start_control()
        await soon(house, "Charging: ", seconds=60)

    live(script, tmp_path / "store")
