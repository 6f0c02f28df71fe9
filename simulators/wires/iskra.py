"""The registers with which a WM3M4 signs, before what its meter measures: table 5, 6 and 11 of its manual, as its driver tells them.

It signs in steps: a command is taken at once, and the signature is there SIGNS_S later.
"""

from collections.abc import Sequence

from simulators.electrics import Electrics
from simulators.recorder import FORGOTTEN, RecorderError
from simulators.wires.face import Reply
from simulators.wires.meters import MeterFace, MeterRegisters, table_of
from simulators.wires.modbus_slave import ModbusException
from simulators.wires.table import Place
from simulators.world import World

SIGNS_S = 0.3
STATE, COMMAND, STATUS, OFFSET, TIME, SAYS_BYTES, RECORD_BYTES, CLOCK = 7000, 7051, 7052, 7053, 7054, 7056, 7057, 7071
SAYS, RECORD, PUBLIC_KEY, SIGNATURE = 7100, 7612, 8124, 8188
BEGIN, END = 0x4200, 0x7200
SIGNING, SIGNED, INVALID_STATE, FAILED = 2, 15, 131, 254
THERE = {STATE, CLOCK, *range(COMMAND, COMMAND + 9), *range(SAYS, SIGNATURE + 64)}
WRITABLE = {COMMAND, OFFSET, TIME, TIME + 1, SAYS_BYTES, 7059, CLOCK, *range(SAYS, RECORD)}


class SigningRegisters:
    """``Registers``: those of the table, and these."""

    def __init__(self, world: World, evse: Electrics, measured: MeterRegisters) -> None:
        self.now = 0.0
        self._world = world
        self._evse = evse
        self._measured = measured
        self._written = dict.fromkeys(WRITABLE, 0)
        self._status = 1
        self._signed_s = 0.0

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """See ``Registers``."""
        if fc != 3 or address not in THERE:
            self._measured.now = self.now
            return self._measured.read(fc, address, count)
        there = self._there()
        if any(at not in THERE for at in range(address, address + count)):
            raise ModbusException(2)
        return [there.get(at, 0) for at in range(address, address + count)]

    def write(self, address: int, values: list[int]) -> None:
        """See ``Registers``."""
        if any(at not in WRITABLE for at in range(address, address + len(values))):
            raise ModbusException(2)
        self._written |= dict(enumerate(values, start=address))
        if address == COMMAND:
            self._obey(values[0])

    def _there(self) -> dict[int, int]:
        recorder, session = self._evse.recorder, self._evse.recorder.session
        status = SIGNING if self._status == SIGNED and self.now < self._signed_s else self._status
        sizes = {RECORD_BYTES: len(session.data), RECORD_BYTES + 1: len(session.signature)}
        there = self._written | sizes | {STATE: session.state, STATUS: status}
        if session.state == FORGOTTEN:
            there |= {SAYS_BYTES: 0}
        return there | _words(RECORD, session.data) | _words(PUBLIC_KEY, recorder.public_key) | _words(SIGNATURE, session.signature)

    def _obey(self, command: int) -> None:
        """A command that does not fit its state fails."""
        recorder = self._evse.recorder
        energy_wh = self._world.show(self._evse, self.now).energy_wh
        try:
            if command == BEGIN:
                recorder.begin(*self._told(), energy_wh, self.now)
            elif command == END:
                if recorder.session.state == FORGOTTEN:
                    recorder.tell(*self._told(), self.now)
                recorder.end(energy_wh, self.now)
            else:
                raise RecorderError(f"command {command:#06x}")
        except RecorderError:
            self._status = FAILED if recorder.fault == "fails" else INVALID_STATE
        else:
            self._status, self._signed_s = SIGNED, self.now + SIGNS_S
        self._world.keep()

    def _told(self) -> tuple[str, int, int]:
        """What was written: text, time, minutes from UTC."""
        written, size = self._written, self._written[SAYS_BYTES]
        data = b"".join(written[SAYS + at].to_bytes(2) for at in range(-(-size // 2)))[:size]
        from_utc_min = written[OFFSET] - ((written[OFFSET] & 0x8000) << 1)
        return data.decode(errors="replace"), written[TIME] << 16 | written[TIME + 1], from_utc_min


def _words(address: int, data: Sequence[int]) -> dict[int, int]:
    padded = bytes(data) + bytes(len(data) % 2)
    return {address + at // 2: int.from_bytes(padded[at : at + 2]) for at in range(0, len(padded), 2)}


class SigningFace(MeterFace):
    """A meter of the world that signs."""

    def __init__(self, place: Place) -> None:
        super().__init__(table_of("iskra-wm3m4"), place)
        assert place.evse is not None, "a meter belongs to an EVSE"
        self._recorder = place.evse.recorder
        assert self._recorder.public_key, "what it takes is loaded before the wire waits for it"
        self._signing = SigningRegisters(place.world, place.evse, self._model)
        self.registers = self._signing

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """Answer every whole request to this unit, but for those about records while it is silent about them."""
        self._signing.now = now
        return super().heard(data, now)

    def _answer(self, request: bytes) -> bytes | None:
        body = request[7:] if self._tcp else request[1:-2]
        silent = self._recorder.fault == "silent" and int.from_bytes(body[1:3]) >= STATE
        return None if silent else super()._answer(request)


def iskra_wm3m4(place: Place) -> SigningFace:
    """For the table."""
    return SigningFace(place)
