"""What is connected to this host? Questions that every device may be asked, and how its answer is known again.

    ports      serial ports, their lasting names, who uses them, who may
    table      rows: what to ask, of whom, and what the answer means; a new driver adds one
    rtu        questions and answers of Modbus as bytes
    modbus     looks for units on one RS-485 line, and finds out what they are
    serial     looks at one port after the other, by every row
    places     GPIO, PWM, IIO, one-wire, watchdog, keyboards: what the kernel knows

Nothing is ever written to a device but questions: no register, no setting, no output. A port that somebody has open is left alone.
"""
