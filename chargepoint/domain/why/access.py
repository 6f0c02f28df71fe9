"""What has to hold before a car is offered anything: the station works, the place is free, the car is there, somebody pays."""

from chargepoint.domain import catalogue
from chargepoint.domain.faults import Fault
from chargepoint.domain.why.condition import Condition, met, missing, span, untold
from chargepoint.domain.why.facts import Facts

ERROR_OF = {
    "judging": "card_judged",
    "refused": "card_refused",
    "offline": "card_unknown_offline",
    "unlisted": "card_unlisted",
    "no_place": "card_without_place",
    "busy": "card_judged",
}
"""What came of a card -> its name in the catalogue."""
FRESH_S = 60.0
"""Whoever was refused within this, and has no car plugged in, asks about his card."""


def control(facts: Facts) -> Condition:
    """The process that owns the hardware."""
    if facts.linked:
        return met("control", "The control process is there.")
    return missing("control", "control_silent", "The control process is not heard.")


def board(facts: Facts) -> Condition:
    """It measures."""
    if not facts.linked:
        return untold("board", "Only control can tell.")
    if facts.known:
        return met("board", "The board is heard.")
    return missing("board", "board_silent", "The board has not been measured since the start.")


def fault_free(facts: Facts) -> Condition:
    """Nothing is wrong that keeps it from charging. Control's own silence has a condition of its own."""
    stopping = [fault for fault in facts.faults if fault.stops_charging and fault.name != "control_silent"]
    if stopping:
        oldest = min(stopping, key=lambda fault: fault.since_s)
        more = f", and {len(stopping) - 1} more" if len(stopping) > 1 else ""
        return Condition("no_fault", False, _words(oldest) + more + ".", oldest.row.technician[0], oldest.row.code)
    if not facts.linked:
        return untold("no_fault", "Only control can tell.")
    warnings = len(facts.faults)
    return met("no_fault", f"No fault that stops charging; {warnings} that only warn." if warnings else "No fault.")


def _words(fault: Fault) -> str:
    row = catalogue.of_fault(fault)
    return f"{row.title} ({fault.name})" + (f": {fault.info}" if fault.info else "")


def service(facts: Facts) -> Condition:
    """No technician has taken it out."""
    if facts.taken_out is None:
        return met("service", "In service.")
    said = f": {facts.taken_out}" if facts.taken_out else ""
    return missing("service", "out_of_service_technician", f"A technician has taken it out of service{said}.")


def operation(facts: Facts) -> Condition:
    """The CSMS has not taken it out."""
    if facts.operative:
        return met("operation", "In operation, as far as the CSMS goes.")
    return missing("operation", "out_of_service_csms", "The CSMS has made it inoperative (ChangeAvailability).")


def upkeep(facts: Facts) -> Condition:
    """Neither new firmware nor a restart is due. What runs already goes on until it ends."""
    if facts.stage == "running":
        return met("upkeep", "The session goes before updates and restarts.")
    if facts.updating:
        return missing("upkeep", "firmware_installing")
    if facts.restarting:
        return missing("upkeep", "restart_pending")
    return met("upkeep", "No update and no restart is due.")


def reservation(facts: Facts) -> Condition:
    """It is kept for nobody else."""
    if facts.reserved:
        return missing("reservation", "reserved")
    return met("reservation", "Not reserved for anybody else.")


def cable(facts: Facts) -> Condition:
    """Is there one, or a car, which is as good? Who holds a refused card in his hand asks about that."""
    if facts.plugged or facts.cable:
        return met("cable", "The cable is in.")
    if _just_refused(facts):
        return untold("cable", "Nothing is plugged in yet.")
    return missing("cable", "nothing_plugged", "Nothing is plugged in.")


def car(facts: Facts) -> Condition:
    """At the other end."""
    if facts.plugged:
        return met("car", "A car is plugged in.")
    if facts.cable:
        return missing("car", "no_car_on_the_cable")
    return untold("car", "No cable, no car.")


def authorisation(facts: Facts) -> Condition:
    """Somebody pays, or nobody has to."""
    name = "authorisation"
    match facts.stage:
        case "starting" | "running":
            return met(name, "Authorised.")
        case "waits_for_car":
            return met(name, "A card was accepted, and waits for its car.")
        case "withdrawn":
            return missing(name, "authorisation_withdrawn", "The CSMS has withdrawn the card during the session.")
        case "ending":
            return missing(name, "session_ending")
    if facts.card is not None and (facts.plugged or _just_refused(facts)):
        return _card(facts)
    if not facts.plugged:
        return untold(name, "Nobody has shown a card yet.")
    return _awaited(facts)


def _card(facts: Facts) -> Condition:
    assert facts.card is not None
    ago = f"{span(facts.now_s - facts.card.at_s)} ago"
    said = f" ({facts.card.status})" if facts.card.status else ""
    words = {
        "judging": "A card is being looked at.",
        "refused": f"The card shown {ago} was refused{said}.",
        "offline": f"The CSMS could not be asked about the card shown {ago}, and it is not known here.",
        "unlisted": f"The card shown {ago} is not among the station's own, and there is no CSMS to ask.",
        "no_place": f"For the card shown {ago} no place was free: in use, reserved, out of order or of service.",
        "busy": f"The card shown {ago} was not looked at, for too many were shown just before; show it again in a while.",
    }
    return missing("authorisation", ERROR_OF[facts.card.answer], words[facts.card.answer])


def _awaited(facts: Facts) -> Condition:
    name = "authorisation"
    if facts.plug_kept:
        return missing(name, "plug_kept", "The session is over; its plug is kept locked until its card is shown.")
    if facts.stage == "over":
        return missing(name, "session_over", "The session is over; the car is still plugged in.")
    if facts.stage == "timed_out":
        return missing(name, "authorisation_timed_out")
    if facts.reader_silent:
        return missing(name, "reader_silent", "Nobody has authorised this car, and the card reader is not heard.")
    waited = "" if facts.waited_s is None else f"; it has waited for {span(facts.waited_s)}"
    return missing(name, "authorisation_awaited", f"Nobody has authorised this car{waited}.")


def _just_refused(facts: Facts) -> bool:
    return facts.card is not None and facts.now_s - facts.card.at_s <= FRESH_S and facts.stage in ("nobody", "timed_out", "over")
