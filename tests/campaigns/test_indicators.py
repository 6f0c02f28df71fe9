"""Real processes: what a driver sees when those that should tell him are killed."""

from pathlib import Path

from simulators import verbs
from tests.campaigns.test_processes import both
from tests.campaigns.yard import SIX_AMPERES_PPM, Play


def test_charging_and_faults_are_still_shown_when_the_station_process_is_gone(tmp_path: Path) -> None:
    async def script(stage: Play) -> None:
        yard, lamp = stage.yard, stage.yard.evse.lamp

        async def shows(*words: str) -> None:
            await yard.until(lambda: lamp.light is not None and lamp.light.means in words, what=f"it does not show {words}: {lamp.light}")

        await shows("available")
        await stage.charge()
        await shows("charging")
        assert lamp.beeps >= 2, "the card was heard"
        await yard.station.kill()
        await yard.until(lambda: yard.evse.duty_ppm == SIX_AMPERES_PPM, what="the lease does not run out")
        assert yard.contactor.position
        await shows("charging")
        yard.do(verbs.patch_hardware, rcd="tripped")
        await shows("fault")
        assert lamp.light is not None
        assert (lamp.light.rhythm, lamp.light.flashes) == ("flash", 3)
        yard.do(verbs.patch_hardware, rcd=None)
        yard.do(verbs.unplug)
        await shows("unavailable")
        await yard.station.start()
        await shows("available")
        yard.do(verbs.plug)
        await shows("authorise")
        await yard.control.kill()
        await yard.until(lambda: lamp.light is None, what="it shines although nobody drives it")
        await yard.control.start()
        await shows("authorise")

    both(script, tmp_path)
