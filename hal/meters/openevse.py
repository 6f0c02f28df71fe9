"""The ammeter and the counters inside an OpenEVSE, over the same serial line as the board's driver.

``$GG`` tells mA and mV, ``$GU`` watt seconds of the session and watt hours of all sessions before. The board adds a session to the second
when the car leaves; a power cut of the board loses the session. The register here is both together, and never runs backwards.
"""

import time

from hal.bus import rapi
from hal.bus.rapi import NoAnswer
from hal.errors import DeviceError, DriverError
from hal.facts import DriverFacts
from hal.measured import MeterReading

PATIENCE_S = 6.0
"""The board says nothing for so long while it tests itself; no current flows then."""
SILENT_S = 10.0
"""That, and the pauses between readings on a line that was silent."""
CONNECTED, ENDED = 0x0100, 0x0200
ROUNDED_WS = 2 * 3600
"""The register of all sessions has whole watt hours: so much may be missing when a session is added, without one being lost."""
VOLTAGE_V = (50.0, 500.0)

DRIVER = DriverFacts(
    name="openevse",
    kind="meters",
    title="Ammeter inside an OpenEVSE controller",
    link="serial 115200 8N1, RAPI; the line of the board",
    extra="serial",
    proven=("tests/hal/meters/test_openevse.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "No meter for billing: its current transformer sees one phase, and its energy is by a voltage that is set and not measured.",
        "When board and host lose their power together in a session, the energy of that session is lost and the register starts below.",
        "Whether the session's energy stays to be read after it was added to the total; either is understood once the driver runs.",
        "Without an ammeter (current -1) there is neither current nor power, and the register stands.",
        "While the board tests itself (up to 6 s before its relay closes) there is no new reading: it counts as silent after 10 s, not 5.",
        "Of cars that follow each other while the line is down, the energy of the one that is there then is counted from its next session.",
    ),
    sources=("OpenEVSE/open_evse firmware 8.2.3 (facts)",),
    entries={
        "port": "path of the board's serial port",
        "voltage_v": "between phase and neutral, for the board's own sum of energy, in V, 50 to 500; 240 V is the board's own",
    },
)


class Register:
    """One register made of the two. Watt seconds."""

    def __init__(self, total_wh: int, session_ws: int, *, running: bool) -> None:
        self._total_wh = total_wh
        self._session_ws = session_ws
        self._added_ws = 0 if running else session_ws
        """What of the session is in the total already."""
        self._lost_ws = 0
        self._highest_ws = 0
        self.energy_wh = self.follow(total_wh, session_ws)

    def follow(self, total_wh: int, session_ws: int) -> int:
        """What it stands at, in whole Wh, after both were read again."""
        if session_ws < self._session_ws:
            self._added_ws = 0
        elif total_wh > self._total_wh:
            self._added_ws = session_ws
        self._total_wh, self._session_ws = total_wh, session_ws
        stands_ws = total_wh * 3600 + session_ws - self._added_ws + self._lost_ws
        if stands_ws < self._highest_ws - ROUNDED_WS:
            self._lost_ws += self._highest_ws - stands_ws
        self._highest_ws = max(self._highest_ws, stands_ws)
        self.energy_wh = self._highest_ws // 3600
        return self.energy_wh


class OpenEvseMeter:
    """``hal.api.Meter``. Entries as in ``DRIVER``."""

    silent_s = SILENT_S

    def __init__(self, *, port: str, voltage_v: float | None = None) -> None:
        self._name = f"meter.openevse on {port}"
        if voltage_v is not None and not VOLTAGE_V[0] <= voltage_v <= VOLTAGE_V[1]:
            raise DriverError(f"{self._name}: voltage_v {voltage_v:g}, expected {VOLTAGE_V[0]:g} to {VOLTAGE_V[1]:g} V; correct it")
        self._rapi = rapi.on(port)
        self._voltage_mv = None if voltage_v is None else round(voltage_v * 1000)
        self._register: Register | None = None
        self._measured = False
        """Does it measure the voltage, and not only know it?"""
        self._newest: MeterReading | None = None

    def open(self) -> None:
        """See how its counters stand. Raises DeviceError."""
        flags = int(self._asked("GS", 4)[3], 16)
        session_ws, total_wh = self._counters()
        if self._register is None:
            self._register = Register(total_wh, session_ws, running=bool(flags & CONNECTED) and not flags & ENDED)
        self._measured = self._rapi.ask("GM").good

    def read(self) -> MeterReading:
        """Current, power and register; while the board tests itself, the last reading. Raises DeviceError."""
        try:
            self._newest = self._read()
        except NoAnswer:
            if self._newest is None or time.monotonic() - self._rapi.answered_s > PATIENCE_S:
                raise
        return self._newest

    def close(self) -> None:
        """The line belongs to the board."""

    def _read(self) -> MeterReading:
        at_s = time.monotonic()
        assert self._register is not None, "open() comes first"
        current_ma, voltage_mv = self._whole(self._asked("GG", 2))
        self._tell_voltage(voltage_mv)
        session_ws, total_wh = self._counters()
        known = current_ma >= 0
        return MeterReading(
            at_s=at_s,
            energy_wh=self._register.follow(total_wh, session_ws),
            power_w=current_ma * voltage_mv // 1_000_000 if known else None,
            current_ma=(current_ma if known else None, None, None),
            voltage_mv=(voltage_mv if self._measured else None, None, None),
        )

    def _tell_voltage(self, present_mv: int) -> None:
        """It forgets it when it boots."""
        if self._voltage_mv is not None and not self._measured and present_mv != self._voltage_mv:
            self._rapi.ask(f"SV {self._voltage_mv}")

    def _counters(self) -> tuple[int, int]:
        session_ws, total_wh = self._whole(self._asked("GU", 2))
        return session_ws, total_wh

    def _asked(self, command: str, count: int) -> tuple[str, ...]:
        reply = self._rapi.ask(command)
        if not reply.good or len(reply.data) < count:
            said = " ".join(reply.data)
            raise DeviceError(f"{self._name}: answers ${command} with {said!r}; expected {count} values of RAPI 5, update its firmware")
        return reply.data[:count]

    def _whole(self, data: tuple[str, ...]) -> list[int]:
        try:
            return [int(one) for one in data]
        except ValueError as error:
            raise DeviceError(f"{self._name}: answers {' '.join(data)!r}; expected whole numbers, update its firmware") from error
