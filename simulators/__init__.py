"""The simulated world: board electrics, cars, cards and the bench that people and scripts drive it with.

    bench (HTTP, page) ──▶ world ◀── server (Unix socket) ◀── the simulated drivers of hal
                             │
                 electrics, one per EVSE: the pilot's wire, the outlet with a car, the feed with contacts and meter

What can break stands in ``hardware``, the cars that can come in ``garage``: each by a name that the bench's verbs take.
Everything below ``server`` and ``bench`` takes ``now`` as an argument, so the same world runs in real time and under a virtual clock.
"""
