"""New starts of the station's own processes, for a new configuration or a new version."""

from typing import Literal

from msgspec import Struct


class Restart(Struct, frozen=True, kw_only=True, tag_field="ask", tag="restart"):
    """Start anew. Control never does before every EVSE is idle, whatever ``when`` says: a car would lose its power. With ``both`` the
    station waits for control, so that neither talks to another idea of the station for longer than need be."""

    what: Literal["station", "control", "both"] = "both"
    when: Literal["idle", "now"] = "idle"
    """Of the station process: when no transaction runs, or at once; then a car goes on at the failsafe current for some seconds."""
    by: str = ""
    """Who wants it."""


class SeeProcesses(Struct, frozen=True, tag_field="ask", tag="see-processes"):
    """Which starts of the processes are these?"""


class Processes(Struct, frozen=True, kw_only=True):
    """Names that change with every start."""

    station: str
    control: str
    """Of the control process that is heard; empty: none is."""
    outcome: Literal["listed", "begun", "waiting", "refused"] = "listed"
    message: str = ""
    """What has become of the wish, for people."""


class KeepQuiet(Struct, frozen=True, kw_only=True, tag_field="ask", tag="keep-quiet"):
    """Let no new session begin for a while: software is about to be replaced. It is a lease: whoever wants more of it asks again. What
    runs goes on; who is authorised meanwhile, or plugs in, is served afterwards."""

    for_s: float
    """At most 120 s are given; 0 ends it."""


class Quiet(Struct, frozen=True, kw_only=True):
    """Is it quiet?"""

    idle: bool
    """Nobody charges, and nobody will before the lease ends."""
    busy: tuple[int, ...] = ()
    """EVSEs where something goes on."""
