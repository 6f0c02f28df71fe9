"""Reports of the device model (2.0.1 B07, B08): numbered from 0 without gaps, and every row as its characteristics say."""

from collections.abc import Iterator

from simulators.csms.frames import Payload
from simulators.csms.hearing import Hearing

LISTS = ("OptionList", "SequenceList", "MemberList")


def notify_report(hearing: Hearing, payload: Payload) -> Payload:
    """The answer to a part, which is judged."""
    number, reports = payload["requestId"], hearing.conversation.reports
    expected = reports.pop(number, 0)
    if payload["seqNo"] not in (0, expected):
        hearing.report("report", f"report {number} part {payload['seqNo']}; expected part {expected}")
    if payload.get("tbc", False):
        reports[number] = payload["seqNo"] + 1
    for row in payload.get("reportData", ()):
        for fault in _faults(row):
            hearing.report("report", f"report {number}: {row['component']['name']}.{row['variable']['name']} {fault}")
    return {}


def _faults(row: Payload) -> Iterator[str]:
    characteristics = row.get("variableCharacteristics")
    if characteristics is None:
        yield "has no characteristics (B07.FR.08, B08.FR.12)"
        return
    allowed = {item.strip() for item in characteristics.get("valuesList", "").split(",") if item}
    if not allowed and characteristics["dataType"] in LISTS:
        yield f"is a {characteristics['dataType']} without valuesList"
    for attribute in row["variableAttribute"]:
        value = attribute.get("value")
        if attribute.get("mutability") == "WriteOnly":
            if value is not None:
                yield "is write-only, and its value is told (errata 2025-01)"
        elif value is None:
            yield "has no value (errata 2025-04)"
        elif allowed and not {item.strip() for item in value.split(",") if value} <= allowed:
            yield f"is {value!r}, which is not in its valuesList"
