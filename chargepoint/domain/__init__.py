"""Pure rules and values: no I/O, no clock, no OCPP version. The vocabulary is OCPP 2.x, the richer one; 1.6 narrows it."""
