"""Which registers to ask for together: as few questions as can be, none of which touches an address that the manual does not name."""

from collections.abc import Iterable

from msgspec import Struct

from hal.meters.table import MeterTable, Register


class Block(Struct, frozen=True):
    """One question, and what is wanted of its answer."""

    fc: int
    address: int
    count: int
    wanted: tuple[Register, ...]

    def halves(self) -> "tuple[Block, ...]":
        """Two smaller questions, for a device that refuses this one; none when it is for one register only."""
        middle = len(self.wanted) // 2
        return tuple(_block(part) for part in (self.wanted[:middle], self.wanted[middle:]) if part and len(self.wanted) > 1)


def blocks(table: MeterTable, wanted: Iterable[Register]) -> tuple[Block, ...]:
    """In the order of addresses. A block may run over registers that nobody wants, if the table names them: that costs less than a
    question more."""
    found: list[list[Register]] = []
    for register in sorted(wanted, key=lambda each: (each.fc, each.address)):
        if found and _joins(table, found[-1], register):
            found[-1].append(register)
        else:
            found.append([register])
    return tuple(_block(part) for part in found)


def _joins(table: MeterTable, part: list[Register], register: Register) -> bool:
    first, last = part[0], part[-1]
    if first.fc != register.fc or register.end - first.address > table.most:
        return False
    named = {at for each in table.registers if each.fc == register.fc for at in range(each.address, each.end)}
    return all(at in named for at in range(last.end, register.address))


def _block(part: Iterable[Register]) -> Block:
    wanted = tuple(part)
    address = wanted[0].address
    return Block(wanted[0].fc, address, max(each.end for each in wanted) - address, wanted)
