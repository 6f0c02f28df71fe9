"""Faults of the car, its cable and the two signal wires between it and the station."""

from chargepoint.domain.fault_table.fields import FaultRow, Retry

_CODING = "Measure PP against PE of the cable's plug: 1500 ohm (13 A), 680 ohm (20 A), 220 ohm (32 A) or 100 ohm (63 A), within 3 %."

PILOT = (
    FaultRow(
        name="pilot_short",
        code="CP-101",
        title="Pilot short-circuited",
        kind="ev_communication_error",
        cause="The upper plateau of the pilot is at 0 V (state E).",
        seen_after_s=0.03,
        retry=Retry(5, 20),
        component="CPPWMController",
        mrec="CX014",
        driver="The signal wire between station and car is short-circuited: unplug the cable and try again, if you can with another cable.",
        technician=(
            "Unplug the car and measure CP against PE at the socket or plug: 11.4 to 12.6 V DC is right.",
            "If it is 0 V: take the pilot wire off the board and measure at the terminal; with 12 V there the wire or the socket is "
            "shorted, with 0 V replace the board.",
            "If it is right: measure CP against PE of the loose cable, both ends unplugged; anything below 100 kohm condemns the cable.",
            "If the cable is good too: try another car; the inlet of the first one is wet or damaged.",
        ),
        source="IEC 61851-1 Table A.6, sequence 12 allows 3 s; opening at once is practice.",
    ),
    FaultRow(
        name="pilot_implausible",
        code="CP-102",
        title="Pilot voltage of no state",
        kind="ev_communication_error",
        cause="The pilot has a voltage that no state has, or is not at -12 V while the station drives state F.",
        seen_after_s=0.03,
        retry=Retry(5, 20),
        component="CPPWMController",
        mrec="CX014",
        driver="The signal between station and car makes no sense: unplug the cable and try again, if you can with another cable.",
        technician=(
            "Unplug the car and measure CP against PE at the socket or plug: 11.4 to 12.6 V DC is right.",
            "Measure the pilot's supply on the board: +12 V and -12 V, each within 5 %.",
            "Take the pilot wire off the board and measure it against PE: 0 V is right; anything else means chafed insulation or water.",
            "Plug in a test adapter in state B and look at CP with an oscilloscope while current is offered: 1 kHz between +9 V and -12 V.",
        ),
        source="IEC 61851-1 Table A.4; bands as in practice, with the last state kept between two of them.",
    ),
    FaultRow(
        name="diode_failed",
        code="CP-103",
        title="No diode seen in the car",
        kind="ev_communication_error",
        cause="While the pilot oscillates with a car plugged in, its lower plateau is not at -12 V (-10 to -13 V).",
        seen_after_s=0.1,
        clears="unplugged",
        component="CPPWMController",
        mrec="CX014",
        driver="The station cannot be sure that a car is at the other end of the cable: unplug it, look for dirt or damage, and try again.",
        technician=(
            "Try another car or a test adapter: if that charges, the diode in the first car's inlet is shorted; tell its driver.",
            "Try another cable: if that cures it, replace the first one, for its pilot wire leaks to PE.",
            "With a test adapter in state B, look at CP with an oscilloscope while current is offered: +9 V and -12 V at 1 kHz.",
            "If it is wrong with the adapter as well: measure the board's -12 V supply (within 5 %), then replace the board.",
        ),
        source="IEC 61851-1 Table A.4: to be seen at least once before the first closing.",
    ),
    FaultRow(
        name="pilot_without_plug",
        code="CP-104",
        title="A car without a plug",
        kind="ev_communication_error",
        cause="The pilot shows a car (state B, C or D) on a socket whose proximity contact sees no plug.",
        seen_after_s=0.5,
        component="Connector",
        mrec="CX023",
        driver="The plug is not seated properly in the station: push it in all the way, or pull it out and plug it in again.",
        technician=(
            _CODING,
            "With this plug in the socket, measure the same on the board's PP terminal; if it is open, replace contact or wire.",
            "With nothing plugged in, measure CP against PE at the socket: 12 V is right; 9 V or less means that something loads it.",
        ),
        source="IEC 61851-1 Annex B: a plug in a socket has a coding; implausible together with states B to D.",
    ),
    FaultRow(
        name="ventilation_not_available",
        code="CP-105",
        title="Car asks for ventilation",
        kind="other",
        cause="The car asks for ventilation (state D), and the station has none.",
        retry=Retry(10, 3),
        component="AreaVentilation",
        driver="Your car asks for a ventilated place, which this one is not: unplug it and charge outdoors or at another station.",
        technician=(
            "Measure CP against PE in the car's plug while it asks for current: 882 ohm is state C, 246 ohm is state D.",
            "If other cars, or a test adapter in state C, also show state D: check the pilot wire for leakage to PE and its 12 V supply.",
            "If the room has a ventilation that the station may rely on: set ventilation = true for this EVSE in the configuration.",
        ),
        source="IEC 61851-1 Table A.4, state D: not energised without ventilation. Tried again for an EV that asked by mistake.",
    ),
)

PROXIMITY = (
    FaultRow(
        name="proximity_out_of_range",
        code="CP-111",
        title="Coding of the cable unknown",
        kind="other",
        cause="The resistor coding of the plug in the socket is below 60 ohm or above 4500 ohm.",
        seen_after_s=0.2,
        component="Connector",
        mrec="CX023",
        driver="The station cannot recognise your cable: unplug it, look for dirt or bent contacts, and use another cable if there is one.",
        technician=(
            _CODING,
            "If the plug is right: look for corrosion and a pushed-back contact in the socket.",
            "Put a 680 ohm resistor between PP and PE of the socket and compare with the value in the fault's text: within 10 % is right.",
            "If that is wrong: check the wire from socket to board, then replace the board.",
        ),
        source="IEC 61851-1 Annex B: below 60 ohm and above 4500 ohm no charging.",
    ),
    FaultRow(
        name="proximity_changed",
        code="CP-112",
        title="Coding of the cable has changed",
        kind="other",
        cause="The plug in the socket shows another coding than when it was plugged in, or none any more.",
        seen_after_s=0.2,
        clears="unplugged",
        component="Connector",
        mrec="CX023",
        driver="The contact with your cable changed during charging: unplug it, plug it in firmly, and start again.",
        technician=(
            "Measure PP against PE of the cable's plug while bending the cable at the plug: the value must not move.",
            "Wiggle the plug in the locked socket and watch the proximity value of this EVSE: within 10 % is right.",
            "If it jumps: tighten or replace the socket's PP contact and check its wire to the board.",
        ),
        source="IEC 61851-1 Annex B: read at plug-in, kept for the session, supervised.",
    ),
)

ROWS = PILOT + PROXIMITY
