"""The simulated world on real wires: every device that a driver can be named for, byte for byte as the driver would meet it.

    world ── Electrics, Meter, cards ──▶ face ──▶ line ──▶ pump ──▶ pty with a name, or TCP port ══ driver
                                         pure     pure     event loop

A *face* is one device: bytes in, bytes out, under ``now``. A *line* has one face or several (RS-485), may be as slow as a real one, and
spoils what passes as real wires do. What is no stream of bytes (sysfs, GPIO) is a *fixture* with a directory of its own. The table of
both is ``simulators.wires.table``; ``Harness`` puts up what a configuration names.
"""

from simulators.wires.face import Face, Fixture, Reply, WireFault

__all__ = ["Face", "Fixture", "Reply", "WireFault"]
