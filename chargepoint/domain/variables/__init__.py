"""Every variable of the station: one row each, OCPP 2.x name first, with its 1.6 key beside it (OCPP 2.0.1 part 2 appendix 2, 1.6 §9).

    Component.Variable[Instance], data type, value when nobody set it, access     unit, range, allowed values     key: its name in 1.6

A row without ``key`` does not exist in 1.6; a row without a component exists only there. Rows of components of an EVSE or a connector
(``row.TIERS``) stand for one variable at each of them, a row whose name ends in ``#`` for one key of each connector. Every component has a
variable ``Available``: where the table has no row of it, it is true. No variable of the standard's tables, and so none here, has another
attribute than its actual value.
``entry`` is the entry of the configuration file that already sets the variable. Services read by the row: ``model.read(SAMPLED_INTERVAL)``
is an ``int``.
"""

from typing import Any

from chargepoint.domain.variables import (
    authorization,
    communication,
    cost,
    device_data,
    hardware,
    lists,
    maintenance,
    metering,
    monitoring,
    only_16,
    parts,
    plug_and_charge,
    security,
    smart_charging,
    transactions,
)
from chargepoint.domain.variables.row import Access as Access
from chargepoint.domain.variables.row import Place as Place
from chargepoint.domain.variables.row import Variable as Variable

# fmt: off
AREAS = (
    communication, transactions, metering, authorization, lists, security, device_data, parts, hardware, monitoring, cost, smart_charging,
    plug_and_charge, maintenance, only_16,
)
# fmt: on

VARIABLES: tuple[Variable[Any], ...] = tuple(row for area in AREAS for row in vars(area).values() if isinstance(row, Variable))
"""The whole table, in this order. An area imports no rows of another."""
