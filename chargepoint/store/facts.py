"""Small things that survive a power cut: changed variables, availability, where control's events stand, why we boot."""

from collections.abc import Collection, Mapping

from chargepoint.domain.charging_profile import LimitSource
from chargepoint.domain.notifications import BootReason
from chargepoint.store.database import Database


class Facts:
    """Single values by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _get(self, name: str) -> str | None:
        row = self._database.row("SELECT value FROM facts WHERE name = ?", name)
        return None if row is None else str(row[0])

    def _put(self, name: str, value: str) -> None:
        self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, value)

    def heard(self) -> tuple[str, int] | None:
        """The boot of control that was heard last, and its last event that was committed."""
        value = self._get("heard")
        if value is None:
            return None
        boot, _, number = value.rpartition(" ")
        return boot, int(number)

    def hear(self, boot: str, number: int) -> None:
        """Note an event, in the commit that holds what followed from it."""
        self._put("heard", f"{boot} {number}")

    def boot_reason(self) -> BootReason:
        """Why this start happens."""
        value = self._get("boot_reason")
        return BootReason(value) if value else BootReason.POWER_UP

    def next_boot_reason(self, reason: BootReason | None) -> None:
        """Leave word for the next start; ``None`` once it was told."""
        self._put("boot_reason", reason.value if reason else "")

    def to_be_ended(self) -> tuple[frozenset[int], str]:
        """EVSEs where a reset has yet to end what goes on, and the reason of that."""
        reason, _, evses = (self._get("to_be_ended") or "").partition(" ")
        return frozenset(map(int, evses.split())), reason

    def end_later(self, evses: Collection[int], reason: str = "") -> None:
        """Keep that; none: it has."""
        self._put("to_be_ended", " ".join([reason, *map(str, evses)]))

    def meter_key(self, evse: int) -> str:
        """The public key that the meter of an EVSE told last; empty: none yet."""
        return self._get(f"meter_key {evse}") or ""

    def keep_meter_key(self, evse: int, key: str) -> None:
        """It tells this one now."""
        self._put(f"meter_key {evse}", key)

    def changed_variables(self) -> dict[str, str]:
        """Variables that the CSMS changed, by the device model's name."""
        return dict(self._database.rows("SELECT name, value FROM settings"))

    def change_variable(self, name: str, value: str) -> None:
        """Keep a changed variable."""
        self._database.change("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)

    def replace_variables(self, values: Mapping[str, str], but: Collection[str]) -> None:
        """Just these are changed, and whatever of ``but`` was."""
        for name in set(self.changed_variables()) - {*values, *but}:
            self._database.change("DELETE FROM settings WHERE name = ?", name)
        for name, value in values.items():
            self.change_variable(name, value)

    def was_reset(self) -> str:
        """The token of the factory reset that this store began with; empty: it began otherwise."""
        return self._get("factory_reset") or ""

    def reset_to_factory(self, token: str) -> None:
        """It begins with a factory reset, of which no CSMS has heard."""
        self._put("factory_reset", token)
        self.tell_reset(True)

    def reset_untold(self) -> bool:
        """Has the CSMS yet to hear that the security log was emptied?"""
        return self._get("reset_untold") == "1"

    def tell_reset(self, untold: bool) -> None:
        """It has, or it has not."""
        self._put("reset_untold", "1" if untold else "")

    def inoperative(self) -> frozenset[tuple[int, int]]:
        """(evse, connector) that ChangeAvailability made inoperative; 0 stands for all."""
        return frozenset((evse, connector) for evse, connector in self._database.rows("SELECT evse, connector FROM inoperative"))

    def set_operative(self, evse: int, connector: int, operative: bool) -> None:
        """Keep a change of availability."""
        if operative:
            self._database.change("DELETE FROM inoperative WHERE evse = ? AND connector = ?", evse, connector)
        else:
            self._database.change("INSERT OR IGNORE INTO inoperative (evse, connector) VALUES (?, ?)", evse, connector)

    def limits_told(self) -> frozenset[tuple[int, LimitSource]]:
        """(evse, by whom) of external limits that a CSMS has heard of, and not yet that they are over."""
        told = (each.partition(" ") for each in (self._get("limits_told") or "").split(",") if each)
        return frozenset((int(evse), LimitSource(source)) for evse, _, source in told)

    def keep_limits_told(self, places: Collection[tuple[int, LimitSource]]) -> None:
        """It is these now."""
        self._put("limits_told", ",".join(f"{evse} {source}" for evse, source in sorted(places)))

    def release(self) -> str:
        """Which release of this software the start before was of; empty: not known."""
        return self._get("release") or ""

    def keep_release(self, release: str) -> None:
        """It is this one now."""
        self._put("release", release)

    def update_awaited(self) -> bool:
        """Has an update been begun whose end the history has not got?"""
        return bool(self._get("update_awaited"))

    def await_update(self, awaited: bool) -> None:
        """It has, or nothing is to be told any more."""
        self._put("update_awaited", "yes" if awaited else "")

    def update_told(self) -> str:
        """The end of an update that the history got last."""
        return self._get("update_told") or ""

    def keep_update_told(self, key: str) -> None:
        """It has this one."""
        self._put("update_told", key)
