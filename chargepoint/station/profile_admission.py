"""Which charging profiles this station takes, whatever is installed: by its variables and by what its EVSEs can do (1.6 §5.16; OCPP 2.0.1
K01, K05)."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from chargepoint.domain.charging.checking import Maxima, objection, remote_start_objection
from chargepoint.domain.charging.installed import STATION
from chargepoint.domain.charging.strictness import from_now_on, phase_objection, strict_objection
from chargepoint.domain.charging.units import Wiring
from chargepoint.domain.charging_profile import ChargingProfile, Purpose, RateUnit
from chargepoint.domain.commands import Outcome, SetChargingProfile, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.variables.only_16 import ALLOWED_RATE_UNITS, MAX_PROFILES, SUPPORTED_FEATURE_PROFILES
from chargepoint.domain.variables.smart_charging import ENABLED, PERIODS_PER_SCHEDULE, PROFILE_STACK_LEVEL, RATE_UNITS

KEY_UNITS = {"Current": RateUnit.AMPERE, "Power": RateUnit.WATT}
"""In the words of the 1.6 key."""


class ProfileAdmission:
    """``evses``: there are these. ``sliders``: is what Home Assistant sends for the station taken?"""

    def __init__(self, model: DeviceModel, evses: Collection[int], sliders: bool) -> None:
        self._model = model
        self._evses = evses
        self._sliders = sliders
        self.wirings: Callable[[int], Iterable[Wiring]] = lambda evse: ()
        """Of an EVSE; 0: of all."""

    @property
    def available(self) -> bool:
        """Can this station do smart charging at all?"""
        return "SmartCharging" in self._model.read(SUPPORTED_FEATURE_PROFILES)

    @property
    def supported(self) -> bool:
        """Does it?"""
        return self.available and self._model.read(ENABLED)

    @property
    def units(self) -> frozenset[RateUnit]:
        """The units that are allowed: 1.6 and 2.x have a variable each."""
        by_key = {KEY_UNITS[word] for word in self._model.read(ALLOWED_RATE_UNITS)}
        return frozenset(by_key & {RateUnit(word) for word in self._model.read(RATE_UNITS)})

    @property
    def maxima(self) -> Maxima:
        """Of this station."""
        return Maxima(
            stack_level=self._model.read(PROFILE_STACK_LEVEL),
            periods=self._model.read(PERIODS_PER_SCHEDULE),
            profiles=self._model.read(MAX_PROFILES),
            units=self.units,
        )

    def refused(self, command: SetChargingProfile) -> Outcome | None:
        """Why it cannot be taken; ``None``: it can, as far as it lies in the profile."""
        profile, evse = command.profile, command.evse
        if evse != STATION and evse not in self._evses:  # K01.FR.28
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {evse}; there are {sorted(self._evses)}")
        if profile.strict and profile.purpose is Purpose.TX and evse != STATION and profile.transaction_id is None:
            return Outcome(Verdict.REJECTED, "MissingParam", f"{profile.purpose} without transactionId")
        return objection(profile, evse, self.maxima) or self._strict_objection(profile, evse)

    def _strict_objection(self, profile: ChargingProfile, evse: int) -> Outcome | None:
        if not profile.strict:
            return None
        return strict_objection(profile, evse, self.maxima) or phase_objection(profile, self.wirings(evse))

    def refused_remotely(self, evse: int | None, profile: ChargingProfile) -> Outcome | None:
        """The same for one that comes with a remote start (K05.FR.05). Without an EVSE each of them has to be able to."""
        somewhere, wherever = (min(self._evses), STATION) if evse is None else (evse, evse)
        return remote_start_objection(profile, somewhere, self.maxima) or self._strict_objection(profile, wherever)

    def refused_slider(self, slider: ChargingProfile) -> Outcome | None:
        """The same for what ``slider`` made."""
        return objection(slider, STATION, self.maxima)

    def slider(self, command: SetChargingProfile, now: datetime) -> ChargingProfile | None:
        """Home Assistant bounds a station of one EVSE, or each EVSE of others, by a relative profile for the whole station; nothing else
        is tried there when that is refused. One would see that this is no longer needed by another kind or purpose in its frames."""
        if not self._sliders or not command.profile.strict or command.evse not in (STATION, *self._evses):
            return None
        return from_now_on(command.profile, now)
