"""What the station is told about security: files, what is free, and who has the last word on password and profile.

security.trust.*, identity.*        the files named there, else ``certificates/`` in the station's part of the state directory
password, security profile          what the CSMS has changed wins over the configuration file, on every start, until somebody changes
                                    that entry of the file: who may write it has the last word, and may lower the profile so
network profiles                    slot 1 is the file's [ocpp], until the CSMS puts something else there or leaves it; another csms_url
                                    or security_profile in the file, and it is the first again
"""

import os
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.network import FILE_SLOT, LAST_GOOD, NetworkProfile
from chargepoint.domain.variables.communication import NETWORK_CONFIGURATION_PRIORITY
from chargepoint.domain.variables.security import BASIC_AUTH_PASSWORD, SECURITY_PROFILE
from chargepoint.station.settings import SecuritySettings
from chargepoint.store.store import Store

MEMINFO = Path("/proc/meminfo")


def security_settings(configuration: Configuration, folder: Path) -> SecuritySettings:
    """``folder``: the station's part of the state directory."""
    security, here = configuration.security, folder / "certificates"
    trust = {
        CertificateUse.CSMS_ROOT: security.trust.csms or str(here / "csms.pem"),
        CertificateUse.MANUFACTURER_ROOT: security.trust.manufacturer or str(here / "manufacturer.pem"),
        CertificateUse.V2G_ROOT: security.trust.v2g or str(here / "v2g.pem"),
        CertificateUse.MO_ROOT: security.trust.mo or str(here / "mo.pem"),
    }
    return SecuritySettings(
        trust=trust,
        identity=security.identity.csms or str(here / "identity"),
        for_vehicles=security.identity.v2g or str(here / "vehicles"),
        key_password=lambda: security.key_password,
        system_trust=security.system_trust,
        verify_server_name=configuration.ocpp.verify_server_name,
        expiry_check_delay_s=security.expiry_check_delay_s,
        free=lambda: free(folder),
    )


def network_profile(configuration: Configuration) -> NetworkProfile | None:
    """Slot 1 of the network profiles; ``None``: there is no CSMS."""
    ocpp = configuration.ocpp
    return None if ocpp.csms_url is None else NetworkProfile(url=ocpp.csms_url, security_profile=ocpp.security_profile)


def settle(configuration: Configuration, store: Store) -> None:
    """Forget what the CSMS has changed where the configuration file says something else than it did at the last start."""
    ocpp = configuration.ocpp
    with store.commit():
        for variable, value in ((BASIC_AUTH_PASSWORD, ocpp.basic_auth_password or ""), (SECURITY_PROFILE, str(ocpp.security_profile))):
            if _says_another(store, variable.name, value):
                store.credentials.forget_change(variable.name)
                store.credentials.settle()
                store.credentials.keep_spare("")
                if variable is SECURITY_PROFILE:
                    _connect_as_in_file(store)
        if _says_another(store, "ocpp.csms_url", ocpp.csms_url or ""):
            _connect_as_in_file(store)


def _says_another(store: Store, name: str, value: str) -> bool:
    """Does the file say something else of it than at the last start? From now on this is what it has said."""
    mark = f"{crc32(value.encode()):08x}"
    before = store.credentials.file_said(name)
    if before != mark:
        store.credentials.file_says(name, mark)
    return before not in (None, mark)


def _connect_as_in_file(store: Store) -> None:
    """Slot 1 is what the file says, and the first; what the CSMS has put into the other slots stays there."""
    store.network_profiles.as_in_file(FILE_SLOT)
    store.network_profiles.as_in_file(LAST_GOOD)
    store.credentials.forget_change(NETWORK_CONFIGURATION_PRIORITY.name)


def free(folder: Path) -> Mapping[str, float]:
    """Fraction that is free, of the disk with the state directory and of the memory."""
    disk = os.statvfs(folder)
    found = {"storage": disk.f_bavail / disk.f_blocks if disk.f_blocks else 1.0}
    lines = (line.split() for line in MEMINFO.read_text("ascii").splitlines()) if MEMINFO.exists() else iter(())
    sizes = {words[0].rstrip(":"): int(words[1]) for words in lines if len(words) > 1}
    if sizes.get("MemTotal"):
        found["memory"] = sizes.get("MemAvailable", sizes["MemTotal"]) / sizes["MemTotal"]
    return found
