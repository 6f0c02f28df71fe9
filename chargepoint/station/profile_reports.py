"""GetChargingProfiles answered: what is installed, in parts (OCPP 2.0.1 K09)."""

from collections.abc import Iterator
from itertools import groupby

from chargepoint.domain.charging.installed import Installed
from chargepoint.domain.charging_profile import LimitSource
from chargepoint.domain.commands import GetChargingProfiles, Outcome, Verdict
from chargepoint.domain.notifications import ReportChargingProfiles
from chargepoint.station.orders import Answered
from chargepoint.station.profile_book import NOT_SUPPORTED, ProfileBook
from chargepoint.station.reports import Reports

REPORT = "charging profiles"
PROFILES = 5
PERIODS = 500
"""No more in one ReportChargingProfiles, unless a single profile has more: about 40 kB."""


def report(book: ProfileBook, command: GetChargingProfiles, reports: Reports) -> Answered:
    """K09: the answer first, then the parts, as things were when it was asked. The same number may be asked for again meanwhile: it is told
    again, since the only other answer is NoProfiles, which somebody may believe."""
    if not book.supported:
        return NOT_SUPPORTED, None
    found = sorted(book.find(command), key=_place)
    if not found:
        return Outcome(Verdict.EMPTY, "NotFound", "no installed profile matches"), None
    crowd = reports.crowd(REPORT)
    if crowd is not None:
        return crowd, None
    return Outcome(Verdict.ACCEPTED), lambda: reports.begin(REPORT, command.request_id, _told(command.request_id, found))


def _told(request_id: int, found: list[Installed]) -> Iterator[ReportChargingProfiles]:
    """All with the id of the request (K09.FR.01); each but the last says that more come (K09.FR.02)."""
    parts = [(place, part) for place, each in groupby(found, _place) for part in _parts(list(each))]
    for number, ((evse, source), part) in enumerate(parts, start=1):
        profiles, more = tuple(each.as_sent for each in part), number < len(parts)
        yield ReportChargingProfiles(request_id=request_id, evse=evse, source=source, profiles=profiles, to_be_continued=more)


def _place(installed: Installed) -> tuple[int, LimitSource]:
    return installed.evse, installed.source


def _parts(installed: list[Installed]) -> Iterator[list[Installed]]:
    part: list[Installed] = []
    for each in installed:
        if part and (len(part) == PROFILES or sum(map(_periods, (*part, each))) > PERIODS):
            yield part
            part = []
        part.append(each)
    yield part


def _periods(installed: Installed) -> int:
    return sum(len(schedule.periods) for schedule in installed.as_sent.schedules)
