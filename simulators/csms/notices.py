"""What stations say beside transactions, alike in both versions: security events, errands, certificates to be signed, data of vendors."""

from simulators.csms.book import MAX_NOTED
from simulators.csms.frames import Call, Payload
from simulators.csms.hearing import Hearing
from simulators.csms.records import Notice, SecurityEvent


def data_transfer(hearing: Hearing, payload: Payload) -> Payload:
    """A DataTransfer: as the bench was told to answer its vendor."""
    return hearing.behaviour.data_transfer.get(payload["vendorId"], {"status": "UnknownVendorId"})


def notice(hearing: Hearing, payload: Payload) -> Payload:
    """A status of firmware, diagnostics or log."""
    _write_down(hearing, payload["status"])
    return {}


def security_event(hearing: Hearing, payload: Payload) -> Payload:
    """A SecurityEventNotification."""
    event = SecurityEvent(type=payload["type"], info=payload.get("techInfo"), at=payload["timestamp"], message=hearing.number)
    hearing.station.security_events.append(event)
    del hearing.station.security_events[:-MAX_NOTED]
    return {}


def sign_certificate(hearing: Hearing, payload: Payload) -> Payload:
    """A SignCertificate: accepted where there is somebody who signs."""
    _write_down(hearing, payload["csr"])
    return {"status": "Rejected" if hearing.book.sign is None else "Accepted"}


def follow_up(hearing: Hearing, answer: Payload) -> Call | None:
    """What the CSMS asks next of itself, after this answer: CertificateSigned (1.6-SEC A02; 2.0.1 A02). Its id is still to be made."""
    sign = hearing.book.sign
    if hearing.call.action != "SignCertificate" or answer["status"] != "Accepted" or sign is None:
        return None
    try:
        chain = sign(hearing.call.payload["csr"])
    except ValueError as reason:
        hearing.report("certificate", f"the request cannot be signed: {reason}")
        return None
    return Call("", "CertificateSigned", {"certificateChain": chain})


def _write_down(hearing: Hearing, status: str) -> None:
    entry = Notice(action=hearing.call.action, status=status, request=hearing.call.payload.get("requestId"), message=hearing.number)
    hearing.station.notices.append(entry)
    del hearing.station.notices[:-MAX_NOTED]
