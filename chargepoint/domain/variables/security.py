"""SecurityCtrlr."""

from chargepoint.domain.values import BOOLEAN, INTEGER, STRING
from chargepoint.domain.variables.row import RO, WO, Place, V


def _wildcards(at: Place) -> str:
    """1.6 says nothing against them; the errata of 2.0.1 forbid them, unless somebody allows them."""
    return "true" if "1.6" in at.configuration.ocpp.versions else "false"


MOST_CERTIFICATES = "20"


def _room(at: Place) -> int:
    """As 1.6 has it, where the configuration file says something of that."""
    said = at.configuration.ocpp.keys.get("CertificateStoreMaxLength", MOST_CERTIFICATES)
    return int(said) if said.isascii() and said.isdigit() else int(MOST_CERTIFICATES)


# fmt: off
SECURITY_PROFILE = V("SecurityCtrlr.SecurityProfile", INTEGER, lambda at: str(at.configuration.ocpp.security_profile), RO,
                     minimum=0, maximum=3, key="SecurityProfile", entry="ocpp.security_profile", writable_16=True, tried=True)
BASIC_AUTH_PASSWORD = V("SecurityCtrlr.BasicAuthPassword", STRING, lambda at: at.configuration.ocpp.basic_auth_password or "", WO,
                        tried=True, maximum=64, key="AuthorizationKey", entry="ocpp.basic_auth_password")
IDENTITY = V("SecurityCtrlr.Identity", STRING, lambda at: at.configuration.station.id, RO, maximum=48, entry="station.id")
ORGANIZATION_NAME = V("SecurityCtrlr.OrganizationName", STRING, "", maximum=64, key="CpoName")
ADDITIONAL_ROOT_CHECK = V("SecurityCtrlr.AdditionalRootCertificateCheck", BOOLEAN, "false", RO, key="AdditionalRootCertificateCheck")
CERTIFICATE_CHAIN_SIZE = V("SecurityCtrlr.MaxCertificateChainSize", INTEGER, "10000", RO, minimum=1, maximum=10_000,
                           key="CertificateSignedMaxChainSize")
CERTIFICATE_ENTRIES = V("CertificateStoreMaxLength", INTEGER, MOST_CERTIFICATES, RO, minimum=1, maximum=1000)
CERTIFICATES_INSTALLED = V("SecurityCtrlr.CertificateEntries", INTEGER, "0", RO, minimum=0, maximum=_room)
ALLOW_DOWNGRADE = V("SecurityCtrlr.AllowSecurityProfileDowngrade", BOOLEAN, "false", RO)
ALLOW_WILDCARDS = V("SecurityCtrlr.AllowCSMSTLSWildcards", BOOLEAN, _wildcards)
CERT_SIGNING_WAIT = V("SecurityCtrlr.CertSigningWaitMinimum", INTEGER, "60", unit="s", minimum=1, key="CertSigningWaitMinimum")
CERT_SIGNING_REPEATS = V("SecurityCtrlr.CertSigningRepeatTimes", INTEGER, "3", minimum=0, maximum=30, key="CertSigningRepeatTimes")
# fmt: on
