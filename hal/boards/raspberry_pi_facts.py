"""What is to be known of the board ``raspberry-pi`` before anybody wires one."""

from hal.boards.raspberry_pi_presets import LOCKS, MONITORS, PRESETS
from hal.facts import DriverFacts

LINE = "line, as in 'GPIO17 active-low pull-up debounce=10'"

DRIVER = DriverFacts(
    name="raspberry-pi",
    kind="boards",
    title="Raspberry Pi, chargebyte Charge Control C, or any Linux board with pilot hardware",
    link="PWM by sysfs, converter by SPI or IIO, lines by libgpiod or RPi.GPIO, one-wire",
    extra="raspberry-pi",
    safety=(
        "This host makes the pilot, and hardware keeps people safe: a residual current monitor and a watchdog, both in the circuit of the"
        " contactor's coil. Without rcm_fault with rcm_cuts_coil, and without kick with watchdog, it is refused outside a bench."
    ),
    watchdog=(
        "The line kick is toggled with every scan (20 ms). A monostable in the coil's circuit has to drop the coil between 60 and 150 ms"
        " after the last edge. When this process dies the kernel lets go of its lines as well, but the PWM goes on as it was."
    ),
    proven=(
        "tests/hal/boards/test_raspberry_pi.py",
        "tests/hal/boards/test_raspberry_pi_broken.py",
        "tests/hal/boards/test_raspberry_pi_session.py",
        "tests/hal/bus/test_pwm.py",
        "tests/hal/bus/test_adc.py",
        "tests/hal/bus/test_gpio.py",
        "tests/hal/locks/test_locks.py",
    ),
    doubts=(
        "Never tried on a board. spidev, libgpiod and sysfs are driven as their documentation has them; no chip was there.",
        "A Raspberry Pi leaves outputs as they were when a process dies, unless dtparam=strict_gpiod stands in its config.txt"
        " (raspberrypi/linux pull request 6117). The watchdog opens the contactor all the same.",
        "The PWM survives this process: until control is back, or the watchdog has opened the contactor, a car sees the last offer.",
        "watchdog = 'pwm' and 'gpio-wdt' are refused: a PWM goes on without this process, and the kernel's gpio_wdt for a second or more."
        " So the Pi EVSE HAT, which wants edges every 10 ms, has no watchdog here, and is for a bench alone; its divider is to be given.",
        "How many samples a second a board's SPI gives was not measured; the burst grows until it spans four periods of the pilot. At 80 A"
        " the lower part lasts 40 us: a bus that takes longer for a sample misses it now and then, which is told as a fault of the diode.",
        "Frozen values behind peak hold cannot be told from a quiet pilot; those of a converter on SPI are noticed while there is PWM.",
        "Lines and channels of Charge Control C are those of its public driver; which feedback its relays have has to be said in the file.",
        "Of Küster, Walther, Hella and Phoenix Contact locks no figures were found: lock_pulse_ms is to be given.",
        "The test input of a monitor is driven steadily, not at 50 or 60 Hz as a test winding through its core would need.",
    ),
    sources=(
        "linux/spi/spidev.h, Documentation/ABI/testing/sysfs-class-pwm and sysfs-bus-iio",
        "Microchip DS21295 (MCP3004/3008), DS21298 (MCP3204/3208), DS20001942 (MCP9700)",
        "chargebyte/everest-chargebyte, CbTarragonDriver (facts)",
        "nsayer/Pi_Evse_Hat (facts)",
    ),
    entries={
        "preset": f"entries that then need not be written: {', '.join(PRESETS)}",
        "pwm": "part of the name of the PWM chip's device: '20c000.pwm' on a Raspberry Pi 0 to 4, '1f00098000.pwm' on a Pi 5",
        "pwm_channel": "0 for GPIO18 or 12 and 1 for GPIO19 or 13; on a Pi 5 GPIO12, 13, 18, 19 are 0 to 3",
        "pwm_polarity": "'normal': high is +12 V; 'inversed'",
        "pilot_enable": f"{LINE}: without it the pilot is at 0 V",
        "pilot_disabled": "level while the PWM is disabled: '0 V', '+12 V', '-12 V'; '0 V' lets state E be shown",
        "pilot_left": "how the pilot is left on an orderly end: '+12 V', or 'disabled'",
        "cp": "'spi': bursts of a converter; 'iio': peaks that hardware holds",
        "adc": "'mcp3004', 'mcp3008', 'mcp3204', 'mcp3208'",
        "adc_mv": "reference of the converter, mV",
        "spi": "device, '/dev/spidev0.0'",
        "spi_hz": "clock of the bus; 1000000",
        "spi_mode": "0 or 3; 0",
        "cp_channel": "channel of the pilot",
        "iio": "name of the converter",
        "cp_high": "channel of the upper peak, 'voltage2'",
        "cp_low": "channel of the lower peak",
        "peak_reset": f"{LINE}: lets go of the upper peak, or of both",
        "peak_reset_low": f"{LINE}: lets go of the lower peak, where it has its own",
        "cp_gain": "pilot = converter's mV times cp_gain plus cp_offset_mv; it must reach beyond ±13.5 V",
        "cp_offset_mv": "mV",
        "gpio": "'gpiod', or 'rpi-gpio' for a module RPi.GPIO",
        "gpio_chip": "'/dev/gpiochip0'; without it every chip is searched for the names",
        "contactor": f"{LINE}: energises the coil of the contactor (of L1 and N, where there is contactor_23)",
        "contactor_feedback": f"{LINE}: its auxiliary contact, active while that is closed",
        "contactor_23": f"{LINE}: coil of the contactor of L2 and L3",
        "contactor_23_feedback": f"{LINE}: its auxiliary contact",
        "contactor_mirror": "'NC': the auxiliary contacts are closed while the contactor is open; 'NO'",
        "watchdog": "'toggle': hardware in the coil's circuit wants an edge of kick",
        "kick": f"{LINE}: is toggled with every scan",
        "rcm": f"the residual current monitor: {', '.join(MONITORS)}",
        "rcm_fault": f"{LINE}: active while it has tripped",
        "rcm_test": f"{LINE}: its test input",
        "rcm_cuts_coil": "true: it cuts the coil itself, without this host",
        "shunt_trip": f"{LINE}: trips the breaker upstream",
        "emergency_stop": f"{LINE}: active while pressed; the usual contact opens, so 'pull-up' and not active-low",
        "enclosure": f"{LINE}: active while open",
        "tilt": f"{LINE}: active while tilted",
        "earth_good": f"{LINE}: active while the earth is good",
        "pp": "channel of the proximity contact",
        "pp_thresholds": "'chargebyte': its divider",
        "pp_pullup_ohm": "or the resistor from the contact to adc_mv",
        "lock": f"the plug lock: {', '.join(LOCKS)}",
        "lock_a": f"{LINE}: towards locked; of a solenoid, its coil",
        "lock_b": f"{LINE}: towards unlocked",
        "lock_feedback": f"{LINE}: active while locked",
        "lock_pulse_ms": "of the motor, 50 to 1000",
        "lock_tries": "pulses in one direction before it is given up",
        "releases_plug": "true: the lock opens by itself when the supply fails",
        "thermometer": "'ds18b20', 'mcp9700', 'ntc'",
        "thermometer_at": "channel of the converter; of a DS18B20 its number, '28-0316a2795aff'",
        "ntc_ohm": "at 25 °C",
        "ntc_beta": "kelvin",
        "ntc_pullup_ohm": "to adc_mv",
        "bench": "true: used without monitor and watchdog, where nobody can touch it",
    },
)
