"""What ``[web]`` may say."""

import pytest
from msgspec.structs import replace

from chargepoint.cli.listening import addresses
from chargepoint.domain.configuration import WebPart
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
