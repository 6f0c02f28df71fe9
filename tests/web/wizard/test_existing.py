"""A configuration that there is, as answers and back: what nobody touches is as it was, entry for entry."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import wizard
from chargepoint.cli.configuration import build
from chargepoint.web.wizard import candidate, existing, toml
from chargepoint.web.wizard.draft import Draft

RICH = """
[station]
id = "cp001"
vendor = "Acme"
model = "One"
after_power_loss = "end"

[site]
fuse_a = 63

[[evses]]
id = 1
max_current_a = 32
ventilation = true
board = { driver = "openevse", port = "/dev/ttyUSB0" }
meter = { driver = "sdm630", port = "/dev/ttyUSB1", unit = 3, public_key = "04ab" }
connectors = [ { id = 1, type = "cCCS2", cable = "fixed" }, { id = 2, type = "sType2" } ]

[[evses]]
id = 2
max_current_a = 16
phases = 1
board = { driver = "openevse", port = "/dev/ttyUSB2" }
connectors = [ { id = 1, type = "sType2", cable = "socket" } ]

[[readers]]
driver = "pn532-uart"
port = "/dev/ttyAMA0"
evses = [1]

[[readers]]
driver = "keyboard"
evses = [2]

[ocpp]
version = ["1.6", "2.0.1"]
csms_url = "wss://csms.example.com/x"
security_profile = 2
basic_auth_password = "sixteen or more characters"
verify_server_name = false

[ocpp.keys]
MeterValueSampleInterval = "60"

[security]
trust = { csms = "root.pem" }

[firmware]
installer = "deb"

[hal]
backend = "sim"

[hal.sim]
socket = "/mnt/sim"
"""
LEAN = (
    '[station]\nid = "x"\nvendor = "A"\nmodel = "B"\n[site]\nfuse_a = 32\n[[evses]]\nid = 1\nmax_current_a = 16\nconnectors = [{id = 1}]\n'
)
EXAMPLE = Path(__file__).parents[3] / "systemd" / "station.toml"


def over(before: dict[str, Any], draft: Draft) -> dict[str, Any]:
    return existing.over(before, draft, candidate.tree(draft, wizard.drivers()))


def answered(before: dict[str, Any], place: str, **answers: str) -> Draft:
    draft = existing.draft_of(before)
    return draft.answered(place, {**draft.of(place), **answers})


@pytest.mark.parametrize("text", [RICH, LEAN, EXAMPLE.read_text()])
def test_whoever_changes_nothing_has_the_same_configuration(text: str) -> None:
    before = tomllib.loads(text)
    after = over(before, existing.draft_of(before))
    assert build(tomllib.loads(toml.text(after))) == build(before)


def test_one_answer_changes_one_entry() -> None:
    before = tomllib.loads(RICH)
    after = over(before, answered(before, "csms", url="wss://other.example.com/y"))
    assert after["ocpp"] == {**before["ocpp"], "csms_url": "wss://other.example.com/y"}
    after = over(before, answered(before, "socket/1", max_current_a="20"))
    assert after["evses"][0]["connectors"][0]["type"] == "cCCS2", "what the step has no word for"
    assert after["evses"][0]["connectors"][1] == before["evses"][0]["connectors"][1]
    assert (after["evses"][0]["max_current_a"], after["evses"][0]["ventilation"]) == (20, True)
    after = over(before, answered(before, "access", **{"entry.port": "/dev/ttyS1"}))
    assert after["readers"] == [{"driver": "pn532-uart", "port": "/dev/ttyS1", "evses": [1]}, before["readers"][1]]
    after = over(before, answered(before, "station", label="", evses="1"))
    assert [each["id"] for each in after["evses"]] == [1]


def test_of_whom_to_trust_only_the_root_of_the_csms_is_an_answer() -> None:
    before = tomllib.loads(RICH.replace('trust = { csms = "root.pem" }', 'trust = { csms = "root.pem", manufacturer = "maker.pem" }'))
    after = over(before, answered(before, "csms", root="/other.pem"))
    assert after["security"] == {"system_trust": False, "trust": {"csms": "/other.pem", "manufacturer": "maker.pem"}}
    after = over(before, answered(before, "csms", root=""))
    assert after["security"] == {"system_trust": True, "trust": {"manufacturer": "maker.pem"}}


def test_who_leaves_the_csms_leaves_its_password_as_well() -> None:
    before = tomllib.loads(RICH)
    after = over(before, answered(before, "csms", uses="none"))
    assert not {"csms_url", "basic_auth_password", "security_profile"} & set(after["ocpp"])
    assert after["ocpp"]["keys"] == before["ocpp"]["keys"]


def test_a_simulated_station_that_is_given_a_real_board_is_simulated_no_more() -> None:
    before = tomllib.loads(LEAN + '[hal]\nbackend = "sim"\n[bench]\nlisten = "127.0.0.1:0"\n')
    after = over(before, answered(before, "board/1", driver="openevse", **{"entry.port": "/dev/ttyUSB0"}))
    assert "backend" not in after.get("hal", {})
    assert "bench" not in after
    assert over(before, answered(before, "station", id="y"))["hal"] == {"backend": "sim"}


def test_a_board_that_is_not_chosen_yet_simulates_no_other() -> None:
    draft = Draft().answered("station", {"evses": "2"}).answered("board/1", {"driver": "openevse"})
    assert "hal" not in candidate.tree(draft, wizard.drivers())
    assert candidate.tree(Draft(), wizard.drivers())["hal"] == {"backend": "sim"}
