"""The simulated world: board electrics, cars, cards and the bench that people and scripts drive it with.

    bench (HTTP, page) ──▶ world ◀── server (Unix socket) ◀── the simulated drivers of hal
                             │
                 electrics, one per EVSE: pilot, actuator, meter, ev

Everything below ``server`` and ``bench`` takes ``now`` as an argument, so the same world runs in real time and under a virtual clock.
"""
