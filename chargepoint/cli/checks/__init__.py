"""What ``chargepoint doctor`` looks at, one file for each subject. ``every.AREAS`` has them in their order.

A check is a function ``look(scene)`` that yields findings. It needs no rights: what may not be read is "not known", with how to find out.
It never raises, and never waits for long.
"""
