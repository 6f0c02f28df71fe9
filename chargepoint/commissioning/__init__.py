"""Proving that an installation is right: the self-test, the steps that somebody guides by hand, the electrician's sheet, the report.

    at_rest     what is seen without moving anything: pure judgements of one sight of an EVSE
    blame       which step a fault decides
    moving      outputs that control moves for a moment while nobody is there, and what is made of its answers
    selftest    both together, a step as soon as it is known
    guide       steps with a car or a test adapter, which conclude by themselves from live signals
    concluding  what each of these concludes from, and its figures
    guiding     them in their order, with the charge by hand that they need
    measured    what an electrician types in, with units and usual limits
    by_hand     steps of the self-test that his figures answer
    calibration what is to be remembered of meters that people are billed by
    report      all of it on paper: what there is to be said, in the order in which it is read

The station is asked (``chargepoint.inquiry``); it and control decide what may be moved. Nothing here moves anything where a car is plugged
in, but for the guided steps, which somebody has to begin and to go on with.
"""
