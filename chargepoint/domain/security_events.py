"""Security events: what each means, which are told to the CSMS, and their names (OCPP 2.0.1 part 2 appendix 1, 1.6-SEC §8).

    logged   every one (A04.FR.04)
    told     those that 2.0.1 calls critical (A04.FR.01); 1.6 calls fewer so, not those about certificates, signatures and TLS, but wants
             them where it describes them (1.6-SEC A00.FR.318), and its test laboratories wait for them (TC_077, TC_078, TC_081)

Names are those of 2.x; whoever notes an event may use the name of 1.6 as well.

What may happen often, or be made to happen by somebody at the socket, takes up a bounded room in the log and on the way to the CSMS:

    OFTEN an hour of a kind     each has a line of its own, and a message where it is told
    more than that              counted: the last line says how many more there were and until when; what is told of them is one message a
                                minute (2.0.1 A00.FR.316: what repeats need not be told each time)
    KEPT of a kind in the log   the oldest of that kind go; no kind pushes out another
    WAITING of a kind           while the CSMS is away: the last of them counts what comes after it

A power cut costs at most one minute of counting, in a storm, and no event that has a line.

AttemptedReplayAttacks is in the table and never noted: nothing in OCPP-J tells a replay from what is allowed. Inside TLS nothing can be
played again. Without TLS a message has neither a signature nor a time, and its id proves nothing: a CSMS that restarts may count its ids
from one again on the next connection, and one that has missed an answer may say the same again, which the standard excepts. What comes
again and brings what is here already, a certificate say, is answered as the first time and changes nothing.
"""

from datetime import datetime

from msgspec import Struct

OFTEN = 30
KEPT = 500
WAITING = 100
LONGEST_INFO = 255
"""SecurityEventNotification.techInfo."""


class SecurityEventKind(Struct, frozen=True, kw_only=True):
    """One row of the standard's table."""

    name: str
    """2.x."""
    name_16: str = ""
    """Where 1.6 has another."""
    critical: bool = False
    told: bool = False
    """Although it is not in the table of 2.0.1."""
    meaning: str

    @property
    def sent(self) -> bool:
        """Is it told to the CSMS?"""
        return self.critical or self.told


K = SecurityEventKind
# fmt: off
KINDS: tuple[SecurityEventKind, ...] = (
    K(name="FirmwareUpdated", critical=True, meaning="the firmware is another one now"),
    K(name="FailedToAuthenticateAtCsms", name_16="FailedToAuthenticateAtCentralSystem", meaning="the CSMS refuses our credentials"),
    K(name="CsmsFailedToAuthenticate", name_16="CentralSystemFailedToAuthenticate", meaning="we refuse the credentials of the CSMS"),
    K(name="SettingSystemTime", critical=True, meaning="the clock was set by more than drift explains"),
    K(name="StartupOfTheDevice", critical=True, meaning="the station has started"),
    K(name="ResetOrReboot", critical=True, meaning="the station was restarted on purpose"),
    K(name="SecurityLogWasCleared", critical=True, meaning="the security log was emptied"),
    K(name="ReconfigurationOfSecurityParameters", meaning="a password, certificate or the security profile was changed, or was to be"),
    K(name="MemoryExhaustion", critical=True, meaning="storage or memory is nearly full"),
    K(name="InvalidMessages", meaning="messages that break the protocol have come"),
    K(name="AttemptedReplayAttacks", meaning="an old message has come again; never noted, see above"),
    K(name="TamperDetectionActivated", critical=True, meaning="somebody has opened or moved the station"),
    K(name="InvalidFirmwareSignature", critical=True, meaning="a firmware file is not what its maker has signed"),
    K(name="InvalidFirmwareSigningCertificate", critical=True, meaning="nobody trusted vouches for who has signed a firmware file"),
    K(name="InvalidCsmsCertificate", name_16="InvalidCentralSystemCertificate", critical=True,
      meaning="the certificate of the CSMS, or a root that was to be installed for it, is not valid"),
    K(name="InvalidChargingStationCertificate", name_16="InvalidChargePointCertificate", critical=True,
      meaning="the certificate that the CSMS had signed for us is not valid"),
    K(name="InvalidTLSVersion", critical=True, meaning="the CSMS offers only TLS older than 1.2"),
    K(name="InvalidTLSCipherSuite", critical=True, meaning="the CSMS offers only cipher suites that are not allowed"),
    K(name="MaintenanceLoginAccepted", critical=True, meaning="somebody has logged in on the spot"),
    K(name="MaintenanceLoginFailed", critical=True, meaning="somebody has failed to log in on the spot"),
    K(name="DiscardedRenewedClientCertificate", told=True,
      meaning="a new certificate for the CSMS did not work, the old one is used; of the errata of 2.0.1"),
    K(name="CertificateExpiring", told=True, meaning="a certificate ends soon; not in the standard's table, which is open"),
)
# fmt: on


def counted(info: str, more: int, last: datetime | None) -> str:
    """What there is to say of one event, and of those after it that were only counted: as long as techInfo may be."""
    if more == 0 or last is None:
        return info[:LONGEST_INFO]
    tail = f"(and {more} more until {last:%Y-%m-%dT%H:%M:%SZ})"
    return f"{info[: LONGEST_INFO - len(tail) - 1]} {tail}".strip()


_BY_NAME = {name: kind for kind in KINDS for name in (kind.name, kind.name_16) if name}


def kind_of(name: str) -> SecurityEventKind:
    """By either name. Raises KeyError: a name that is not in the table is an error of ours."""
    return _BY_NAME[name]
