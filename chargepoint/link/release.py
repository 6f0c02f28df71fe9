"""Which release of this software this process runs: what was installed when it began.

A package may be replaced beneath a running process, and whoever looks later sees the new one. So it is looked up once, when this module is
loaded. The name of the folder that pip leaves beside a package has it; ``importlib.metadata`` finds it there too, but brings 2.5 MB along.
"""

import os
import sys
from collections.abc import Iterable

BEGIN, END = "chargepoint-", ".dist-info"


def installed(places: Iterable[str]) -> str:
    """The version of the package in the first of these folders that has it; empty: none has."""
    for place in places:
        try:
            names = os.listdir(place or ".")
        except OSError:
            continue
        found = sorted(name for name in names if name.startswith(BEGIN) and name.endswith(END))
        if found:
            return found[-1].removeprefix(BEGIN).removesuffix(END)
    return ""


RELEASE = installed(sys.path)
