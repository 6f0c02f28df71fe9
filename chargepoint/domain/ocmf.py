"""Signed records as they are passed on: Open Charge Metering Format, and OCA's application note on signed meter values (1.0, 2025).

    OCMF|<data, as the meter signed it>|{"SD":"<signature in hexadecimal digits>"}

The bytes between the bars are the meter's own and are never read and written anew. What a firmware is known to get wrong in the signature
is mended here and nowhere else (``QUIRKS``); the record as it came is kept.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping

from chargepoint.domain.authorization import Authorization, Origin
from hal.measured import SignedRecord

POINT = bytes.fromhex("3059301306072A8648CE3D020106082A8648CE3D03010703420004")
"""Before a point of 64 bytes: a public key of ECDSA on secp256r1 in ASN.1 (RFC 5480)."""
POINT_BYTES = 64
SEQUENCE, INTEGER = 0x30, 0x02
FLAGS = {Origin.LOCAL: ["RFID_PLAIN"], Origin.REMOTE: ["OCPP_RS"], Origin.FREE: []}
"""How whoever charges was identified (OCMF ``IF``)."""


def says(transaction_id: str, authorization: Authorization, place: str, gateway: tuple[str, str, str] = ("", "", "")) -> str:
    """What a record is to say about a transaction: a JSON object. ``place``: station and connector; ``gateway``: maker and model of the
    station, its serial number, its firmware. What is empty is the meter's to say.

    The transaction stands for whoever pays, so that no record bears the number of a card. A bar would end the data.
    """
    maker, serial, firmware = gateway
    fields = {
        "FV": "1.0",
        "GI": maker,
        "GS": serial,
        "GV": firmware,
        **dict.fromkeys(("PG", "MV", "MM", "MS", "MF"), ""),
        "IS": authorization.origin is not Origin.FREE,
        "IF": FLAGS[authorization.origin],
        "IT": "LOCAL",
        "ID": transaction_id,
        "CT": "CBIDC",
        "CI": place,
        "RD": [],
    }
    return json.dumps(fields, separators=(",", ":")).replace("|", " ")


def text(record: SignedRecord) -> bytes:
    """The record as it is passed on."""
    signature = QUIRKS.get(record.quirk, _as_it_is)(record.signature)
    return b"OCMF|" + record.data + b'|{"SD":"' + signature.hex().upper().encode() + b'"}'


def told_key(printed: str) -> str:
    """A public key as OCPP tells it (application note 3.2.2): what is printed on the meter, with what it is, in base64. What is neither
    ASN.1 in hexadecimal digits nor in base64 is told as it is."""
    bare = re.sub(r"[\s:]", "", printed)
    if printed.startswith("oca:"):
        marked = printed
    elif re.fullmatch(r"(30[0-9a-fA-F]{2})([0-9a-fA-F]{2})+", bare):
        marked = f"oca:base16:asn1:{bare}"
    elif re.fullmatch(r"M[A-Za-z0-9+/]{30,}={0,2}", bare):
        marked = f"oca:base64:asn1:{bare}"
    else:
        return printed
    return base64.b64encode(marked.encode()).decode()


def printed_key(key: bytes) -> str:
    """A meter's public key as it is printed on it; nothing without one."""
    return ((POINT + key) if len(key) == POINT_BYTES else key).hex()


def _as_it_is(signature: bytes) -> bytes:
    return signature


def _without_zeros(signature: bytes) -> bytes:
    """A sequence of two integers (DER), each of them written with more leading zeros than it may have; anything else as it is.

    Iskra WM3M4, as EVerest has met it. It is gone when no integer longer than one byte begins with 00 before a byte below 80.
    """
    numbers, left = [], signature[2:]
    if len(signature) < 2 or signature[0] != SEQUENCE or signature[1] != len(left):
        return signature
    while left:
        if len(left) < 3 or left[0] != INTEGER or not 0 < left[1] <= len(left) - 2:
            return signature
        number, left = left[2 : 2 + left[1]], left[2 + left[1] :]
        while len(number) > 1 and number[0] == 0 and number[1] < 0x80:
            number = number[1:]
        numbers.append(bytes([INTEGER, len(number)]) + number)
    body = b"".join(numbers)
    return bytes([SEQUENCE, len(body)]) + body


QUIRKS: Mapping[str, Callable[[bytes], bytes]] = {"der_zeros": _without_zeros}
"""By the name that the driver gives it (``SignedRecord.quirk``)."""
