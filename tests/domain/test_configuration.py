"""The typed configuration itself; how a file becomes one is tested in ``tests/cli/test_configuration.py``."""

import pytest
from msgspec.structs import replace

from chargepoint.domain.configuration import ReaderPart
from chargepoint.domain.ids import ConnectorId
from tests.domain.examples import configuration


def test_secrets_are_not_shown() -> None:
    shown = repr(configuration(basic_auth_password="correct horse", security_profile=1))
    assert "correct horse" not in shown
    assert "basic_auth_password='***'" in shown
    assert "security_profile=1" in shown


def test_one_version_and_a_list_read_the_same() -> None:
    assert configuration(version="2.0.1").ocpp.versions == ("2.0.1",)
    assert configuration(version=["2.0.1", "1.6"]).ocpp.versions == ("2.0.1", "1.6")


def test_connectors_are_numbered_through_in_the_order_of_their_ids() -> None:
    known = configuration()
    turned = replace(known, evses=tuple(reversed(known.evses)))
    assert turned.connectors == (ConnectorId(1, 1), ConnectorId(2, 1))


@pytest.mark.parametrize(
    ("backend", "driver", "simulated"), [("drivers", "simulated", True), ("drivers", "pn532", False), ("sim", "pn532", True)]
)
def test_hardware_is_simulated_only_when_all_of_it_is(backend: str, driver: str, simulated: bool) -> None:
    known = configuration()
    known = replace(known, readers=(ReaderPart(driver=driver),), hal=replace(known.hal, backend=backend))
    assert known.simulated is simulated
