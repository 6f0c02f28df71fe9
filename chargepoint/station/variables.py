"""The device model for technicians: searched, and changed as the CSMS would change it."""

import logging
from collections.abc import Awaitable, Callable, Iterator

from chargepoint.domain.commands import Command, SetVariables
from chargepoint.domain.device_model import DeviceModel, SetResult, VariableKey, VariableStatus
from chargepoint.domain.entries import Entry, spelt
from chargepoint.domain.redaction import MASK, SECRET_NAME
from chargepoint.domain.variables import Access
from chargepoint.inquiry.variables import MOST, ChangeVariable, ListVariables, VariableChanged, VariableLine, Variables
from chargepoint.station.inquiry import Takers
from chargepoint.station.orders import Answered

log = logging.getLogger(__name__)

NEAR = 5
LIKE = 0.6
"""From so much alike on a name is told instead of an unknown one; 1 is the same."""
LONGEST_SHOWN = 100


class VariableDesk:
    """``obey``: carries out a command of the CSMS."""

    def __init__(self, model: DeviceModel, obey: Callable[[Command], Awaitable[Answered]]) -> None:
        self._model = model
        self._obey = obey

    def takers(self) -> Takers:
        """What it answers."""
        return {ListVariables: self.list, ChangeVariable: self.change}

    async def list(self, question: ListVariables) -> Variables:
        """Those that are searched."""
        words = question.search.lower().split()
        found = [line for line in map(self._line, self._model) if all(_has(line, word) for word in words)]
        near = () if found or not words else self._near(question.search)
        return Variables(len(found), tuple(found[: max(0, min(question.count, MOST))]), near)

    def _line(self, entry: Entry) -> VariableLine:
        variable, bounds, key = entry.variable, entry.bounds, entry.key
        return VariableLine(
            name=entry.name,
            key_16=entry.key_16,
            component=key.component,
            variable=key.variable,
            instance=key.instance,
            evse=key.evse,
            connector=key.connector,
            value=self._value(entry),
            type=variable.type.name,
            unit=variable.unit,
            minimum=bounds.minimum,
            maximum=bounds.maximum,
            values=bounds.values,
            access=entry.access.value,
            writable_16=variable.writable_16,
            reboot=variable.reboot,
        )

    def _value(self, entry: Entry) -> str | None:
        if entry.variable.access is Access.WRITE_ONLY:
            return None
        value = self._model.value(entry)
        return MASK if value and SECRET_NAME.search(entry.name) else value

    async def change(self, question: ChangeVariable) -> VariableChanged:
        """By the order of the CSMS itself."""
        key = self._key(question.name.strip())
        if key is None:
            near = self._near(question.name)
            like = f"; like it are {', '.join(near)}" if near else '; "chargepoint variables" shows all names'
            return VariableChanged(outcome="unknown", message=f"{_cut(question.name)}: no such variable{like}", near=near)
        reply, then = await self._obey(SetVariables(((key, question.value),)))
        if then is not None:
            then()
        assert isinstance(reply, tuple)
        result = reply[0]
        assert isinstance(result, SetResult)
        return self._told(question, result)

    def _told(self, question: ChangeVariable, result: SetResult) -> VariableChanged:
        name = question.name.strip()
        shown = MASK if SECRET_NAME.search(name) else f'"{_cut(question.value)}"'
        log.warning("event=variable_changed_by_technician name=%s status=%s", name, result.status)
        if result.status is VariableStatus.REBOOT_REQUIRED:
            return VariableChanged(outcome="reboot", message=f"{name} is {shown} from the next start on")
        if result.status is VariableStatus.ACCEPTED:
            return VariableChanged(outcome="changed", message=f"{name} is {shown} now")
        why = result.info or result.reason_code or result.status.value
        return VariableChanged(outcome="refused", message=f"{name}: {why}; a CSMS would be refused as well")

    def _key(self, name: str) -> VariableKey | None:
        """By its 1.6 name where it has one of this name, else by the table's."""
        entry = self._model.named(name)
        if entry is not None and spelt(entry.key_16) == spelt(name):
            return VariableKey(component="", variable=entry.key_16)
        return None if entry is None else entry.key

    def _near(self, name: str) -> tuple[str, ...]:
        """Names of which it is a part, then such as are spelt alike."""
        from difflib import get_close_matches

        said = name.strip().lower()[:LONGEST_SHOWN]
        names = {each.lower(): each for entry in self._model for each in _names(entry)}
        last = {each.rpartition(".")[2]: each for each in names}
        parts = [each for each in names if said and said in each]
        alike = get_close_matches(said, names, NEAR, LIKE) + [last[each] for each in get_close_matches(said, last, NEAR, LIKE)]
        return tuple(names[each] for each in dict.fromkeys(parts + alike))[:NEAR]


def _names(entry: Entry) -> Iterator[str]:
    yield entry.name
    if entry.key_16:
        yield entry.key_16


def _has(line: VariableLine, word: str) -> bool:
    return word in f"{line.name} {line.key_16} {line.value or ''}".lower() or spelt(word) in line.name.lower()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
