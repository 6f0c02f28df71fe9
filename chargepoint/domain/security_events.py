"""Security events: what each means, which are told to the CSMS, and their names (OCPP 2.0.1 part 2 appendix 1, 1.6-SEC §8).

    logged   every one (A04.FR.04)
    told     those that the standard calls critical (A04.FR.01), and those about certificates, signatures and TLS, which the standard asks
             to be sent where it describes them (A00.FR.318) or test laboratories wait for (TC_077, TC_078, TC_081)

Names are those of 2.x; whoever notes an event may use the name of 1.6 as well. What happens often by itself is noted a few times an hour.
"""

from msgspec import Struct

OFTEN = 30
"""So many an hour of a kind that is not critical; the others are counted."""
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
    """Although it is not critical."""
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
    K(name="AttemptedReplayAttacks", meaning="an old message has come again"),
    K(name="TamperDetectionActivated", critical=True, meaning="somebody has opened or moved the station"),
    K(name="InvalidFirmwareSignature", told=True, meaning="a firmware file is not what its maker has signed"),
    K(name="InvalidFirmwareSigningCertificate", told=True, meaning="nobody trusted vouches for who has signed a firmware file"),
    K(name="InvalidCsmsCertificate", name_16="InvalidCentralSystemCertificate", told=True,
      meaning="the certificate of the CSMS, or a root that was to be installed for it, is not valid"),
    K(name="InvalidChargingStationCertificate", name_16="InvalidChargePointCertificate", told=True,
      meaning="the certificate that the CSMS had signed for us is not valid"),
    K(name="InvalidTLSVersion", told=True, meaning="the CSMS offers only TLS older than 1.2"),
    K(name="InvalidTLSCipherSuite", told=True, meaning="the CSMS offers only cipher suites that are not allowed"),
    K(name="MaintenanceLoginAccepted", critical=True, meaning="somebody has logged in on the spot"),
    K(name="MaintenanceLoginFailed", critical=True, meaning="somebody has failed to log in on the spot"),
    K(name="CertificateExpiring", told=True, meaning="a certificate ends soon; not in the standard's table, which is open"),
)
# fmt: on

_BY_NAME = {name: kind for kind in KINDS for name in (kind.name, kind.name_16) if name}


def kind_of(name: str) -> SecurityEventKind:
    """By either name. Raises KeyError: a name that is not in the table is an error of ours."""
    return _BY_NAME[name]
