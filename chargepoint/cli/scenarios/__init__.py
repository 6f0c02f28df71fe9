"""Scenarios: the real control and the simulated world on one virtual clock, with a judge that looks at the world and not at control.

catalogue     which scenarios there are
stage         world, boards, meters, control and a played station under one clock, which jumps while nothing changes
clock, agenda the grid of the scans; what is going to happen
rest          is control at rest, and until when
player        the station, played: permits, renewals, wishes
witness       what really happened at one EVSE, and when
causes        what in the world explains a fault
rules, judge  what must hold, whatever happens
fleet, storm, sequences, power_cuts     the scenarios
"""
