"""Configurations for tests."""

from typing import Any

from msgspec import convert

from chargepoint.domain.configuration import Configuration


def configuration(*, cables: tuple[str, ...] = ("socket", "fixed"), **ocpp: Any) -> Configuration:
    """A station with one EVSE of one connector for each cable."""
    evses = [
        {"id": number, "max_current_a": 32, "phases": 3, "connectors": [{"id": 1, "type": "sType2", "cable": cable}]}
        for number, cable in enumerate(cables, start=1)
    ]
    station = {"id": "cp001", "vendor": "Acme", "model": "One", "serial": "0001", "firmware": "1.0"}
    return convert({"station": station, "site": {"fuse_a": 40}, "evses": evses, "ocpp": ocpp}, Configuration)
