"""The local authorisation list, and reservations: LocalAuthListCtrlr, ReservationCtrlr."""

from chargepoint.domain.values import BOOLEAN, INTEGER
from chargepoint.domain.variables.row import RO, V

MAX_LOCAL_LIST = 10_000
"""So many tokens has the local list room for."""
MAX_SENT_LIST = 2_500
"""So many of them fit into one message: each has 419 bytes of the 1 MiB, and needs no more even if all its characters are escaped."""
LONGEST_LISTED = 8192
"""Bytes of one of them, at most, as it is kept: with 512 characters for its driver, escaped, and 200 EVSEs."""

# fmt: off
LOCAL_LIST_AVAILABLE = V("LocalAuthListCtrlr.Available", BOOLEAN, "true", RO)
LOCAL_LIST_ENABLED = V("LocalAuthListCtrlr.Enabled", BOOLEAN, "true", key="LocalAuthListEnabled")
LOCAL_LIST_ENTRIES = V("LocalAuthListCtrlr.Entries", INTEGER, "0", RO, minimum=0, maximum=MAX_LOCAL_LIST)
LOCAL_LIST_ITEMS = V("LocalAuthListCtrlr.ItemsPerMessage", INTEGER, str(MAX_SENT_LIST), RO, minimum=1, maximum=MAX_SENT_LIST,
                     key="SendLocalListMaxLength")
LOCAL_LIST_BYTES = V("LocalAuthListCtrlr.BytesPerMessage", INTEGER, "1048576", RO, minimum=1)
LOCAL_LIST_STORAGE = V("LocalAuthListCtrlr.Storage", INTEGER, "0", RO, unit="B", minimum=0, maximum=MAX_LOCAL_LIST * LONGEST_LISTED)
LOCAL_LIST_EXPIRY = V("LocalAuthListCtrlr.SupportsExpiryDateTime", BOOLEAN, "true", RO)
LOCAL_LIST_DISABLE_POST_AUTHORIZE = V("LocalAuthListCtrlr.DisablePostAuthorize", BOOLEAN, "false")
RESERVATION_AVAILABLE = V("ReservationCtrlr.Available", BOOLEAN, "true", RO)
RESERVATION_ENABLED = V("ReservationCtrlr.Enabled", BOOLEAN, "true")
RESERVATION_ANY_EVSE = V("ReservationCtrlr.NonEvseSpecific", BOOLEAN, "true", RO, key="ReserveConnectorZeroSupported")
# fmt: on
