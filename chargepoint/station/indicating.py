"""What drivers are told that only the station knows: a lease to control for each EVSE, renewed while it holds; and sounds.

    card ──▶ Authorizing ── answers ──▶ read, judging, accepted, rejected      for a moment
    sessions, reservations, availability, firmware, uplink ──▶ TABLE           for as long as it is so
    nothing of it                                                              control shows what it sees by itself

Control shows its own faults whatever is said here, and goes on by itself when nothing is said any more; but then it calls nothing free.
"""

from collections.abc import Callable, Iterable
from math import inf

from msgspec import Struct

from chargepoint.domain.indications import Shows, Sound
from chargepoint.domain.session import Session
from chargepoint.link.messages import Beep, Down, Indicate
from chargepoint.station.authorizing import Answer, Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.transacting import Transacting

LEASE_S = 10.0
RENEW_S = 3.0
ANSWER_S = 3.0
"""So long the answer to a card is shown."""
OFFLINE_S = 30.0
"""An uplink that is away for less is nothing that drivers should know."""
JUDGING_S = 60.0
"""No judgement takes longer; somebody who has waited so long has left."""


class Situation(Struct, frozen=True):
    """One EVSE, as far as the table asks."""

    session: Session
    operative: bool
    """In operation, as far as anybody but control can say."""
    updating: bool
    reserved: bool
    offline: bool


def waits_for_plug(situation: Situation) -> bool:
    """Somebody may charge, or go on charging, and has to plug in."""
    session = situation.session
    return session.plug_in is None and (session.waits_for_car or (session.transaction is not None and session.transaction.stop is None))


TABLE: tuple[tuple[Shows, Callable[[Situation], bool]], ...] = (
    ("plug_in", waits_for_plug),
    ("updating", lambda situation: situation.updating and situation.session.transaction is None),
    ("unavailable", lambda situation: not situation.operative and situation.session.transaction is None),
    ("finished", lambda situation: situation.session.finishing),
    ("authorise", lambda situation: situation.session.waits_for_token),
    ("reserved", lambda situation: situation.reserved and situation.session.free),
    ("offline", lambda situation: situation.offline and situation.session.free),
)
"""The first that is so. Of a car that charges, or may, nothing is said: control sees that itself."""

SOUND_OF: dict[Answer, Sound] = {"read": "read", "accepted": "accepted", "rejected": "rejected"}
LIGHT_OF: dict[Answer, tuple[Shows, float]] = {
    "judging": ("authorising", JUDGING_S),
    "accepted": ("accepted", ANSWER_S),
    "rejected": ("refused", ANSWER_S),
}


class Indicating:
    """``offline``: there is a CSMS, it cannot be asked, and so not everybody can charge."""

    def __init__(
        self,
        clock: StationClock,
        transacting: Transacting,
        availability: Availability,
        authorizing: Authorizing,
        offline: Callable[[], bool],
        to_control: Callable[[Down], None],
    ) -> None:
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._away = offline
        self._to_control = to_control
        self._answers: dict[int, tuple[Shows, float]] = {}
        """By EVSE: what comes of a card, and until when that is shown."""
        self._told: dict[int, tuple[Shows | None, float]] = {}
        """By EVSE: what control was told last, and when."""
        self._asked_s = clock.monotonic()
        self._linked = False
        authorizing.answers = self.answer

    def answer(self, answer: Answer, evses: Iterable[int]) -> None:
        """Something comes of a card at these EVSEs."""
        now_s = self._clock.monotonic()
        for evse in evses:
            if answer in SOUND_OF:
                self._to_control(Beep(evse, SOUND_OF[answer]))
            if answer in LIGHT_OF and self._concerns(answer, evse):
                shows, lasts_s = LIGHT_OF[answer]
                self._answers[evse] = (shows, now_s + lasts_s)
            if answer == "judged":  # what follows from it is told next
                self._answers.pop(evse, None)
            else:
                self._tell(evse, now_s)

    def _concerns(self, answer: Answer, evse: int) -> bool:
        """A card that is being judged is not for a car that charges already."""
        return answer != "judging" or self._transacting.sessions[evse].transaction is None

    def shows(self, evse: int) -> Shows | None:
        """What is told of an EVSE now, beside what anybody sees of it; nothing where there is nothing to add."""
        return self._shows(evse, self._clock.monotonic())

    def refresh(self) -> None:
        """Something has happened that may change what is to be shown."""
        now_s = self._clock.monotonic()
        for evse in self._transacting.sessions:
            self._tell(evse, now_s)

    def tick(self, now_s: float, linked: bool) -> None:
        """Once a second. To a control that has just been found everything is said anew."""
        if not self._away():
            self._asked_s = now_s
        if linked and not self._linked:
            self._told.clear()
        self._linked = linked
        for evse in self._transacting.sessions:
            self._tell(evse, now_s)

    def _tell(self, evse: int, now_s: float) -> None:
        """Where there is nothing to add that is said as well: an EVSE is shown as free only while somebody says so."""
        shows = self._shows(evse, now_s)
        before, told_s = self._told.get(evse, (None, -inf))
        if shows == before and now_s - told_s < RENEW_S:
            return
        self._told[evse] = (shows, now_s)
        self._to_control(Indicate(evse, shows or "", LEASE_S))

    def _shows(self, evse: int, now_s: float) -> Shows | None:
        answer, until_s = self._answers.get(evse, (None, now_s))
        if answer is not None and now_s < until_s:
            return answer
        self._answers.pop(evse, None)
        situation = self._situation(evse, now_s)
        return next((shows for shows, so in TABLE if so(situation)), None)

    def _situation(self, evse: int, now_s: float) -> Situation:
        connectors = [connector for connector in self._availability.connectors if connector.evse == evse]
        updating = self._availability.held()
        return Situation(
            self._transacting.sessions[evse],
            operative=updating or any(map(self._availability.operative, connectors)),
            updating=updating,
            reserved=all(map(self._availability.reserved, connectors)),
            offline=self.offline(),
        )

    def offline(self) -> bool:
        """Has the CSMS been away for so long that drivers should know?"""
        return self._clock.monotonic() - self._asked_s >= OFFLINE_S
