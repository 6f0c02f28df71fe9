"""Where we connect to, and how the CSMS changes it (OCPP 2.0.1 B09, B10, A05).

Slot 1 is what the configuration file says, until the CSMS puts something else there; the others are the CSMS's. With which slot an
attempt is made: ``domain.network``. The slot that connects, and whose CSMS takes the boot (Accepted or Pending),

    * is the one to come back to, as it was, whatever becomes of its slot (B10.FR.07)
    * raises the security profile in force to its own, for good: slots below that are emptied (A05.FR.06)

Wherever it connects after another one, a boot is told (B10.FR.10). Whoever takes the connection and not the boot, by hanging up, by silence
or by rejecting the station, ends no round of attempts: so a profile that leads to somebody else's CSMS strands nobody.

Nothing is lost by a power cut: profiles, priority and the last good one are on disk before they are answered or used.
"""

import logging
from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.commands import Outcome, SetNetworkProfile, Verdict
from chargepoint.domain.device_model import DeviceModel, SetResult, VariableKey, VariableStatus
from chargepoint.domain.network import (
    FILE_SLOT,
    INVALID,
    LAST_GOOD,
    SLOTS,
    VERSIONS,
    NetworkProfile,
    Objection,
    downgrade_objection,
    objection,
    round_of,
)
from chargepoint.domain.values import BadValue
from chargepoint.domain.variables.communication import (
    ACTIVE_NETWORK_PROFILE,
    MESSAGE_TIMEOUT,
    NETWORK_CONFIGURATION_PRIORITY,
    NETWORK_PROFILE_CONNECTION_ATTEMPTS,
)
from chargepoint.domain.variables.security import ALLOW_DOWNGRADE, SECURITY_PROFILE
from chargepoint.station.orders import Orders
from chargepoint.station.security_log import Note
from chargepoint.store.database import StoreError
from chargepoint.store.network_profiles import LastGood
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

BOOTS = 3
"""So often a CSMS that never worked may leave the boot unanswered, over one connection."""


class Turn(Struct, frozen=True):
    """With what an attempt is made."""

    slot: int
    profile: NetworkProfile
    migrates: bool = False
    """Another CSMS than the one that worked last."""

    @property
    def versions(self) -> tuple[str, ...]:
        """The version that the profile names; none: as the configuration file says."""
        return (VERSIONS[self.profile.version],) if self.profile.version in VERSIONS else ()


class Networking:
    """``file``: slot 1. ``versions``: that the file allows. ``lacks``: what a security profile needs and is not there."""

    def __init__(
        self, file: NetworkProfile, versions: tuple[str, ...], store: Store, model: DeviceModel, note: Note,
        lacks: Callable[[int], str | None],
    ) -> None:  # fmt: skip
        self._file = file
        self._versions = versions
        self._store = store
        self._model = model
        self._note = note
        self._lacks = lacks
        self._stored = store.network_profiles.slots()
        self._last_good = store.network_profiles.last_good()
        self._round: list[int] = []
        self._first: int | None = None
        self._turn = Turn(FILE_SLOT, file)
        self._stood: tuple[int, str, str] | None = None
        self._unproven: Turn | None = None
        """The connection that stands, while its CSMS has not taken the boot."""
        self._in_vain = 0
        """Boots over it that were not answered."""
        self._own_timeout_s: int | None = None
        """MessageTimeout as it was before a profile that has one of its own; ``None``: none has taken its place."""
        self.taken: Callable[[], bool] = lambda: True
        """Has the CSMS taken the boot?"""
        self.switched: Callable[[], None] = lambda: None
        """A connection stands, and it is with another profile or CSMS, or in another version, than the one before in this run."""
        model.show(ACTIVE_NETWORK_PROFILE, lambda: str(self._turn.slot))

    def orders(self) -> Orders:
        """What the CSMS may want."""
        return {SetNetworkProfile: lambda command: (self.set_profile(command), None)}

    @property
    def profile_in_force(self) -> int:
        """SecurityProfile."""
        return self._model.read(SECURITY_PROFILE)

    # Connecting

    def turn(self) -> Turn:
        """For the next attempt."""
        while True:
            if not self._round:
                attempts = self._model.read(NETWORK_PROFILE_CONNECTION_ATTEMPTS)
                self._round, self._first = round_of(self._priority(), attempts, self._first), None
            slot = self._round.pop(0)
            found = self._last() if slot == LAST_GOOD else self._at(slot)
            if found is not None:
                self._turn = found
                return found

    def versions(self, turn: Turn) -> tuple[str, ...]:
        """Offered in this order: what the profile names first, and what the file allows; the CSMS chooses of them."""
        return tuple(dict.fromkeys((*turn.versions, *self._versions)))

    def _priority(self) -> list[int]:
        return [int(slot) for slot in self._model.read(NETWORK_CONFIGURATION_PRIORITY)]

    def _profiles(self) -> Mapping[int, NetworkProfile]:
        """Of each slot that has one. What the file says rises with the profile in force."""
        every = {FILE_SLOT: replace(self._file, security_profile=self.profile_in_force), **self._stored}
        return {slot: profile for slot, profile in every.items() if profile is not None}

    def _at(self, slot: int) -> Turn | None:
        profile = self._profiles().get(slot)
        if profile is None or self._downgrade(profile) is not None:
            return None
        last = self._last_good
        return Turn(slot, profile, last is not None and last.profile.url != profile.url)

    def _last(self) -> Turn:
        """Never nothing: what worked last, else what the file says."""
        if self._last_good is None:
            return self._at(FILE_SLOT) or Turn(FILE_SLOT, replace(self._file, security_profile=self.profile_in_force))
        profile = self._last_good.profile
        if self._downgrade(profile) is not None:
            profile = replace(profile, security_profile=self.profile_in_force)
        return Turn(self._last_good.slot, profile)

    def worked(self, security_profile: int, version: str) -> None:
        """The attempt that was made last stands, by this security profile."""
        turn = replace(self._turn, profile=replace(self._turn.profile, security_profile=security_profile))
        self._unproven, self._in_vain = turn, 0
        self._take_timeout(turn.profile.message_timeout_s)
        before, self._stood = self._stood, (turn.slot, turn.profile.url, version)
        if before not in (None, self._stood):
            log.info("event=network_profile_switched slot=%d version=%s next=boot", turn.slot, version)
            self.switched()
        if self.taken():
            self.proven()

    def _take_timeout(self, seconds: int | None) -> None:
        own = self._model.read(MESSAGE_TIMEOUT) if self._own_timeout_s is None else self._own_timeout_s
        self._own_timeout_s = None if seconds is None else own
        self._model.put(MESSAGE_TIMEOUT, own if seconds is None else seconds)

    def proven(self) -> None:
        """The CSMS that is connected has taken the boot: it is the one to come back to."""
        if self._unproven is not None:
            turn, self._unproven = self._unproven, None
            self._round, self._first = [], turn.slot
            self._keep(turn)

    def unanswered(self) -> bool:
        """A boot was not answered. True: often enough by another CSMS than the one that worked last, so that it is time for that."""
        self._in_vain += 1
        return self._unproven is not None and self._unproven.migrates and self._in_vain >= BOOTS

    def _keep(self, turn: Turn) -> None:
        """B10.FR.07, A05.FR.06"""
        last, raised = LastGood(turn.slot, turn.profile), turn.profile.security_profile
        emptied = self._below(raised, turn.slot) if raised > self.profile_in_force else []
        with self._store.commit():
            if last != self._last_good:
                self._store.network_profiles.has_worked(last)
            for slot in emptied:
                self._store.network_profiles.put(slot, None)
            if raised != self.profile_in_force:
                self._store.facts.change_variable(SECURITY_PROFILE.name, str(raised))
                self._note("ReconfigurationOfSecurityParameters", f"network profile {turn.slot}: security profile {raised} is in force")
            left = [slot for slot in self._priority() if slot not in emptied] or [turn.slot]
            if left != self._priority():
                self._prioritise(left)
        self._last_good = last
        self._stored |= dict.fromkeys(emptied)
        self._model.put(SECURITY_PROFILE, raised)

    def _below(self, security_profile: int, but: int) -> list[int]:
        return [slot for slot, each in self._profiles().items() if slot != but and each.security_profile < security_profile]

    def _prioritise(self, slots: list[int]) -> None:
        """Inside a commit."""
        value = tuple(map(str, slots))
        self._store.facts.change_variable(NETWORK_CONFIGURATION_PRIORITY.name, ",".join(value))
        self._model.put(NETWORK_CONFIGURATION_PRIORITY, value)

    # What the CSMS changes

    def set_profile(self, command: SetNetworkProfile) -> Outcome:
        """B09.FR.01 to 05."""
        wrong = self._slot_objection(command.slot) or objection(command.profile) or self._downgrade(command.profile)
        if wrong is None and command.slot in self._priority():
            wrong = self._lacking(command.profile)
        if wrong is not None:
            log.warning("event=network_profile_refused slot=%d cause=%r", command.slot, wrong.words)
            return Outcome(Verdict.REJECTED, wrong.code, wrong.words)
        try:
            with self._store.commit():
                self._store.network_profiles.put(command.slot, command.profile)
                self._note("ReconfigurationOfSecurityParameters", f"network profile {command.slot} is set: {command.profile!r}")
        except StoreError as error:  # B09.FR.03
            log.error("event=network_profile_not_kept slot=%d cause=%s", command.slot, error)
            return Outcome(Verdict.FAILED, "OutOfStorage", "it could not be written to the disk")
        self._stored[command.slot] = command.profile
        return Outcome(Verdict.ACCEPTED)

    def _slot_objection(self, slot: int) -> Objection | None:
        """B09.FR.05"""
        if str(slot) in SLOTS:
            return None
        return Objection("InvalidConfSlot", f"slot {slot}; expected one of {', '.join(SLOTS)}")

    def _downgrade(self, profile: NetworkProfile) -> Objection | None:
        return downgrade_objection(profile.security_profile, self.profile_in_force, self._model.read(ALLOW_DOWNGRADE))

    def _lacking(self, profile: NetworkProfile) -> Objection | None:
        """A05.FR.02, A05.FR.03: of another security profile than the one that works already."""
        if profile.security_profile == self.profile_in_force:
            return None
        words = self._lacks(profile.security_profile)
        return None if words is None else Objection(INVALID, words)

    def set_priority(self, key: VariableKey, value: str) -> SetResult:
        """B10.FR.01, B10.FR.02; used from the next start on, or once the present slot does not connect any more.

        Accepted where it changes the security profile, as A05.FR.04 and A05.FR.08 want it; else RebootRequired, so that the CSMS knows what
        to do next.
        """
        entry = self._model.entry(key)
        assert entry is not None, "asked for by its name"
        try:
            slots = [int(slot) for slot in NETWORK_CONFIGURATION_PRIORITY.type.parse(value, entry.bounds)]
        except BadValue as error:
            return SetResult(key, VariableStatus.REJECTED, error.reason_code, str(error))
        wrong = self._priority_objection(slots)
        if wrong is not None:
            log.warning("event=network_priority_refused value=%r cause=%r", value[:40], wrong.words)
            return SetResult(key, VariableStatus.REJECTED, wrong.code, wrong.words)
        with self._store.commit():
            self._prioritise(slots)
        same = all(self._profiles()[slot].security_profile == self.profile_in_force for slot in slots)
        return SetResult(key, VariableStatus.REBOOT_REQUIRED if same else VariableStatus.ACCEPTED)

    def _priority_objection(self, slots: list[int]) -> Objection | None:
        if not slots:
            return Objection("InvalidValue", f"there has to be one slot at least; expected some of {', '.join(SLOTS)}")
        profiles = self._profiles()
        for slot in slots:
            profile = profiles.get(slot)
            if profile is None:
                return Objection(INVALID, f"slot {slot} holds no network profile")
            wrong = self._downgrade(profile) or self._lacking(profile)
            if wrong is not None:
                return Objection(wrong.code, f"slot {slot}: {wrong.words}")
        return None
