"""ISO15118Ctrlr."""

import re

from chargepoint.domain.values import BOOLEAN, STRING, BadValue, Bounds, DataType, shown
from chargepoint.domain.variables.row import V


def _country(text: str, _: Bounds) -> str:
    """Two letters (ISO 3166-1), as a certificate has them; or none."""
    if not re.fullmatch("([A-Za-z]{2})?", text.strip(), re.ASCII):
        raise BadValue("InvalidValue", f"{shown(text)}: expected two letters, NL for example, or none")
    return text.strip()


COUNTRY = DataType("string", _country)

# fmt: off
PNC_ENABLED = V("ISO15118Ctrlr.PnCEnabled", BOOLEAN, "false", key="ISO15118PnCEnabled")
CENTRAL_CONTRACT_VALIDATION = V("ISO15118Ctrlr.CentralContractValidationAllowed", BOOLEAN, "false", key="CentralContractValidationAllowed")
CONTRACT_VALIDATION_OFFLINE = V("ISO15118Ctrlr.ContractValidationOffline", BOOLEAN, "false", key="ContractValidationOffline")
V2G_CERTIFICATES = V("ISO15118Ctrlr.V2GCertificateInstallationEnabled", BOOLEAN, "false")
SECC_ID = V("ISO15118Ctrlr.SeccId", STRING, "", maximum=64)
COUNTRY_NAME = V("ISO15118Ctrlr.CountryName", COUNTRY, "", maximum=2)
V2G_ORGANIZATION_NAME = V("ISO15118Ctrlr.OrganizationName", STRING, "", maximum=64)
# fmt: on
