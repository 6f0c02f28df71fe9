"""What ``[web]`` and ``[firmware] publish`` may say."""

import pytest
from msgspec.structs import replace

from chargepoint.cli.listening import addresses, publishing
from chargepoint.domain.configuration import FirmwarePart, WebPart
from tests.domain.examples import configuration


@pytest.mark.parametrize(
    ("web", "told"),
    [
        (None, []),
        (WebPart(), []),
        (WebPart(listen="[::]:8443", driver_listen="0.0.0.0:80"), []),
        (WebPart(listen="8443"), ['web.listen: "8443": expected "host:port", such as "[::]:8443" for every address of this machine']),
        (
            WebPart(driver_listen="x:99999"),
            ['web.driver_listen: "x:99999": expected "host:port", such as "[::]:8443" for every address of this machine'],
        ),
        (
            WebPart(listen="[::]:443", driver_listen="[::]:443"),
            ['web.driver_listen: "[::]:443": web.listen has it already; drivers come by plain HTTP, so they need a port of their own'],
        ),
    ],
)
def test_addresses_are_addresses_and_two_different_ones(web: WebPart | None, told: list[str]) -> None:
    assert [str(problem) for problem in addresses(replace(configuration(), web=web))] == told


@pytest.mark.parametrize(
    ("publish", "told"),
    [
        (None, []),
        ("192.168.1.10:8090", []),
        ("[::]:8090", []),
        ("8090", ['"8090": expected "host:port", such as "192.168.1.10:8090", on the local network']),
        ("0.0.0.0:0", ['"0.0.0.0:0": expected a port that stays, 8090 say: other stations are told this address']),
        ("0.0.0.0:80", ['"0.0.0.0:80": web.driver_listen has it already; name another port']),
    ],
)
def test_other_stations_find_firmware_at_an_address_of_its_own_that_stays(publish: str | None, told: list[str]) -> None:
    found = publishing(replace(configuration(), firmware=FirmwarePart(publish=publish), web=WebPart(driver_listen="0.0.0.0:80")))
    assert [str(problem) for problem in found] == [f"firmware.publish: {text}" for text in told]
