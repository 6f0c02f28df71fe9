"""Faults of current, voltage and temperature."""

from chargepoint.domain.fault_table.fields import FaultRow, Retry

_AT_THE_TERMINALS = (
    "Measure each phase against neutral at the supply terminals, idle and while charging: for 230 V nominal, 196 to 264 V is right."
)
_NOMINAL = "If the voltage is right: compare it with the meter's, and voltage_v in the configuration with the supply's nominal voltage."

CURRENT = (
    FaultRow(
        name="over_current",
        code="CP-401",
        title="Car draws too much current",
        kind="over_current_failure",
        cause="The car draws on one phase more than (offer + 0.5 A) x 1.10.",
        seen_after_s=7.0,
        pilot_f=True,
        retry=Retry(60, 3),
        component="OverCurrentProtection",
        variable="Active",
        mrec="CX004",
        stop_reason="OvercurrentFault",
        driver="Your car draws more current than it is offered: lower the current set in the car, then plug it in again.",
        technician=(
            "Compare the currents in the fault's text with a clamp meter on each phase: within 5 % is right; else check the meter.",
            "Measure the duty cycle of the pilot with a tester: 10 % is 6 A, 26.7 % is 16 A, 53.3 % is 32 A; within 0.5 % is right.",
            "Charge another car: if it keeps to the offer, the first car is at fault; tell its driver.",
            "Check that nothing else is connected behind the contactor.",
        ),
        source="Practice with IEC 61851-1 Table A.6, sequence 6: a car has 5 s to follow; (offer + 0.5 A) x 1.10 for 7 s.",
    ),
)

VOLTAGE = (
    FaultRow(
        name="over_voltage",
        code="CP-411",
        title="Mains voltage too high",
        kind="over_voltage",
        cause="A phase is above 115 % of the nominal voltage; over below 112 %.",
        seen_after_s=1.0,
        action="pause",
        hold_s=10.0,
        retry=Retry(10, 10),
        component="ElectricalFeed",
        mrec="CX005",
        stop_reason="PowerQuality",
        driver="The mains voltage is too high for charging: leave your car plugged in, it goes on by itself when the voltage is right.",
        technician=(
            _AT_THE_TERMINALS,
            "If one phase rises while another falls under load: suspect the neutral; switch off at once and retighten it upstream.",
            "If all are high: have the network operator or the generator on site (solar, battery) checked.",
            _NOMINAL,
        ),
        source="Practice: pause outside +10 to +15 %, go on by itself.",
    ),
    FaultRow(
        name="under_voltage",
        code="CP-412",
        title="Mains voltage too low",
        kind="under_voltage",
        cause="A phase is below 85 % of the nominal voltage; over above 88 %.",
        seen_after_s=1.0,
        action="pause",
        hold_s=10.0,
        retry=Retry(10, 10),
        component="ElectricalFeed",
        mrec="CX006",
        stop_reason="PowerQuality",
        driver="The mains voltage is too low for charging: leave your car plugged in, it goes on by itself when the voltage is right.",
        technician=(
            _AT_THE_TERMINALS,
            "If it falls only while charging: measure at each terminal from the distribution board on; it is lost at a loose or thin one.",
            "If it holds at a lower current: lower max_current_a or the site's fuse_a until the supply has been reinforced.",
            _NOMINAL,
        ),
        source="Practice: pause outside -15 to -20 %, go on by itself.",
    ),
    FaultRow(
        name="phase_missing",
        code="CP-413",
        title="A phase is missing",
        kind="under_voltage",
        cause="A wired phase is below half of the nominal voltage while another one is live.",
        seen_after_s=1.0,
        action="pause",
        hold_s=10.0,
        retry=Retry(10, 10),
        component="ElectricalFeed",
        mrec="CX006",
        stop_reason="PowerQuality",
        driver="Part of the station's power supply has failed: leave your car plugged in, it goes on by itself when the supply is back.",
        technician=(
            "Measure each phase against neutral at the supply terminals: the missing one is below 115 V, right is 196 to 264 V.",
            "Check fuses and breakers of the missing phase upstream, one by one, and find out why one has opened.",
            "If all phases are there: check the meter's voltage connections.",
            "If the station is meant to run on one phase: set phases = 1 for this EVSE in the configuration.",
        ),
        source="Practice, as under-voltage.",
    ),
)

TEMPERATURE = (
    FaultRow(
        name="over_temperature",
        code="CP-421",
        title="Too hot to charge",
        kind="high_temperature",
        cause="The station's temperature is 71 °C or more; over below 62 °C.",
        seen_after_s=0.5,
        pilot_f=True,
        retry=Retry(5, 20),
        component="TemperatureSensor",
        variable="Protecting",
        mrec="CX003",
        driver="The station is too hot to charge: leave your car plugged in, it goes on by itself when the station has cooled down.",
        technician=(
            "Look for scorched terminals, contactor and socket; with a thermal camera under load, none may be 30 °C above the others.",
            "With the supply off and locked off, retighten all power terminals to the torque in the data sheets.",
            "Check fan, filter and ventilation slots; a station in full sun needs a roof or a lower max_current_a.",
            "Compare the shown temperature with a thermometer at the sensor: within 3 °C is right, else replace the sensor.",
        ),
        source="Practice: stop at 71 °C, back below 62 °C.",
    ),
    FaultRow(
        name="derated",
        code="CP-422",
        title="Less current because of heat",
        kind="high_temperature",
        cause="The station is warm: half the current from 65 °C, a quarter from 68 °C, not below 6 A; over below 62 °C.",
        seen_after_s=0.5,
        action="limit",
        component="TemperatureSensor",
        variable="Active",
        mrec="CX003",
        driver="The station is warm and charges more slowly: you need do nothing, it speeds up again when it has cooled down.",
        technician=(
            "Check fan, filter and ventilation slots; a station in full sun needs a roof or a lower max_current_a.",
            "With the supply off and locked off, retighten all power terminals to the torque in the data sheets.",
            "Compare the shown temperature with a thermometer at the sensor: within 3 °C is right, else replace the sensor.",
        ),
        source="Practice: half from 65 °C, a quarter from 68 °C, all again below 62 °C.",
    ),
    FaultRow(
        name="thermometer_silent",
        code="CP-423",
        title="Thermometer not heard",
        kind="internal_error",
        cause="The board has a thermometer that has said nothing for 60 s; while it does, 50 % of the current is offered, not below 6 A.",
        seen_after_s=60.0,
        action="limit",
        hold_s=5.0,
        component="TemperatureSensor",
        driver="The station cannot measure how warm it is and charges more slowly: you need do nothing, your car is charged all the same.",
        technician=(
            "Look into the log of chargepoint control for what the thermometer's driver says.",
            "Check the thermometer's plug and wires for a break and for water, with the supply off and locked off.",
            "Measure its supply at the sensor: 3.0 to 5.5 V is right for a DS18B20; at its data line a pull-up of 4.7 kohm.",
            "Replace the sensor; on a board with its own, replace the board if the station gets warm at its place.",
        ),
        source="Practice: nobody asks for a thermometer, but where one is fitted half the current, a quarter of the heat, needs none.",
    ),
)

ROWS = CURRENT + VOLTAGE + TEMPERATURE
