"""What a step asks, as far as its answers lead to other questions; and what was found, as answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chargepoint.inquiry.trial import Device
from chargepoint.web.wizard import access, board, csms, devices, meter, public, socket, station
from chargepoint.web.wizard.draft import Answers, Draft
from chargepoint.web.wizard.fields import Field
from chargepoint.web.wizard.ports import WizardPorts
from chargepoint.web.wizard.steps import Place

KINDS: Mapping[str, str] = {"board": "boards", "meter": "meters", "access": "readers"}
"""Step -> the kind of device that is chosen there."""


def fields_of(ports: WizardPorts, draft: Draft, place: Place, answers: Answers) -> Sequence[Field]:
    """The questions of a step. ``draft``: what the others were answered; ``answers``: this one."""
    match place.step.name:
        case "station":
            return station.fields(ports.proposals())
        case "board":
            return board.fields(ports.drivers(), answers)
        case "meter":
            return meter.fields(ports.drivers(), answers)
        case "socket":
            return socket.fields(draft.phases(place.evse))
        case "access":
            return access.fields(ports.drivers(), answers)
        case "csms":
            return csms.fields(answers)
        case _:
            return public.fields()


def suits(place: Place, device: Device) -> bool:
    """Is it what this step asks for?"""
    return device.kind == KINDS.get(place.step.name)


def as_answers(driver: str, entries: Mapping[str, Any]) -> dict[str, str]:
    """A device's table, as if somebody had typed it."""
    typed = {name: value if isinstance(value, str) else msgspec.json.encode(value).decode() for name, value in entries.items()}
    return {"driver": driver, **{f"{devices.PREFIX}{name}": text for name, text in typed.items()}}


def only_chosen(answers: Answers) -> bool:
    """A driver that has not been told anything yet: what it lacks is about to be typed."""
    entries = [text for name, text in answers.items() if name.startswith(devices.PREFIX)]
    return bool(entries) and not any(entries)
