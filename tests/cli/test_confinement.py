"""What the installed services may not do, and a configuration wants."""

from typing import Any

from chargepoint.cli.configuration import build
from chargepoint.cli.confinement import warnings

TREE: dict[str, Any] = {
    "station": {"id": "cp001", "vendor": "Acme", "model": "One"},
    "site": {"fuse_a": 63},
    "evses": [
        {
            "id": 1,
            "max_current_a": 16,
            "connectors": [{"id": 1, "type": "cType2", "cable": "fixed"}],
            "board": {"driver": "simpleevse", "port": "/dev/ttyUSB0"},
            "meter": {"driver": "sdm630", "port": "/dev/ttyUSB1"},
        }
    ],
}


def told(**entries: dict[str, object]) -> list[str]:
    tree = {**TREE, "evses": [{**TREE["evses"][0], **entries}]}
    return [str(problem) for problem in warnings(build(tree))]


def test_serial_devices_need_nothing() -> None:
    assert told() == []


def test_a_device_with_an_address_needs_a_drop_in_which_is_named() -> None:
    assert told(meter={"driver": "sdm630", "host": "192.168.1.20"}) == [
        'evses[0].meter.host: "192.168.1.20": the installed control has no network; where the package runs it, install -D -m 644 '
        "/usr/share/chargepoint/control-network.conf /etc/systemd/system/chargepoint-control.service.d/network.conf && systemctl "
        "daemon-reload, narrow it to this address, and start control anew"
    ]
    assert len(told(board={"driver": "simpleevse", "host": "192.168.1.21"})) == 1


def test_a_count_is_kept_where_control_may_write() -> None:
    good, bad = "/var/lib/chargepoint/control/meter-1.pulses", "/var/lib/chargepoint/meter-1.pulses"
    assert told(meter={"driver": "pulse", "line": "GPIO17", "keep": good}) == []
    assert told(meter={"driver": "pulse", "line": "GPIO17", "keep": bad}) == [
        f'evses[0].meter.keep: "{bad}": the installed control writes beneath /var/lib/chargepoint/control/ alone; name a file there'
    ]
