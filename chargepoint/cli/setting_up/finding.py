"""Which device: looked for first, then chosen from what was found, or by hand; and explained."""

from collections.abc import Sequence

from chargepoint.cli.setting_up import looking
from chargepoint.cli.setting_up.screen import Back, Screen
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.inquiry.trial import Device, Try
from chargepoint.web.wizard import access, devices
from chargepoint.web.wizard.asking import as_answers, suits
from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field, Option
from chargepoint.web.wizard.steps import Place

BY_HAND, AGAIN = "by hand", "again"


def device(sitting: Sitting, place: Place, field: Field, answers: dict[str, str]) -> dict[str, str]:
    """The answers with a driver, and what is known of its entries. Raises Back, Leave."""
    while True:
        found = [] if sitting.running else _found(sitting, place, answers.get("driver", ""))
        picked = _pick(sitting.screen, found, answers) if found else BY_HAND
        if isinstance(picked, Device):
            return _others(answers) | as_answers(picked.driver, picked.entries)
        if picked == BY_HAND:
            driver = _by_hand(sitting.screen, field, answers)
            return answers if driver == answers.get("driver") else _others(answers) | {"driver": driver}
        sitting.found = None


def _others(answers: Answers) -> dict[str, str]:
    """Without what another driver was told."""
    return {name: text for name, text in answers.items() if not name.startswith(devices.PREFIX) and name not in ("driver", "bench")}


def _found(sitting: Sitting, place: Place, now: str) -> list[Device]:
    """Of this step's kind, if anybody wants to look; what was found for another step counts."""
    known = [each for each in sitting.found or () if suits(place, each)]
    if known:
        return known
    wanted = not now and sitting.found is None and place.step.name != "access"
    if not sitting.screen.sure(
        "Look for what is connected?", default=wanted, help="Asks every serial port, chip and reader; up to a minute."
    ):
        return []
    asked = Try(what="detect", configuration=sitting.tree())
    sight = looking.look(sitting.screen, lambda: sitting.ports.attempt(asked), ends_by_itself=True)
    sitting.found = () if sight is None else sight.devices
    found = [each for each in sitting.found if suits(place, each)]
    if not found:
        sitting.screen.say("Nothing of this kind was found; choose it by hand.", indent=2)
    return found


def _pick(screen: Screen, found: Sequence[Device], answers: Answers) -> Device | str:
    options = [Option(str(number), f"{each.driver} at {each.where}", each.says) for number, each in enumerate(found)]
    others = (Option(BY_HAND, "Another one, by hand"), Option(AGAIN, "Look once more"))
    chosen = screen.choose("Which of these is it?", (*options, *others), "0" if not answers.get("driver") else None)
    return found[int(chosen)] if chosen.isdecimal() else chosen


def _by_hand(screen: Screen, field: Field, answers: Answers) -> str:
    """Chosen, and seen what it is."""
    default = answers.get("driver") or field.proposed or None
    while True:
        driver = screen.choose(field.label, field.options, default)
        option = next(each for each in field.options if each.value == driver)
        if driver in (access.NONE, answers.get("driver")):
            return driver
        screen.option(option)
        try:
            if screen.sure("Is it this one?"):
                return driver
        except Back:
            continue
