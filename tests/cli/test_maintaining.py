"""What the configuration says about firmware, and which updates are taken because of it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.cli.maintaining import firmware_settings
from chargepoint.domain.configuration import Configuration, FirmwarePart, OcppPart, VariablePart
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.redaction import without_secrets
from tests.domain.examples import configuration


def settings(tmp_path: Path, accept: bool | None, profile: int, root: bool) -> bool:
    (tmp_path / "certificates").mkdir()
    if root:
        (tmp_path / "certificates" / "manufacturer.pem").write_text("a root")
    made = replace(configuration(security_profile=profile), firmware=FirmwarePart(accept_unsigned=accept))
    return firmware_settings(made, tmp_path, DeviceModel(made)).accept_unsigned()


@pytest.mark.parametrize(
    ("accept", "profile", "root", "taken"),
    [
        (None, 0, True, True),
        (None, 1, True, True),
        (None, 2, True, False),
        (None, 3, True, False),
        (None, 3, False, True),
        (True, 3, True, True),
        (False, 0, False, False),
    ],
)
def test_unsigned_firmware_is_taken_unless_that_would_undo_what_protects_the_station(
    tmp_path: Path, accept: bool | None, profile: int, root: bool, taken: bool
) -> None:
    """1.6-SEC L01.FR.20."""
    assert settings(tmp_path, accept, profile, root) is taken


def test_a_csms_that_deletes_the_makers_root_does_not_make_unsigned_firmware_welcome(tmp_path: Path) -> None:
    assert settings(tmp_path, None, 3, True) is False
    made = replace(configuration(security_profile=3))
    (tmp_path / "certificates" / "manufacturer.pem").write_text("")  # what is left of it
    assert firmware_settings(made, tmp_path, DeviceModel(made)).accept_unsigned() is False


def test_what_an_installer_is_started_with_and_secret_variables_do_not_leave_with_the_log_for_the_csms() -> None:
    made: Configuration = replace(
        configuration(),
        firmware=FirmwarePart(installer="command", argv=("/opt/install", "--token=hush", "--password", "hush", "--force")),
        ocpp=OcppPart(variables=(VariablePart(component="SecurityCtrlr", variable="BasicAuthPassword", value="hush"),)),
    )
    shown = without_secrets(made)
    assert shown["firmware"]["argv"] == ["/opt/install", "***", "--password", "***", "--force"]
    assert shown["ocpp"]["variables"][0]["value"] == "***"
    assert "hush" not in str(shown)


def test_the_configuration_is_shown_without_its_secrets() -> None:
    made: Configuration = replace(
        configuration(),
        ocpp=OcppPart(
            csms_url="wss://me:hush@csms/x", basic_auth_password="hush", keys={"AuthorizationKey": "hush", "HeartbeatInterval": "5"}
        ),
    )
    shown = without_secrets(made)
    assert "hush" not in str(shown)
    assert shown["ocpp"]["csms_url"] == "wss://***@csms/x"
    assert shown["ocpp"]["keys"] == {"AuthorizationKey": "***", "HeartbeatInterval": "5"}
    assert shown["ocpp"]["basic_auth_password"] == "***"
    assert shown["security"]["key_password"] is None
    assert shown["evses"][0]["connectors"][0]["id"] == 1
