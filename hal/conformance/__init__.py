"""The conformance kit: every driver passes it, and who writes one holds it against theirs.

    from hal.conformance import check_meter
    check_meter(lambda: Sdm630(port="/dev/ttyUSB0", unit=3), bench)        AssertionError, with a sentence for every rule that is broken

``make`` gives a new driver, not opened, each time it is called. ``bench`` is the device's other side (``hal.conformance.benches``): a
simulated device, or a person at a desk with a real one. What a bench cannot do is left out, and so are rules about what a board's
``abilities`` say it cannot do. The rules are the docstrings of the functions in ``boards``, ``meters``, ``readers`` ...

Without a bench, ``python -m hal.conformance meters sdm630 port=/dev/ttyUSB0 unit=3`` plays the rules that need none with the driver of that
name, on whatever is connected. It moves no contactor.
"""

from hal.conformance.boards import check_board
from hal.conformance.displays import check_display
from hal.conformance.indicators import check_indicator
from hal.conformance.locks import check_lock
from hal.conformance.meters import check_meter
from hal.conformance.readers import check_reader

__all__ = ["check_board", "check_display", "check_indicator", "check_lock", "check_meter", "check_reader"]
