"""Smart charging: what installed charging profiles say at a time (OCPP 1.6 §3.13, 2.0.1 K). Pure, and the same for every version.

    installed   a profile with its place, and what a new one replaces
    checking    which profiles cannot be taken, and why
    timetable   one profile as plain numbers: its period at a time, its next change, its runs in a window
    caution     what is followed where nobody knows the time
    stacking    which of several profiles holds: transaction before default, connector before station, then the stack level
    units       amperes per phase and watts over all phases, with the phases in use
    summing     what all EVSEs come to at one moment, with what bounds them together
    composite   all of it over a window of time, from change to change

Times are seconds since 1970 in UTC. A day has 24 hours here and a week seven of them, whatever local clocks do: recurring schedules do not
follow daylight saving (1.6 errata 3.79; §3.13.7 asks whoever wants it to send another profile on such days).
"""
