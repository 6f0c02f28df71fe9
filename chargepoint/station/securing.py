"""With what we connect, and how the CSMS changes it (OCPP 2.0.1 A01, A02, A05; 1.6-SEC, the same use cases).

What the security profile in force uses is tried before it is kept (``trial``); what it does not use is kept at once. The profile goes
upwards only, and never back once it has worked; it is lowered in the configuration file, by whoever may write that (A00.FR.005).
"""

import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import Reply, SetVariables
from chargepoint.domain.device_model import DeviceModel, SetResult, VariableKey, VariableStatus
from chargepoint.domain.network import NetworkProfile
from chargepoint.domain.passwords import key_objection, password_objection, usable
from chargepoint.domain.variables import Variable
from chargepoint.domain.variables.communication import NETWORK_CONFIGURATION_PRIORITY
from chargepoint.domain.variables.security import ALLOW_WILDCARDS, BASIC_AUTH_PASSWORD, SECURITY_PROFILE
from chargepoint.station.certificates import Certificates
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Access, Csms
from chargepoint.station.networking import Networking
from chargepoint.station.orders import Answered, FollowUp
from chargepoint.station.security_log import Note
from chargepoint.station.settings import StationSettings
from chargepoint.station.spare import Spare, has_turn
from chargepoint.station.trial import CERTIFICATE, PASSWORD, PROFILE, TRY_S, Trial
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

BASIC = (1, 2)
TLS = (2, 3)
HIGHEST = 3


class Securing:
    """Asked for the access at each attempt; told when a connection stands."""

    def __init__(
        self, settings: StationSettings, store: Store, model: DeviceModel, clock: StationClock, csms: Csms,
        certificates: Certificates, note: Note,
    ) -> None:  # fmt: skip
        file = settings.network or NetworkProfile(url="", security_profile=0)
        self.network = Networking(file, settings.versions, store, model, note, self.lacks)
        self._settings = settings.security
        self._name = settings.identity.id
        self._store = store
        self._model = model
        self._clock = clock
        self._csms = csms
        self._certificates = certificates
        self._note = note
        self._trial = Trial(store, clock.monotonic())
        self._spare = Spare(store)
        self._identity = ""
        self._try_again = False
        self._slot = 0
        self._used: int | None = None
        self._refusals: dict[int, int] = {}
        certificates.came = self._certificate_came

    @property
    def profile(self) -> int:
        """The security profile in force."""
        return self._model.read(SECURITY_PROFILE)

    # Connecting

    def access(self) -> Access:
        """For the next attempt, by one security profile (A00.FR.001). Raises OSError, ValueError: a file cannot be read."""
        self._look_for_another_identity()
        turn = self.network.turn()
        self._slot, self._identity = turn.slot, ""
        self._trial.take_turn(self._clock.monotonic(), turn.slot)
        new = self._trial.new
        self._used = profile = int(new.get(PROFILE, turn.profile.security_profile))
        access = Access(security_profile=profile, url=turn.profile.url, versions=self.network.versions(turn))
        refusals = self._refusals.get(turn.slot, 0)
        if access.security_profile in BASIC:
            spare = self._spare.for_attempt(0 if self._trial.given else refusals)
            access = replace(access, password=new.get(PASSWORD) or spare or self._model.read(BASIC_AUTH_PASSWORD) or None)
        if access.security_profile in TLS:
            settings = self._settings
            access = replace(
                access, trust_file=self._trust_file(), system_trust=settings.system_trust, verify_server_name=settings.verify_server_name
            )
            root = self._certificates.newest_root() if turn.migrates else ""
            access = replace(access, trust_pem=root, wildcards=self._model.read(ALLOW_WILDCARDS))
        return self._with_identity(access) if access.security_profile == HIGHEST else access

    def _trust_file(self) -> str | None:
        """It may be missing where the system's roots will do."""
        file = self._settings.trust.get(CertificateUse.CSMS_ROOT)
        return None if file is None or (self._settings.system_trust and not os.path.exists(file)) else file

    def _with_identity(self, access: Access) -> Access:
        """The one that is tried, or in turn with it the one that has worked (A02.FR.28); else the newest of ours, but while its predecessor
        has its turn (1.6-SEC A02.FR.09, 10)."""
        tried = self._trial.given.get(CERTIFICATE, "")
        name = "" if not tried else tried if self._trial.new else self._store.credentials.worked()
        own = self._certificates.to_show(without=tried, name=name)
        if own is None:
            return access
        if not tried and has_turn(self._refusals.get(self._slot, 0)):
            own = self._certificates.current(own.name) or own
        self._identity = own.name
        password = self._settings.key_password()
        return replace(access, certificate_file=own.certificate_file, key_file=own.key_file, key_password=password)

    def _look_for_another_identity(self) -> None:
        """A certificate that has never worked is tried, whoever put it there, as long as there is another to go back to."""
        own = self._certificates.current() if self.profile == HIGHEST and not self._trial.given else None
        if own is not None and self._store.credentials.worked() not in ("", own.name) and self._certificates.current(own.name) is not None:
            self._trial.begin(CERTIFICATE, own.name, self._clock.monotonic())

    def connected(self) -> None:
        """The attempt that was made last stands: what was used for it works."""
        self._refusals.clear()
        if self._identity and self._identity != self._store.credentials.worked():
            with self._store.commit():
                self._store.credentials.has_worked(self._identity)
        if spare := self._spare.worked():
            self._go_back(spare)
        if self._shows_what_is_tried():
            self._adopt()
        elif self._trial.given and not self._trial.again(self._clock.monotonic()):
            self._abandon()
        self._try_again = bool(self._trial.given)
        self.network.worked(self.profile if self._used is None else self._used, self._csms.version)

    def _shows_what_is_tried(self) -> bool:
        """Was the last attempt made with it? One by a lower profile shows no certificate, and proves none."""
        tried = self._trial.new
        return bool(tried) and tried.get(CERTIFICATE, self._identity) == self._identity

    def failed(self, answered: bool) -> None:
        """The attempt that was made last has failed; ``answered``: not because nobody was there."""
        self._trial.failed(answered)
        if answered and not self._trial.given:
            self._refusals[self._slot] = self._refusals.get(self._slot, 0) + 1

    def tick(self, now_s: float) -> None:
        """The new one has had its time: the old one gets its turn at once. Or the CSMS is back: the new one does."""
        if self._try_again and self._csms.connected:
            self._try_again = False
            self._csms.drop("the CSMS is back; the new credentials are tried again")
        if not self._csms.connected and self._trial.has_had_its_time(now_s):
            log.warning("event=new_credentials_do_not_work what=%s within_s=%.0f next=old", ",".join(self._trial.given), TRY_S)
            self._csms.drop("the new credentials do not work")

    def _go_back(self, password: str) -> None:
        with self._store.commit():
            self._spare.keep(self._model.read(BASIC_AUTH_PASSWORD))
            self._store.facts.change_variable(BASIC_AUTH_PASSWORD.name, password)
            self._changed(f"{PASSWORD}: the one in force is refused, the other one works and is kept")
        self._model.put(BASIC_AUTH_PASSWORD, password)

    def _adopt(self) -> None:
        """What has been tried works: it is the one from now on (A01.FR.01). It is being tried until the old certificate is gone: so a power
        cut leaves no doubt which of them works."""
        if CERTIFICATE in self._trial.given:
            self._keep_only(self._trial.given[CERTIFICATE])
        with self._store.commit():
            given = self._trial.settle()
            self._keep_spare(given, self._model.read(BASIC_AUTH_PASSWORD))
            for name, variable in ((PASSWORD, BASIC_AUTH_PASSWORD), (PROFILE, SECURITY_PROFILE)):
                if name in given:
                    self._store.facts.change_variable(variable.name, given[name])
            self._changed(f"{_words(given)}: the new one works and is kept")
        if PASSWORD in given:
            self._model.put(BASIC_AUTH_PASSWORD, given[PASSWORD])
        if PROFILE in given:
            self._model.put(SECURITY_PROFILE, int(given[PROFILE]))

    def _abandon(self) -> None:
        with self._store.commit():
            given = self._trial.settle()
            self._keep_spare(given, given.get(PASSWORD, ""))
            self._changed(f"{_words(given)}: the new one does not work within {TRY_S:.0f} s, the old one is kept")
        if CERTIFICATE in given and self._certificates.own is not None:
            own = self._certificates.own
            self._tidy(lambda: own.discard(given[CERTIFICATE]))
            if self._csms.version != "1.6":  # A02.FR.29, A03.FR.25
                self._note("DiscardedRenewedClientCertificate", f"{given[CERTIFICATE]} does not work and is discarded")

    def _keep_spare(self, given: Mapping[str, str], password: str) -> None:
        """What is not in force after a trial may work later, or again."""
        if PASSWORD in given and given[PASSWORD] != self._model.read(BASIC_AUTH_PASSWORD):
            self._spare.keep(password)

    def _keep_only(self, used: str) -> None:
        """What is not in use goes, for the CSMS could not manage it (errata: A02.FR.10, A03.FR.10); 1.6 keeps some as fallback."""
        own = self._certificates.own
        if own is None or self._csms.version == "1.6":
            self._prune(used)
        else:
            self._tidy(lambda: own.keep_only(used))

    def _prune(self, *used: str) -> None:
        if (own := self._certificates.own) is not None:
            self._tidy(lambda: own.prune(*used))

    def _tidy(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            log.warning("event=certificates_not_tidied cause=%s", error)

    def _changed(self, what: str) -> None:
        """Into the security log (A01.FR.11)."""
        self._note("ReconfigurationOfSecurityParameters", what)

    # What the CSMS changes

    def set(self, command: SetVariables, others: Callable[[SetVariables], Reply]) -> Answered:
        """One result for each, in order: the password and the profile by us, everything else by ``others``."""
        ours = [self._is_ours(key) for key, _ in command.values]
        if not any(ours):
            return others(command), None
        results: list[SetResult] = []
        for is_ours, (key, value) in zip(ours, command.values, strict=True):
            if is_ours:
                is_priority = self._names(key, NETWORK_CONFIGURATION_PRIORITY)
                results.append(self.network.set_priority(key, value) if is_priority else self._set_one(key, value))
            else:
                reply = others(SetVariables(((key, value),)))
                results += [each for each in reply if isinstance(each, SetResult)] if isinstance(reply, tuple) else []
        tried = self._trial.given and any(
            each.status is VariableStatus.ACCEPTED for each, is_ours in zip(results, ours, strict=True) if is_ours
        )
        return tuple(results), self._reconnect if tried else None

    def _is_ours(self, key: VariableKey) -> bool:
        """In 2.x the profile is read-only: it comes with a network profile."""
        if self._names(key, SECURITY_PROFILE):
            return not key.component
        return self._names(key, BASIC_AUTH_PASSWORD) or self._names(key, NETWORK_CONFIGURATION_PRIORITY)

    def _names(self, key: VariableKey, variable: Variable[Any]) -> bool:
        entry = self._model.entry(key)
        return entry is not None and entry.variable is variable

    def _set_one(self, key: VariableKey, value: str) -> SetResult:
        entry = self._model.entry(key)
        what = PASSWORD if entry is not None and entry.variable is BASIC_AUTH_PASSWORD else PROFILE
        value = value if what == PASSWORD else value.strip()
        objection = self._password_objection(key, value) if what == PASSWORD else self._profile_objection(value)
        if objection is None and self._trial.given.get(what, value) != value:
            objection = "another one is being tried; wait for the next connection"
        if objection is not None:
            log.warning("event=credentials_refused what=%s cause=%r", what, objection)
            return SetResult(key, VariableStatus.REJECTED, "InvalidValue", objection)
        if what == PROFILE or self.profile in BASIC or PROFILE in self._trial.given:
            self._trial.begin(what, value, self._clock.monotonic())
            log.info("event=credentials_given what=%s next=reconnect", what)
        else:
            self._keep_password(value)
        return SetResult(key, VariableStatus.ACCEPTED)

    def _keep_password(self, value: str) -> None:
        with self._store.commit():
            self._store.facts.change_variable(BASIC_AUTH_PASSWORD.name, value)
            self._changed(f"{PASSWORD}: changed; security profile {self.profile} does not use it")
        self._model.put(BASIC_AUTH_PASSWORD, value)

    def _password_objection(self, key: VariableKey, value: str) -> str | None:
        return password_objection(value) if key.component else key_objection(value)

    def _profile_objection(self, value: str) -> str | None:
        """1.6-SEC A05.FR.01 to 04."""
        if value not in ("0", "1", "2", "3"):
            return "expected 1, 2 or 3"
        profile = int(value)
        if profile <= self.profile:
            return f"security profile {self.profile} is in force; it is only raised"
        return self.lacks(profile)

    def lacks(self, profile: int) -> str | None:
        """What this security profile needs and is not there."""
        password = self._trial.given.get(PASSWORD, self._model.read(BASIC_AUTH_PASSWORD))
        if profile in BASIC and (not usable(password, self._csms.version) or ":" in self._name):
            return "there is no AuthorizationKey of 16 bytes or more, or the identity has a colon"
        try:
            return self._files_objection(profile)
        except (OSError, ValueError) as error:
            log.warning("event=certificates_unreadable cause=%s", error)
            return "the certificates cannot be read; the log says why"

    def _files_objection(self, profile: int) -> str | None:
        root = self._settings.system_trust or (
            profile in TLS and self._certificates.trust.usable(CertificateUse.CSMS_ROOT, self._clock.now())
        )
        if profile in TLS and not root:
            return "there is no valid CentralSystemRootCertificate"
        if profile == HIGHEST and self._certificates.current() is None:
            return "there is no valid ChargePointCertificate"
        return None

    def _certificate_came(self, name: str) -> FollowUp:
        """Used from now on (A02.FR.08, A03.FR.08), in 1.6 only when its time comes, and if it is the newest (1.6-SEC A02.FR.08, 09)."""
        own = self._certificates.current() if self._csms.version == "1.6" else self._certificates.to_show(name=name)
        self._prune(name, own.name if own else "", self._store.credentials.worked())
        if self.profile != HIGHEST or own is None or own.name != name or name == self._store.credentials.worked():
            return None
        self._trial.begin(CERTIFICATE, name, self._clock.monotonic())
        return self._reconnect

    def look_again(self) -> None:
        """The time of another certificate of ours may have come."""
        if self.profile != HIGHEST or self._trial.given or not self._identity or not self._csms.connected:
            return
        own = self._certificates.current()
        if own is not None and own.name != self._identity:
            self._reconnect()

    def _reconnect(self) -> None:
        self._csms.drop("new credentials")


def _words(given: Mapping[str, str]) -> str:
    """What was given, never what a password is (A01.FR.12)."""
    return ", ".join(name if name == PASSWORD else f"{name} {value}" for name, value in sorted(given.items()))
