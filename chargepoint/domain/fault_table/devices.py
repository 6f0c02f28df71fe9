"""Faults of the station's own devices: board, meter, and the computer that control runs on."""

from chargepoint.domain.fault_table.fields import FaultRow, Retry

_READ_THE_METER = "Read the meter's display: voltage and energy must be there; without them check its supply and its voltage fuses."

MEASURING = (
    FaultRow(
        name="board_silent",
        code="CP-501",
        title="Board not heard",
        kind="internal_error",
        cause="No measurement from the board for 0.15 s (1 s at the start); over a slow line for as long as docs/hardware.md says.",
        retry=Retry(5, 20),
        component="Controller",
        driver="The station has an internal fault: wait a moment, and use another station if it does not go on by itself.",
        technician=(
            "Look into the log of chargepoint control for what the board's driver says.",
            "Measure the board's supply at its terminals: its rated voltage within 5 %, and no dips when the contactor closes.",
            "Check the data cable between computer and board, both plugs, and that the port in the configuration is the one in use.",
            "If it comes back when the lock or the contactor moves: look for interference, a missing suppressor or a weak supply.",
            "If none of this helps: replace the board.",
        ),
        source="Practice: below the 200 ms after which the board's own dead-man opens.",
    ),
    FaultRow(
        name="meter_silent",
        code="CP-511",
        title="Meter not heard",
        kind="power_meter_failure",
        cause="The newest reading of the meter is more than 5 s old; of one inside a board, longer, as docs/hardware.md says.",
        action="pause",
        retry=Retry(5, 20),
        component="FiscalMetering",
        driver="The station's energy meter does not answer: your car may stay plugged in and goes on by itself when the meter is back.",
        technician=(
            _READ_THE_METER,
            "Check wires A and B, their termination, and the meter's address and baud rate against the configuration.",
            "Measure between A and B at rest: above 0.2 V is right; about 0 V means that the line has no bias or is shorted.",
            "Take all other devices off the line: if the meter answers then, two of them have one address.",
        ),
        source="Practice: one reading a second; a stale value is never taken for a fresh one.",
    ),
    FaultRow(
        name="meter_implausible",
        code="CP-512",
        title="Meter tells what cannot be true",
        kind="power_meter_failure",
        cause="For 3 s the meter has answered what cannot be true: no number, a register that runs backwards or leaps.",
        seen_after_s=3.0,
        action="pause",
        retry=Retry(5, 20),
        component="FiscalMetering",
        driver="The station's energy meter shows nonsense: your car may stay plugged in and goes on by itself when it is right again.",
        technician=(
            _READ_THE_METER,
            "Compare the meter's model with the configuration: another model's registers read as leaps and negative energy.",
            "Compare the register on the display with the station's: if the meter was replaced, restart chargepoint control.",
            "Check the line for a second device with the same address, and the meter's supply for dips: a starting meter shows zeros.",
        ),
        source="Practice: what is billed has to be true; what was told last stays the newest reading.",
    ),
    FaultRow(
        name="meter_frozen",
        code="CP-513",
        title="Meter does not count",
        kind="power_meter_failure",
        cause="By the meter's own power 200 Wh have flowed, and its energy register has not moved.",
        action="pause",
        hold_s=5.0,
        retry=Retry(60, 3),
        component="FiscalMetering",
        driver="The station's energy meter does not count: the station tries again by itself; if that fails, use another one.",
        technician=(
            _READ_THE_METER,
            "Charge for two minutes and compare register and power on the display: at 7 kW it counts 0.1 kWh in 51 s.",
            "If the display counts and the station's value does not: compare the meter's model with the configuration.",
            "If the display does not count: check the direction of its current transformers, then replace the meter.",
        ),
        source="Practice: nothing is sold that is not counted.",
    ),
)

COMPUTING = (
    FaultRow(
        name="control_late",
        code="CP-602",
        title="Control came too late",
        kind="internal_error",
        cause="A scan of control came more than 0.1 s late.",
        retry=Retry(5, 20),
        component="Controller",
        driver="The station has an internal fault: wait a moment, and use another station if it does not go on by itself.",
        technician=(
            "Look into the log of chargepoint control for when it happens, and what else the computer did at that time.",
            "Check that control runs with real-time priority: chrt -p of its process must show SCHED_FIFO.",
            "Measure the computer's supply under load, within 5 %, and its temperature: it may slow itself down.",
            "Remove other software from the computer; replace a worn memory card.",
        ),
        source="IEC 61851-1 Table A.6, sequence 8.1: 100 ms to open leave no time for a later scan.",
    ),
    FaultRow(
        name="control_overloaded",
        code="CP-603",
        title="Computer overloaded",
        kind="internal_error",
        cause="During the last 10 s more than one scan in ten missed its deadline.",
        action="pause",
        hold_s=30.0,
        retry=Retry(30, 20),
        component="Controller",
        driver="The station's computer is overloaded, so charging is paused: leave your car plugged in, it goes on by itself.",
        technician=(
            "Look with top at what takes the processor: control itself should stay below a tenth of one core.",
            "Check that control runs with real-time priority: chrt -p of its process must show SCHED_FIFO.",
            "Measure the computer's supply under load, within 5 %, and its temperature: it may slow itself down.",
        ),
        source="Practice: missed deadlines are counted, and beyond a bound they are a fault.",
    ),
    FaultRow(
        name="memory_lost",
        code="CP-604",
        title="Memory of control unreadable",
        kind="internal_error",
        cause="What control keeps through power cuts (latched faults, contactor counter) could not be read.",
        clears="service",
        component="Controller",
        driver="The station has to be checked before it may charge again: please use another station.",
        technician=(
            "Nobody knows any more whether this EVSE was locked out: switch off upstream, lock off, and prove that it is dead.",
            "Measure every main contact of the contactor: above 1 Mohm is right; replace the contactor if one is not.",
            "Look into the log of chargepoint control for why control/kept.json could not be read; replace a worn memory card.",
            "Switch on, clear the fault with chargepoint clear-fault, and watch one charge begin and end.",
        ),
        source="Practice: a wrong relay decision is worse than a call.",
    ),
)

ROWS = MEASURING + COMPUTING
