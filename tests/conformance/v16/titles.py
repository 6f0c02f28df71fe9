"""The test cases for a charge point that the OCPP 1.6 compliancy tool has: number and title, block by block.

Each is played by one test of this folder (``@case``). A title that does not apply to this station says why in ``not_applicable``.
"""

from msgspec import Struct


class Title(Struct, frozen=True):
    """One row."""

    number: str
    title: str
    block: str
    not_applicable: str = ""


_BLOCKS: dict[str, str] = {
    "Boot": """
        001 cold boot
        002 cold boot, pending
    """,
    "Start": """
        003 plug in first
        004_1 identification first
        004_2 identification first, ConnectionTimeOut
    """,
    "Stop": """
        005_1 EV side disconnected (stops, unlocks)
        005_2 EV side disconnected (stops, stays locked)
        005_3 EV side disconnected (goes on)
        068 same idTag
        069 same parentIdTag
    """,
    "Cache": """
        007_1 start with a cached id
        007_2 remote start with a cached id
        061_1 clear the cache
        061_2 clear the cache, which does not exist
    """,
    "Remote": """
        010 remote start, cable first
        011_1 remote start first
        011_2 remote start first, ConnectionTimeOut
        012 remote stop
    """,
    "Reset": """
        013 hard reset without transaction
        014 soft reset without transaction
        015 hard reset with transaction
        016 soft reset with transaction
    """,
    "Unlock": """
        017_1 unlock without session, socket
        017_2 unlock without session, fixed cable
        018_1 unlock with session, socket
        018_2 unlock with session, fixed cable
    """,
    "Configuration": """
        019 retrieve the configuration
        021 change a key
        040_1 change a key that is not supported
        040_2 change a key to an invalid value
    """,
    "Meter": """
        070 sampled meter values
        071 clock-aligned meter values
    """,
    "Non-happy": """
        023_4 local authorisation, invalid
        023_5 remote authorisation, invalid
        024 connector lock failure
        026 remote start, rejected
        027 remote start, connector 0
        028 remote stop, rejected
        030 unlock, failure
        031 unlock, unknown connector
        041 fault behaviour
    """,
    "Power failure": """
        032_1 transaction stopped before going down
        032_2 transaction stopped after boot
        034 with status Unavailable
    """,
    "Offline": """
        036 connection loss during a transaction
        037_1 offline start, valid id
        037_2 offline start, invalid id, StopTransactionOnInvalidId false
        037_3 offline start, invalid id, StopTransactionOnInvalidId true
        038 offline stop
        039 offline transaction
    """,
    "Local list": """
        008_1 start, id in the list
        008_2 remote start, id in the list
        042_1 version, not supported
        042_2 version, empty
        043 send the list
        043_1 send the list, NotSupported
        043_2 send the list, VersionMismatch
        043_3 send the list, Failed
    """,
    "Firmware and diagnostics": """
        044_1 firmware, download and install
        044_2 firmware, download failed
        044_3 firmware, installation failed
        045_1 diagnostics
        045_2 diagnostics, upload failed
    """,
    "Reservation": """
        046_1 of a connector, local start
        046_2 of a connector, remote start
        047 expires
        048_1 of a connector, Faulted
        048_2 of a connector, Occupied
        048_3 of a connector, Unavailable
        048_4 of a connector, Rejected
        049 of the charge point
        050_1 of the charge point, Faulted
        050_2 of the charge point, Occupied
        050_3 of the charge point, Unavailable
        050_4 of the charge point, Rejected
        051 cancel
        052 cancel, rejected
        053_1 parentIdTag, local start
        053_2 parentIdTag, remote start
    """,
    "Trigger": """
        054 trigger a message
        055 trigger a message, rejected
    """,
    "Smart charging": """
        056 TxDefaultProfile
        057 TxProfile
        058_1 TxProfile without transaction
        058_2 TxProfile with the wrong transactionId
        059 remote start with a profile
        060 remote start with a profile, rejected
        066 composite schedule
        067 clear profiles
        072 stacking
        082 TxDefaultProfile with a running transaction
    """,
    "Data transfer": """
        062 to the charge point
    """,
    "Security": """
        073 update the password
        074 update the certificate
        075_1 install a manufacturer root
        075_2 install a central system root
        076 delete a certificate
        077 event of an invalid charge point certificate
        078 event of an invalid central system certificate
        079 security log
        080 secure firmware update
        081 secure firmware update, invalid signature
        083 upgrade the security profile
        084 downgrade the security profile, rejected
        085 basic authentication
        086 TLS, server certificate
        087 TLS, client certificate
        088 sub-protocol negotiation
    """,
}

_NOT_APPLICABLE: dict[str, str] = {
    "032_1": "for stations with a battery that lets them tell the end before they go down; one without is judged by 032_2",
}
"""Reasons by number."""

TITLES: tuple[Title, ...] = tuple(
    Title(number, title, block, _NOT_APPLICABLE.get(number, ""))
    for block, lines in _BLOCKS.items()
    for number, _, title in (line.strip().partition(" ") for line in lines.strip().splitlines())
)
"""The whole table, in the order of the blocks."""
