"""The rules that a station's frames are judged by.

Rules of a violation:

    frame         not a frame of OCPP-J
    message_id    longer than 36 characters, or used before for something else (2.0.1: at all)
    two_calls     a CALL while another one of the station was open
    answer        an answer to nothing, or a second one; an error code that the version does not have
    action        an action that a station of this version does not send
    schema        a payload, of a CALL or of an answer, that breaks its JSON schema
    time          a date-time that is no RFC 3339 time
    boot          a message before the boot was accepted, or a BootNotification before its interval had passed
    transaction   of an unknown or ended transaction, or two at once in one place
    seq_no        2.x: a gap, out of order, or the same number for another event
    meter         an energy register that runs backwards within a transaction, or a value that is no number
    certificate   a SignCertificate whose request cannot be read or is badly signed
    report        2.x: a part of a report out of order, or a row that is not as its characteristics say
    status        1.6: a change of the connector's status that §4.9 does not know
"""

from simulators.csms.book import Seen, digest
from simulators.csms.frames import Payload
from simulators.csms.hearing import Hearing, Report
from simulators.csms.schemas import Breach, Side, breach, odd_time

MAX_ID_LENGTH = 36
SHORTEST_TIMEOUT_S = 0.9
"""No station gives up a CALL sooner than a second after it was sent, which is a little before it is heard: within this time after an open
CALL, another one is a second one at once."""
EARLY_BOOT = 0.9
"""Share of the interval that must have passed: clocks differ."""


def judge_turn(hearing: Hearing) -> None:
    """Is another CALL of the station open that it cannot have given up yet?"""
    conversation = hearing.conversation
    waited_s = {identity: (hearing.now - since).total_seconds() for identity, since in conversation.open.items()}
    conversation.open = {identity: conversation.open[identity] for identity in waited_s if waited_s[identity] < SHORTEST_TIMEOUT_S}
    other = next((identity for identity in conversation.open if identity != hearing.call.id), None)
    if other is not None:
        hearing.report("two_calls", f"{hearing.call.action} while {other!r} has been open for {waited_s[other]:.3f} s")


def judge_id(hearing: Hearing) -> Seen | None:
    """The CALL that this one repeats, if it does."""
    call = hearing.call
    if len(call.id) > MAX_ID_LENGTH:
        hearing.report("message_id", f"{call.id!r} has {len(call.id)} characters; at most {MAX_ID_LENGTH} are allowed")
    before = hearing.memory.seen.get(call.id)
    if before is None:
        return None
    if before.digest != digest(call.action, call.payload):
        hearing.report("message_id", f"{call.id!r} was used for message {before.message}, which had other content")
        return None
    if not hearing.conversation.version.retry_keeps_id:
        hearing.report("message_id", f"{call.id!r} was used for message {before.message}; a retry needs an id of its own (part 4 §4.1.4)")
    return before


def judge_schema(report: Report, version: str, action: str, side: Side, payload: Payload) -> Breach | None:
    """How a payload breaks its schema, if it does."""
    fault = breach(version, action, side, payload)
    if fault is not None:
        report("schema", f"{action} {fault}")
        return fault
    odd = odd_time(version, action, side, payload)
    if odd is not None:
        report("time", f"{action} {odd}")
    return None


def may_speak(hearing: Hearing) -> bool:
    """May the station send this before or without an accepted boot (1.6 §4.2; 2.0.1 B01.FR.08 to B03.FR.07)?"""
    action, conversation, registration = hearing.call.action, hearing.conversation, hearing.station.registration
    if action == "BootNotification":
        judge_boot_interval(hearing)
        return True
    if registration == "none" and not conversation.unknown:
        conversation.unknown = True
        hearing.report("boot", f"{action} before any BootNotification; no fault if the station booted before this CSMS was started")
    if registration in ("none", "accepted") or action in conversation.asked_for:
        return True
    hearing.report("boot", f"{action} while the boot is {registration}; only BootNotification and what was triggered are allowed")
    return False


def judge_boot_interval(hearing: Hearing) -> None:
    answered = hearing.conversation.boot_answered
    if answered is None or "BootNotification" in hearing.conversation.asked_for:
        return
    waited_s = (hearing.now - answered[0]).total_seconds()
    if waited_s < answered[1] * EARLY_BOOT:
        hearing.report("boot", f"BootNotification {waited_s:.1f} s after it was answered; the interval was {answered[1]} s")
