"""The device model: what the variables of the table hold on this station, and who may change them (OCPP 2.0.1 B05, B06, 1.6 §5.3, §5.8).

A value comes from, the first that has one: whoever shows it live; a change through OCPP; a preset of the configuration (``ocpp.keys``,
``ocpp.variables``); the table. A key whose component is empty names a 1.6 configuration key.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from msgspec import Struct

from chargepoint.domain.configuration import Configuration
from chargepoint.domain.entries import Entry, entries, folded, name_at, spelt
from chargepoint.domain.entries import VariableKey as VariableKey
from chargepoint.domain.values import BadValue, written
from chargepoint.domain.variables import Access
from chargepoint.domain.variables import Variable as Variable

T = TypeVar("T")


class VariableStatus(StrEnum):
    """OCPP 2.0.1 GetVariableStatusEnumType and SetVariableStatusEnumType in one."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    UNKNOWN_COMPONENT = "UnknownComponent"
    UNKNOWN_VARIABLE = "UnknownVariable"
    NOT_SUPPORTED_ATTRIBUTE = "NotSupportedAttributeType"
    REBOOT_REQUIRED = "RebootRequired"


class GetResult(Struct, frozen=True):
    """One answer of GetVariables. A 1.6 key that cannot be changed has the reason ``ReadOnly``."""

    key: VariableKey
    status: VariableStatus
    value: str | None = None
    reason_code: str = ""


class SetResult(Struct, frozen=True):
    """One answer of SetVariables."""

    key: VariableKey
    status: VariableStatus
    reason_code: str = ""
    info: str = ""


def _forget(name: str, value: str) -> None:
    """Changes that nobody keeps end with the process."""


class DeviceModel:
    """The variables of this station. ``keep(name, value)`` is called with each change through OCPP before it takes effect."""

    def __init__(
        self, configuration: Configuration, changed: Mapping[str, str] | None = None, keep: Callable[[str, str], None] = _forget
    ) -> None:
        self._keep = keep
        self._named = {entry.name: entry for entry in entries(configuration)}
        self._entries = {folded(entry.key): entry for entry in self}
        self._keys_16 = {spelt(entry.key_16): entry for entry in self if entry.key_16}
        self._typed = {spelt(name): entry for entry in self for name in (entry.name, entry.key_16) if name}
        self._components = {place for place, _ in self._entries}
        self._values: dict[str, str] = {}
        self._live: dict[str, Callable[[], str]] = {}
        for key, value in presets(configuration):
            self.preset(key, value)
        for name, value in (changed or {}).items():
            if name in self._named:
                self.preset(self._named[name].key, value)

    def read(self, variable: Variable[T], evse: int | None = None, connector: int | None = None) -> T:
        """The value as the program uses it."""
        entry = self._named[name_at(variable.name, evse, connector)]
        return variable.type.parse(self.value(entry), entry.bounds)

    def put(self, variable: Variable[T], value: T) -> None:
        """Set it from inside, whatever the access; not kept over a restart (HeartbeatInterval as the CSMS answers each boot)."""
        self._values[variable.name] = written(value)

    def show(
        self,
        variable: Variable[Any],
        value: Callable[[], str],
        evse: int | None = None,
        connector: int | None = None,
        instance: str | None = None,
    ) -> None:
        """From now on ask ``value`` for it."""
        self._live[self._named[name_at(variable.name, evse, connector, instance)].name] = value

    def get(self, key: VariableKey) -> GetResult:
        """B06.FR.04, B06.FR.09, B06.FR.10; 1.6 GetConfiguration."""
        entry = self._find(key)
        if isinstance(entry, VariableStatus):
            return GetResult(key, entry)
        if entry.variable.access is Access.WRITE_ONLY:
            return GetResult(key, VariableStatus.REJECTED, reason_code="WriteOnly")
        reason = "ReadOnly" if not key.component and not _writable(entry, key) else ""
        return GetResult(key, VariableStatus.ACCEPTED, self.value(entry), reason)

    def set(self, key: VariableKey, value: str) -> SetResult:
        """B05.FR.09; 1.6 ChangeConfiguration."""
        entry = self._find(key)
        if isinstance(entry, VariableStatus):
            return SetResult(key, entry)
        if not _writable(entry, key):
            return SetResult(key, VariableStatus.REJECTED, "ReadOnly", f"{entry.name} cannot be changed")
        if entry.variable.tried:
            info = f"{entry.name} has to be tried before it is kept"
            return SetResult(key, VariableStatus.REJECTED, "UnsupportedRequest", info)
        return self._assign(entry, key, value, self._keep)

    def preset(self, key: VariableKey, value: str) -> SetResult:
        """Set what the configuration says, or what was kept: read-only and write-only ones too."""
        entry = self._find(key)
        return SetResult(key, entry) if isinstance(entry, VariableStatus) else self._assign(entry, key, value, _forget)

    def keys_16(self) -> tuple[GetResult, ...]:
        """Every 1.6 key (GetConfiguration without a list). A write-only one is named without its value."""
        return tuple(self.get(VariableKey(component="", variable=entry.key_16)) for entry in self._keys_16.values())

    def entry(self, key: VariableKey) -> Entry | None:
        """The variable that a key names, if there is one."""
        found = self._find(key)
        return None if isinstance(found, VariableStatus) else found

    def sibling(self, entry: Entry, variable: str) -> Entry | None:
        """Another variable of the same component at the same place."""
        return self._entries.get((folded(entry.key)[0], (variable.lower(), "")))

    def named(self, name: str) -> Entry | None:
        """The variable that somebody names by the table's name or by that of 1.6, an instance in brackets or after a comma."""
        return self._typed.get(spelt(name))

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._named.values())

    def _find(self, key: VariableKey) -> Entry | VariableStatus:
        """What is unknown about a name: B05.FR.04, B05.FR.05, B05.FR.06, B06.FR.06, B06.FR.07, B06.FR.08; an instance that there is not is
        unknown as well (B06.FR.14, B06.FR.15)."""
        if not key.component:
            name = ",".join(filter(None, (key.variable, key.instance)))
            return self._keys_16.get(spelt(name), VariableStatus.UNKNOWN_VARIABLE)
        place, variable = folded(key)
        if place not in self._components:
            return VariableStatus.UNKNOWN_COMPONENT
        found = self._entries.get((place, variable), VariableStatus.UNKNOWN_VARIABLE)
        return VariableStatus.NOT_SUPPORTED_ATTRIBUTE if isinstance(found, Entry) and key.attribute != "Actual" else found

    def value(self, entry: Entry) -> str:
        """As it is now, in text; whoever may not read it is not asked for here."""
        live = self._live.get(entry.name)
        return live() if live else self._values.get(entry.name, entry.initial)

    def _assign(self, entry: Entry, key: VariableKey, text: str, keep: Callable[[str, str], None]) -> SetResult:
        """B05.FR.07, B05.FR.08, B05.FR.10."""
        try:
            value = written(entry.variable.type.parse(text, entry.bounds))
        except BadValue as error:
            return SetResult(key, VariableStatus.REJECTED, error.reason_code, str(error))
        keep(entry.name, value)
        self._values[entry.name] = value
        return SetResult(key, VariableStatus.REBOOT_REQUIRED if entry.variable.reboot else VariableStatus.ACCEPTED)


def presets(configuration: Configuration) -> Iterator[tuple[VariableKey, str]]:
    """``ocpp.keys``, then ``ocpp.variables``."""
    for name, value in configuration.ocpp.keys.items():
        yield VariableKey(component="", variable=name), value
    for each in configuration.ocpp.variables:
        yield (
            VariableKey(
                component=each.component,
                variable=each.variable,
                instance=each.instance,
                evse=each.evse,
                connector=each.connector,
                attribute=each.attribute,
            ),
            each.value,
        )


def _writable(entry: Entry, key: VariableKey) -> bool:
    """By this name? 1.6 lets a CSMS change some of what 2.x does not."""
    if entry.access is not Access.READ_ONLY:
        return True
    return entry.variable.access is Access.READ_ONLY and entry.variable.writable_16 and not key.component
