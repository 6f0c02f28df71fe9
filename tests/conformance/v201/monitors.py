"""What the cases of monitors say over and over."""

from collections.abc import Iterable
from itertools import count

from tests.campaigns.bench import Json
from tests.conformance.v201.lab import LOOK_S, WAIT_S, Lab, LabError
from tests.conformance.v201.naming import read, written
from tests.conformance.v201.sites import SOCKET

STATION_STATE = "ChargingStation.AvailabilityState"
EVSE_STATE = f"EVSE@{SOCKET}.AvailabilityState"
POWER = f"EVSE@{SOCKET}.Power"
_requests = count(1)


def wanted(name: str, kind: str, value: float, severity: int = 8, **more: object) -> Json:
    """An element of setMonitoringData."""
    return {**read(name), "type": kind, "value": value, "severity": severity, **more}


async def set_all(lab: Lab, *elements: Json) -> list[Json]:
    """SetVariableMonitoring; one result for each, in any order, here in the order of the elements."""
    answer = await lab.call("SetVariableMonitoring", setMonitoringData=list(elements))
    results: list[Json] = answer["setMonitoringResult"]
    assert [_named(each) for each in results] == [_named(each) for each in elements], results
    for each in results:
        if each["status"] == "Accepted":
            assert reason(each, "NoError") == "NoError", each
    return results


def reason(answer: Json, otherwise: str) -> str:
    """reasonCode, where there is one."""
    found: str = answer.get("statusInfo", {}).get("reasonCode", otherwise)
    return found


def _named(entry: Json) -> tuple[str, str, int]:
    return written(entry), entry["type"], entry["severity"]


async def monitor(lab: Lab, name: str, kind: str, value: float, severity: int = 8, **more: object) -> int:
    """One that must be accepted; its id."""
    (result,) = await set_all(lab, wanted(name, kind, value, severity, **more))
    assert result["status"] == "Accepted", result
    number: int = result["id"]
    return number


async def report(lab: Lab, names: Iterable[str] = (), criteria: Iterable[str] = (), status: str = "Accepted") -> dict[int, Json]:
    """GetMonitoringReport and all its parts: every monitor, by its id, with the name of its variable."""
    number = next(_requests)
    body: Json = {"requestId": number}
    body |= {"componentVariable": [_asked(name) for name in names]} if names else {}
    body |= {"monitoringCriteria": list(criteria)} if criteria else {}
    why = "NoError" if status == "Accepted" else "NotFound"
    answer = await lab.says(status, "GetMonitoringReport", **body)
    assert reason(answer, why) == why, answer
    return {} if status != "Accepted" else await _parts(lab, number)


def _asked(name: str) -> Json:
    """A component without a variable is written ``EVSE@1.``"""
    return {"component": read(f"{name}X")["component"]} if name.endswith(".") else read(name)


async def _parts(lab: Lab, number: int) -> dict[int, Json]:
    found: dict[int, Json] = {}
    for seq_no in count():
        part = (await lab.hears("NotifyMonitoringReport", requestId=number)).payload
        assert part["seqNo"] == seq_no, f"expected part {seq_no}, got {part['seqNo']}"
        for variable in part["monitor"]:
            found |= {each["id"]: {**each, "name": written(variable)} for each in variable["variableMonitoring"]}
        if not part.get("tbc", False):
            return found
    raise AssertionError("count ends never")


def events(lab: Lab, **entries: object) -> list[Json]:
    """Elements of eventData in this case so far, with these entries; ``name`` is that of the variable."""
    messages = lab.heard("NotifyEvent")
    assert all(message.payload["seqNo"] == 0 for message in messages)
    told = [{**each, "name": written(each)} for message in messages for each in message.payload["eventData"]]
    numbers = [each["eventId"] for each in told]
    assert len(set(numbers)) == len(numbers), f"eventId twice: {numbers}"
    return [each for each in told if all(each.get(key) == value for key, value in entries.items())]


async def event(lab: Lab, *, within_s: float = WAIT_S, **entries: object) -> Json:
    """Wait for one; the first."""
    try:
        await lab.csms.until(lambda: bool(events(lab, **entries)), within_s)
    except TimeoutError:
        raise LabError(f"expected an event {entries} within {within_s:g} s; came: {events(lab)}") from None
    return events(lab, **entries)[0]


__all__ = ["EVSE_STATE", "LOOK_S", "POWER", "STATION_STATE", "event", "events", "monitor", "reason", "report", "set_all", "wanted"]
